import { Avatar, Badge, Group, Stack, Text } from '@mantine/core';
import type { DataTableColumn } from 'mantine-datatable';
import { useTranslation } from 'react-i18next';
import type { User } from '@/api/types';
import { useFormat } from '@/shared/format/use-format';
import { actionsColumn, wide } from '@/shared/ui/record-table';
import { RelativeTime } from '@/shared/ui/relative-time';
import { StateDot } from '@/shared/ui/state-dot';
import { UserActions } from './user-actions';

interface Handlers {
  onEdit: (user: User) => void;
  onBalance: (user: User) => void;
}

export function useUserColumns(handlers: Handlers): DataTableColumn<User>[] {
  const { t } = useTranslation();
  const format = useFormat();
  return [
    { accessor: 'username', title: t('field.username'), render: (user) => <UserName user={user} /> },
    {
      accessor: 'role',
      title: t('field.role'),
      ...wide,
      render: ({ role }) => (
        <Badge variant={role === 'user' ? 'default' : 'light'} tt="none" fw={500}>
          {t(`role.${role}`)}
        </Badge>
      ),
    },
    {
      accessor: 'status',
      title: t('field.status'),
      ...wide,
      render: ({ status }) => (
        <StateDot tone={status === 'active' ? 'good' : 'off'} label={t(`users.status.${status}`)} />
      ),
    },
    { accessor: 'group', title: t('field.group'), ...wide },
    {
      accessor: 'balanceUsd',
      title: t('field.balance'),
      textAlign: 'right',
      render: ({ balanceUsd }) => format.money(balanceUsd),
    },
    {
      accessor: 'usedUsd',
      title: t('field.used'),
      ...wide,
      textAlign: 'right',
      render: ({ usedUsd }) => format.money(usedUsd),
    },
    {
      accessor: 'requestCount',
      title: t('field.requests'),
      ...wide,
      textAlign: 'right',
      render: ({ requestCount }) => format.compact(requestCount),
    },
    {
      accessor: 'createdAt',
      title: t('field.created'),
      ...wide,
      render: ({ createdAt }) => <RelativeTime at={createdAt} />,
    },
    actionsColumn(t('field.actions'), (user) => <UserActions user={user} {...handlers} />),
  ];
}

function UserName({ user: { username, email } }: { user: User }) {
  return (
    <Group gap="sm" wrap="nowrap">
      <Avatar size={30} radius="xl" color="lagoon" aria-hidden>
        {username.slice(0, 1).toUpperCase()}
      </Avatar>
      <Stack gap={0} maw={220}>
        <Text size="sm" fw={600} truncate>
          {username}
        </Text>
        {email && (
          <Text size="xs" c="dimmed" truncate>
            {email}
          </Text>
        )}
      </Stack>
    </Group>
  );
}
