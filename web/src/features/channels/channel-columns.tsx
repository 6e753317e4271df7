import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { DataTableColumn } from 'mantine-datatable';
import { useTranslation } from 'react-i18next';
import type { Channel } from '@/api/types';
import { useFormat } from '@/shared/format/use-format';
import { actionsColumn, wide } from '@/shared/ui/record-table';
import { ModelList } from '@/shared/ui/model-list';
import { ChannelActions } from './channel-actions';
import { ChannelState } from './channel-state';
import { providersQuery } from './channel.queries';

interface Handlers {
  onEdit: (channel: Channel) => void;
  onTest: (channel: Channel) => void;
}

export function useChannelColumns(handlers: Handlers): DataTableColumn<Channel>[] {
  const { t } = useTranslation();
  const format = useFormat();
  const { data: providers = [] } = useQuery(providersQuery);
  const providerName = (id: string) => providers.find((provider) => provider.id === id)?.name ?? id;
  return [
    {
      accessor: 'name',
      title: t('field.name'),
      render: ({ name, provider }) => (
        <Stack gap={0} maw={260}>
          <Text size="sm" fw={600} truncate>
            {name}
          </Text>
          <Text size="xs" c="dimmed" truncate>
            {providerName(provider)}
          </Text>
        </Stack>
      ),
    },
    { accessor: 'status', title: t('field.status'), render: (channel) => <ChannelState channel={channel} /> },
    {
      accessor: 'models',
      title: t('field.models'),
      ...wide,
      render: ({ models }) => <ModelList models={models} none={t('channels.noModels')} />,
    },
    {
      accessor: 'priority',
      title: t('channels.priorityWeight'),
      ...wide,
      textAlign: 'right',
      render: ({ priority, weight }) => `${format.count(priority)} / ${format.count(weight)}`,
    },
    {
      accessor: 'responseTimeMs',
      title: t('channels.responseTime'),
      ...wide,
      textAlign: 'right',
      render: ({ responseTimeMs }) => format.duration(responseTimeMs),
    },
    {
      accessor: 'usedUsd',
      title: t('field.used'),
      ...wide,
      textAlign: 'right',
      render: ({ usedUsd }) => format.money(usedUsd),
    },
    actionsColumn(t('field.actions'), (channel) => <ChannelActions channel={channel} {...handlers} />),
  ];
}
