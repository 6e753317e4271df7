import { Paper, Skeleton, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Page } from '@/shared/ui/page';
import { ErrorState } from '@/shared/ui/states';
import { SettingGroup } from './setting-group';
import { settingsQuery, type SettingsView } from './setting.queries';

export function SettingsPage() {
  const { t } = useTranslation();
  const query = useQuery(settingsQuery);
  return (
    <Page title={t('settings.title')} description={t('settings.description')}>
      {query.isPending && <SettingsSkeleton />}
      {query.isError && !query.data && (
        <Paper withBorder>
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        </Paper>
      )}
      {query.data && <SettingGroups view={query.data} />}
    </Page>
  );
}

function SettingGroups({ view: { fields, tree } }: { view: SettingsView }) {
  const groups = [...new Set(fields.map(({ group }) => group))];
  return (
    <Stack gap="lg" maw={820}>
      {groups.map((group) => (
        <SettingGroup key={group} name={group} fields={fields.filter((field) => field.group === group)} tree={tree} />
      ))}
    </Stack>
  );
}

function SettingsSkeleton() {
  const { t } = useTranslation();
  return (
    <Stack gap="lg" maw={820} role="status" aria-label={t('state.loading')}>
      <Skeleton height={220} radius="lg" />
      <Skeleton height={320} radius="lg" />
    </Stack>
  );
}
