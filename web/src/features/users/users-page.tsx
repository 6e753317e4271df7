import { Button } from '@mantine/core';
import { IconPlus, IconUsers } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { User } from '@/api/types';
import { usePagedSearch } from '@/shared/hooks/use-paged-search';
import { Page } from '@/shared/ui/page';
import { PageFooter, QueryCard, RecordTable } from '@/shared/ui/record-table';
import { SearchField } from '@/shared/ui/search-field';
import { EmptyState } from '@/shared/ui/states';
import { BalanceForm } from './balance-form';
import { usersQuery } from './user.queries';
import { useUserColumns } from './user-columns';
import { UserForm } from './user-form';

type Open = { kind: 'create' } | { kind: 'edit' | 'balance'; user: User } | null;

export function UsersPage() {
  const { t } = useTranslation();
  const list = usePagedSearch();
  const [open, setOpen] = useState<Open>(null);
  const query = useQuery(usersQuery(list.query));
  const columns = useUserColumns({
    onEdit: (user) => setOpen({ kind: 'edit', user }),
    onBalance: (user) => setOpen({ kind: 'balance', user }),
  });
  const close = () => setOpen(null);

  return (
    <Page
      title={t('users.title')}
      description={t('users.description')}
      actions={
        <Button leftSection={<IconPlus size={16} />} onClick={() => setOpen({ kind: 'create' })}>
          {t('users.add')}
        </Button>
      }
    >
      <QueryCard
        query={query}
        isEmpty={({ items }) => items.length === 0}
        empty={<EmptyState icon={IconUsers} title={t('state.noMatch')} hint={t('state.noMatchHint')} />}
        toolbar={<SearchField label={t('users.search')} value={list.search} onChange={list.setSearch} />}
      >
        {(data) => (
          <>
            <RecordTable label={t('users.title')} records={data.items} columns={columns} idOf={({ id }) => id} />
            <PageFooter page={data} onChange={list.setPage} />
          </>
        )}
      </QueryCard>
      {open?.kind === 'create' && <UserForm user={undefined} onClose={close} />}
      {open?.kind === 'edit' && <UserForm user={open.user} onClose={close} />}
      {open?.kind === 'balance' && <BalanceForm user={open.user} onClose={close} />}
    </Page>
  );
}
