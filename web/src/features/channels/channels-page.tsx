import { Button } from '@mantine/core';
import { IconPlus, IconRoute, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Channel } from '@/api/types';
import { usePagedSearch } from '@/shared/hooks/use-paged-search';
import { Page } from '@/shared/ui/page';
import { PageFooter, QueryCard, RecordTable } from '@/shared/ui/record-table';
import { SearchField } from '@/shared/ui/search-field';
import { EmptyState } from '@/shared/ui/states';
import { channelsQuery } from './channel.queries';
import { ChannelForm } from './channel-form';
import { ChannelTestDialog } from './channel-test-dialog';
import { useChannelColumns } from './channel-columns';

type Open =
  | { kind: 'create' }
  | { kind: 'edit'; channel: Channel; pickModels: boolean }
  | { kind: 'test'; channel: Channel }
  | null;

export function ChannelsPage() {
  const { t } = useTranslation();
  const list = usePagedSearch();
  const [open, setOpen] = useState<Open>(null);
  const query = useQuery(channelsQuery(list.query));
  const columns = useChannelColumns({
    onEdit: (channel) => setOpen({ kind: 'edit', channel, pickModels: false }),
    onTest: (channel) => setOpen({ kind: 'test', channel }),
  });
  const add = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setOpen({ kind: 'create' })}>
      {t('channels.add')}
    </Button>
  );

  return (
    <Page title={t('channels.title')} description={t('channels.description')} actions={add}>
      <QueryCard
        query={query}
        isEmpty={({ items }) => items.length === 0}
        empty={
          list.query.q ? (
            <EmptyState icon={IconSearch} title={t('state.noMatch')} hint={t('state.noMatchHint')} />
          ) : (
            <EmptyState icon={IconRoute} title={t('channels.empty')} hint={t('channels.emptyHint')} action={add} />
          )
        }
        toolbar={<SearchField label={t('channels.search')} value={list.search} onChange={list.setSearch} />}
      >
        {(data) => (
          <>
            <RecordTable label={t('channels.title')} records={data.items} columns={columns} idOf={({ id }) => id} />
            <PageFooter page={data} onChange={list.setPage} />
          </>
        )}
      </QueryCard>
      {open?.kind === 'test' && <ChannelTestDialog channel={open.channel} onClose={() => setOpen(null)} />}
      {(open?.kind === 'create' || open?.kind === 'edit') && (
        <ChannelForm
          key={open.kind}
          channel={open.kind === 'edit' ? open.channel : undefined}
          pickModels={open.kind === 'edit' && open.pickModels}
          onClose={() => setOpen(null)}
          onCreated={(channel) => setOpen({ kind: 'edit', channel, pickModels: true })}
        />
      )}
    </Page>
  );
}
