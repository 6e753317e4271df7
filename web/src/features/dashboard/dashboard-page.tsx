import { Grid } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isAdmin, useUser } from '@/shared/hooks/use-session';
import { Page } from '@/shared/ui/page';
import { usageByModelQuery } from './dashboard.queries';
import { FirstSteps } from './first-steps';
import { QuickStart } from './quick-start';
import { TodayCards } from './today-cards';
import { TopModels } from './top-models';
import { UsageCard } from './usage-card';
import type { Period } from './usage-series';

export function DashboardPage() {
  const { t } = useTranslation();
  const [period, setPeriod] = useState<Period>('24h');
  const usage = useQuery(usageByModelQuery(period));
  return (
    <Page
      title={t('dashboard.title')}
      description={isAdmin(useUser()) ? t('dashboard.descriptionAll') : t('dashboard.description')}
    >
      <FirstSteps />
      <TodayCards />
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, lg: 8 }}>
          <UsageCard usage={usage} period={period} onPeriod={setPeriod} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 4 }}>
          <TopModels usage={usage} />
        </Grid.Col>
      </Grid>
      <QuickStart />
    </Page>
  );
}
