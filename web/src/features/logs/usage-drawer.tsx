import { Code, DataList, Drawer, Group, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { UsageEntry } from '@/api/types';
import { useFormat } from '@/shared/format/use-format';
import { isAdmin, useUser } from '@/shared/hooks/use-session';
import { ChargeTable } from '@/shared/charge/charge-table';
import { useNames } from '@/shared/names.query';
import { CopyIcon } from '@/shared/ui/copy';
import { AnchorLink } from '@/shared/ui/links';
import { AttemptList } from './attempt-list';
import { CallState } from './call-state';
import { TokenTable } from './token-table';

/** Everything known about one call. */
export function UsageDrawer({ entry, onClose }: { entry: UsageEntry; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Drawer
      opened
      onClose={onClose}
      size={520}
      title={t('logs.detail')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <Stack gap="lg">
        <Group justify="space-between">
          <Stack gap={2}>
            <Text fw={650} size="lg">
              {entry.model}
            </Text>
            <Text size="sm" c="dimmed">
              {format.dateTime(entry.createdAt)}
            </Text>
          </Stack>
          <Text fw={650} size="lg">
            {format.money(entry.costUsd)}
          </Text>
        </Group>
        <Facts entry={entry} />
        <Part title={t('logs.tokens')}>
          <TokenTable entry={entry} />
        </Part>
        {entry.charge && (
          <Part title={t('charge.title')}>
            <ChargeTable charge={entry.charge} costUsd={entry.costUsd} />
          </Part>
        )}
        <Part title={t('logs.attempts')}>
          <AttemptList attempts={entry.attempts} />
        </Part>
      </Stack>
    </Drawer>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Stack component="section" gap="xs">
      <Title order={3} fz="sm" c="dimmed" fw={600}>
        {title}
      </Title>
      {children}
    </Stack>
  );
}

interface Fact {
  readonly label: string;
  readonly value: ReactNode;
  readonly hidden?: boolean;
}

function Facts({ entry }: { entry: UsageEntry }) {
  return (
    <DataList gap={8} labelWidth="130px">
      {useFacts(entry)
        .filter(({ hidden }) => !hidden)
        .map(({ label, value }) => (
          <DataList.Item key={label}>
            <DataList.ItemLabel>{label}</DataList.ItemLabel>
            <DataList.ItemValue>{value}</DataList.ItemValue>
          </DataList.Item>
        ))}
    </DataList>
  );
}

function useFacts(entry: UsageEntry): Fact[] {
  const { t } = useTranslation();
  const format = useFormat();
  const names = useNames();
  const admin = isAdmin(useUser());
  const { protocol, upstreamModel, model, requestedModel } = entry;
  return [
    { label: t('field.status'), value: <CallState entry={entry} /> },
    { label: t('logs.user'), value: names.users.nameOf(entry.userId), hidden: !admin },
    { label: t('logs.key'), value: <KeyLink tokenId={entry.tokenId} /> },
    { label: t('logs.channel'), value: names.channels.nameOf(entry.channelId), hidden: !admin },
    { label: t('logs.requestedModel'), value: requestedModel, hidden: !requestedModel },
    { label: t('logs.upstreamModel'), value: upstreamModel, hidden: !upstreamModel || upstreamModel === model },
    { label: t('logs.protocol'), value: entry.stream ? t('logs.protocolStreamed', { protocol }) : protocol },
    { label: t('logs.firstByte'), value: format.duration(entry.firstByteMs) },
    { label: t('logs.duration'), value: format.duration(entry.durationMs) },
    { label: t('logs.requestId'), value: <RequestId id={entry.requestId} /> },
  ];
}

function KeyLink({ tokenId }: { tokenId: string }) {
  const { keys } = useNames();
  return (
    <AnchorLink size="sm" to="/logs" search={{ tokenId }}>
      {keys.nameOf(tokenId)}
    </AnchorLink>
  );
}

function RequestId({ id }: { id: string }) {
  const { t } = useTranslation();
  return (
    <Group gap={4} wrap="nowrap">
      <Code style={{ overflowWrap: 'anywhere' }}>{id}</Code>
      <CopyIcon value={id} label={t('logs.copyRequestId')} />
    </Group>
  );
}
