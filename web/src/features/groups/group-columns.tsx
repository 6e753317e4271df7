import { Text } from '@mantine/core';
import { IconPencil, IconTrash } from '@tabler/icons-react';
import type { DataTableColumn } from 'mantine-datatable';
import { useTranslation } from 'react-i18next';
import type { Group } from '@/api/types';
import { useFormat } from '@/shared/format/use-format';
import { useConfirm } from '@/shared/hooks/use-confirm';
import { actionsColumn, wide } from '@/shared/ui/record-table';
import { RowAction } from '@/shared/ui/row-action';
import { useDeleteGroup } from './group.queries';

/** Everybody without another group is in this one. */
const DEFAULT_GROUP = 'default';

export function useGroupColumns(onEdit: (group: Group) => void): DataTableColumn<Group>[] {
  const { t } = useTranslation();
  const format = useFormat();
  return [
    {
      accessor: 'name',
      title: t('field.name'),
      render: ({ name }) => (
        <Text size="sm" fw={600}>
          {name}
        </Text>
      ),
    },
    {
      accessor: 'priceMultiplier',
      title: t('groups.multiplier'),
      textAlign: 'right',
      render: ({ priceMultiplier }) => `× ${format.count(priceMultiplier)}`,
    },
    ...(['rpm', 'tpm', 'concurrency'] as const).map((limit): DataTableColumn<Group> => ({
      accessor: limit,
      title: t(`limit.${limit}`),
      ...wide,
      textAlign: 'right',
      render: (group) => (group[limit] ? format.count(group[limit]) : t('limit.none')),
    })),
    actionsColumn(t('field.actions'), (group) => <GroupActions group={group} onEdit={onEdit} />),
  ];
}

function GroupActions({ group, onEdit }: { group: Group; onEdit: (group: Group) => void }) {
  const { t } = useTranslation();
  const confirm = useConfirm();
  const remove = useDeleteGroup();
  const { name } = group;
  const ask = () =>
    confirm({
      title: t('groups.deleteTitle', { name }),
      body: t('groups.deleteBody'),
      confirm: t('action.delete'),
      onConfirm: () => remove.mutate(name),
    });
  return (
    <>
      <RowAction
        icon={IconPencil}
        hint={t('action.edit')}
        label={t('action.editOf', { name })}
        onClick={() => onEdit(group)}
      />
      <RowAction
        icon={IconTrash}
        hint={t('action.delete')}
        label={t('action.deleteOf', { name })}
        disabled={name === DEFAULT_GROUP}
        onClick={ask}
      />
    </>
  );
}
