import { Button } from '@mantine/core';
import { IconPlus, IconUsersGroup } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Group } from '@/api/types';
import { groupsQuery } from '@/shared/groups.query';
import { Page } from '@/shared/ui/page';
import { QueryCard, RecordTable } from '@/shared/ui/record-table';
import { EmptyState } from '@/shared/ui/states';
import { useGroupColumns } from './group-columns';
import { GroupForm } from './group-form';

export function GroupsPage() {
  const { t } = useTranslation();
  const [open, setOpen] = useState<{ group: Group | undefined } | null>(null);
  const query = useQuery(groupsQuery);
  const columns = useGroupColumns((group) => setOpen({ group }));
  const add = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setOpen({ group: undefined })}>
      {t('groups.add')}
    </Button>
  );
  return (
    <Page title={t('groups.title')} description={t('groups.description')} actions={add}>
      <QueryCard
        query={query}
        isEmpty={(groups) => groups.length === 0}
        empty={<EmptyState icon={IconUsersGroup} title={t('groups.empty')} hint={t('groups.emptyHint')} action={add} />}
      >
        {(groups) => (
          <RecordTable label={t('groups.title')} records={groups} columns={columns} idOf={({ name }) => name} />
        )}
      </QueryCard>
      {open && <GroupForm group={open.group} onClose={() => setOpen(null)} />}
    </Page>
  );
}
