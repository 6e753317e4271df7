import { Box, Center, SegmentedControl, Select, Skeleton, Stack, Text, Group } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { UsagePoint } from '@/api/types';
import { Card } from '@/shared/ui/card';
import { ErrorState } from '@/shared/ui/states';
import { seriesOf, type Measure, type Period } from './usage-series';

const UsageChart = lazy(() => import('./usage-chart'));
const CHART_HEIGHT = 250;

export type UsageResult = UseQueryResult<{ now: number; points: UsagePoint[] }>;

interface UsageCardProps {
  usage: UsageResult;
  period: Period;
  onPeriod: (period: Period) => void;
}

export function UsageCard({ usage, period, onPeriod }: UsageCardProps) {
  const { t } = useTranslation();
  const [measure, setMeasure] = useState<Measure>('requests');
  return (
    <Card
      title={t('dashboard.usage')}
      aside={
        <Group gap="sm">
          <Select
            size="xs"
            w={130}
            aria-label={t('dashboard.measure')}
            data={(['requests', 'costUsd', 'tokens'] as const).map((value) => ({
              value,
              label: t(`dashboard.measures.${value}`),
            }))}
            value={measure}
            onChange={(value) => setMeasure(value as Measure)}
            allowDeselect={false}
          />
          <SegmentedControl
            size="xs"
            aria-label={t('dashboard.period')}
            data={(['24h', '7d', '30d'] as const).map((value) => ({ value, label: t(`dashboard.periods.${value}`) }))}
            value={period}
            onChange={(value) => onPeriod(value as Period)}
          />
        </Group>
      }
    >
      <Box mih={CHART_HEIGHT}>
        <ChartBody usage={usage} period={period} measure={measure} />
      </Box>
    </Card>
  );
}

function ChartBody({ usage, period, measure }: { usage: UsageResult; period: Period; measure: Measure }) {
  const { t } = useTranslation();
  const waiting = <Skeleton height={CHART_HEIGHT} radius="md" aria-label={t('state.loading')} role="status" />;
  if (usage.isPending) return waiting;
  if (!usage.data) return <ErrorState error={usage.error} onRetry={() => void usage.refetch()} />;
  if (usage.data.points.length === 0) {
    return (
      <Center h={CHART_HEIGHT}>
        <Stack gap={4} align="center">
          <Text fw={600}>{t('dashboard.noUsage')}</Text>
          <Text size="sm" c="dimmed" ta="center">
            {t('dashboard.noUsageHint')}
          </Text>
        </Stack>
      </Center>
    );
  }
  return (
    <Suspense fallback={waiting}>
      <UsageChart
        steps={seriesOf(usage.data.points, period, usage.data.now)}
        measure={measure}
        byHour={period === '24h'}
        height={CHART_HEIGHT}
      />
    </Suspense>
  );
}
