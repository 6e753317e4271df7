import { Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { UsageEntry } from '@/api/types';
import { useFormat } from '@/shared/format/use-format';

/** Cache reads and writes are part of the input, reasoning is part of the output; indented under what holds them. */
export function TokenTable({ entry }: { entry: UsageEntry }) {
  const { t } = useTranslation();
  return (
    <Stack gap={6}>
      <Line label={t('logs.token.input')} value={entry.inputTokens} />
      <Line label={t('logs.token.cacheRead')} value={entry.cacheReadTokens} part />
      <Line label={t('logs.token.cacheWrite')} value={entry.cacheWriteTokens} part />
      <Line label={t('logs.token.output')} value={entry.outputTokens} />
      <Line label={t('logs.token.reasoning')} value={entry.reasoningTokens} part />
      {entry.usageSource === 'estimated' && (
        <Text size="xs" c="dimmed">
          {t('logs.estimated')}
        </Text>
      )}
    </Stack>
  );
}

function Line({ label, value, part = false }: { label: string; value: number | null; part?: boolean }) {
  const format = useFormat();
  if (part && !value) return null;
  return (
    <Group justify="space-between" pl={part ? 'md' : 0}>
      <Text size="sm" c={part ? 'dimmed' : undefined}>
        {label}
      </Text>
      <Text size="sm" style={{ fontVariantNumeric: 'tabular-nums' }}>
        {format.count(value)}
      </Text>
    </Group>
  );
}
