import { Button, Center, Switch } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { IconKey, IconListDetails, IconSearch } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { UsageEntry } from '@/api/types';
import { ButtonLink } from '@/shared/ui/links';
import { Page } from '@/shared/ui/page';
import { QueryCard, RecordTable } from '@/shared/ui/record-table';
import { EmptyState } from '@/shared/ui/states';
import { UsageDrawer } from './usage-drawer';
import { UsageFilters } from './usage-filters';
import { useUsageColumns } from './usage-columns';
import { useUsageLog } from './usage.queries';
import { isFiltered } from './usage-search';
import classes from './logs-page.module.css';

const route = getRouteApi('/home/logs');

export function LogsPage() {
  const { t } = useTranslation();
  const search = route.useSearch();
  const [live, setLive] = useLocalStorage({ key: 'one-api.logs-live', defaultValue: true });
  const [openedAt] = useState(Date.now);
  const [selected, setSelected] = useState<UsageEntry | null>(null);
  const query = useUsageLog(search, live);
  const columns = useUsageColumns(setSelected);
  const isFresh = ({ createdAt }: UsageEntry) => live && Date.parse(createdAt) >= openedAt;

  return (
    <Page
      title={t('logs.title')}
      description={t('logs.description')}
      actions={
        <Switch
          size="md"
          label={t('logs.live')}
          checked={live}
          onChange={(event) => setLive(event.currentTarget.checked)}
        />
      }
    >
      <QueryCard
        query={query}
        isEmpty={({ pages }) => pages.every(({ items }) => items.length === 0)}
        empty={<NoCalls filtered={isFiltered(search)} />}
        toolbar={<UsageFilters search={search} />}
      >
        {({ pages }) => (
          <>
            <RecordTable
              label={t('logs.title')}
              records={pages.flatMap(({ items }) => items)}
              columns={columns}
              idOf={({ id }) => id}
              onOpen={setSelected}
              rowClassName={(entry) => (isFresh(entry) ? classes.fresh : undefined)}
            />
            {query.hasNextPage && (
              <Center py="md">
                <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                  {t('action.loadMore')}
                </Button>
              </Center>
            )}
          </>
        )}
      </QueryCard>
      {selected && <UsageDrawer entry={selected} onClose={() => setSelected(null)} />}
    </Page>
  );
}

function NoCalls({ filtered }: { filtered: boolean }) {
  const { t } = useTranslation();
  if (filtered) return <EmptyState icon={IconSearch} title={t('state.noMatch')} hint={t('state.noMatchHint')} />;
  return (
    <EmptyState
      icon={IconListDetails}
      title={t('logs.empty')}
      hint={t('logs.emptyHint')}
      action={
        <ButtonLink to="/keys" variant="light" leftSection={<IconKey size={16} />}>
          {t('logs.toKeys')}
        </ButtonLink>
      }
    />
  );
}
