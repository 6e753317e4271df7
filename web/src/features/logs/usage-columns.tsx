import { Stack, Text } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import type { DataTableColumn } from 'mantine-datatable';
import { useTranslation } from 'react-i18next';
import type { UsageEntry } from '@/api/types';
import { useFormat } from '@/shared/format/use-format';
import { isAdmin, useUser } from '@/shared/hooks/use-session';
import { useNames } from '@/shared/names.query';
import { actionsColumn, wide } from '@/shared/ui/record-table';
import { RelativeTime } from '@/shared/ui/relative-time';
import { RowAction } from '@/shared/ui/row-action';
import { CallState } from './call-state';

export function useUsageColumns(onOpen: (entry: UsageEntry) => void): DataTableColumn<UsageEntry>[] {
  const { t } = useTranslation();
  const format = useFormat();
  const names = useNames();
  const admin = isAdmin(useUser());
  return [
    { accessor: 'createdAt', title: t('logs.time'), render: ({ createdAt }) => <RelativeTime at={createdAt} /> },
    { accessor: 'model', title: t('field.model'), render: (entry) => <ModelCell entry={entry} /> },
    {
      accessor: 'tokenId',
      title: t('logs.key'),
      ...wide,
      render: ({ tokenId, userId }) => (
        <TwoLines main={names.keys.nameOf(tokenId)} sub={admin ? names.users.nameOf(userId) : null} />
      ),
    },
    {
      accessor: 'channelId',
      title: t('logs.channel'),
      hidden: !admin,
      ...wide,
      render: ({ channelId }) => <TwoLines main={names.channels.nameOf(channelId)} sub={null} />,
    },
    { accessor: 'status', title: t('field.status'), render: (entry) => <CallState entry={entry} /> },
    {
      accessor: 'tokens',
      title: t('logs.tokensInOut'),
      ...wide,
      textAlign: 'right',
      render: ({ inputTokens, outputTokens }) => `${format.compact(inputTokens)} / ${format.compact(outputTokens)}`,
    },
    {
      accessor: 'costUsd',
      title: t('logs.cost'),
      textAlign: 'right',
      render: ({ costUsd }) => format.money(costUsd),
    },
    {
      accessor: 'firstByteMs',
      title: t('logs.firstByte'),
      ...wide,
      textAlign: 'right',
      render: ({ firstByteMs }) => format.duration(firstByteMs),
    },
    {
      accessor: 'durationMs',
      title: t('logs.duration'),
      ...wide,
      textAlign: 'right',
      render: ({ durationMs }) => format.duration(durationMs),
    },
    actionsColumn(t('field.actions'), (entry) => (
      <RowAction icon={IconChevronRight} hint={t('logs.open')} label={t('logs.open')} onClick={() => onOpen(entry)} />
    )),
  ];
}

function ModelCell({ entry: { model, upstreamModel, stream } }: { entry: UsageEntry }) {
  const { t } = useTranslation();
  const renamed = upstreamModel !== null && upstreamModel !== model;
  const sub = renamed ? `→ ${upstreamModel}` : stream ? t('logs.streamed') : null;
  return <TwoLines main={model} sub={sub} />;
}

function TwoLines({ main, sub }: { main: string; sub: string | null }) {
  return (
    <Stack gap={0} maw={220}>
      <Text size="sm" truncate>
        {main}
      </Text>
      {sub && (
        <Text size="xs" c="dimmed" truncate>
          {sub}
        </Text>
      )}
    </Stack>
  );
}
