import { Button, Group, SegmentedControl } from '@mantine/core';
import { IconKey, IconPlus, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ApiKey, IssuedKey } from '@/api/types';
import { usePagedSearch } from '@/shared/hooks/use-paged-search';
import { isAdmin, useUser } from '@/shared/hooks/use-session';
import { Page } from '@/shared/ui/page';
import { PageFooter, QueryCard, RecordTable } from '@/shared/ui/record-table';
import { SearchField } from '@/shared/ui/search-field';
import { EmptyState } from '@/shared/ui/states';
import { keysQuery } from './key.queries';
import { useKeyColumns } from './key-columns';
import { KeyForm } from './key-form';
import { KeyRevealDialog } from './key-reveal-dialog';

type Whose = 'mine' | 'all';

type Open = { kind: 'create' } | { kind: 'edit'; apiKey: ApiKey } | { kind: 'reveal'; apiKey: IssuedKey } | null;

export function KeysPage() {
  const { t } = useTranslation();
  const list = usePagedSearch();
  const [open, setOpen] = useState<Open>(null);
  const [whose, setWhose] = useState<Whose>('mine');
  const me = useUser();
  const query = useQuery(keysQuery({ ...list.query, ...(whose === 'mine' && { userId: me.id }) }));
  const reveal = (apiKey: IssuedKey) => setOpen({ kind: 'reveal', apiKey });
  const columns = useKeyColumns(
    { onEdit: (apiKey) => setOpen({ kind: 'edit', apiKey }), onRotated: reveal },
    whose === 'all',
  );
  const create = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setOpen({ kind: 'create' })}>
      {t('keys.create')}
    </Button>
  );

  return (
    <Page title={t('keys.title')} description={t('keys.description')} actions={create}>
      <QueryCard
        query={query}
        isEmpty={({ items }) => items.length === 0}
        empty={
          list.query.q ? (
            <EmptyState icon={IconSearch} title={t('state.noMatch')} hint={t('state.noMatchHint')} />
          ) : (
            <EmptyState icon={IconKey} title={t('keys.empty')} hint={t('keys.emptyHint')} action={create} />
          )
        }
        toolbar={
          <Group gap="sm">
            <SearchField label={t('keys.search')} value={list.search} onChange={list.setSearch} />
            {isAdmin(me) && (
              <SegmentedControl
                aria-label={t('keys.whose')}
                data={(['mine', 'all'] as const).map((value) => ({ value, label: t(`keys.of.${value}`) }))}
                value={whose}
                onChange={(value) => {
                  setWhose(value as Whose);
                  list.setPage(1);
                }}
              />
            )}
          </Group>
        }
      >
        {(data) => (
          <>
            <RecordTable label={t('keys.title')} records={data.items} columns={columns} idOf={({ id }) => id} />
            <PageFooter page={data} onChange={list.setPage} />
          </>
        )}
      </QueryCard>
      {open?.kind === 'create' && <KeyForm apiKey={undefined} onClose={() => setOpen(null)} onCreated={reveal} />}
      {open?.kind === 'edit' && <KeyForm apiKey={open.apiKey} onClose={() => setOpen(null)} onCreated={reveal} />}
      {open?.kind === 'reveal' && <KeyRevealDialog apiKey={open.apiKey} onClose={() => setOpen(null)} />}
    </Page>
  );
}
