import { Group, Progress, Skeleton, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/shared/format/use-format';
import { Card } from '@/shared/ui/card';
import type { UsageResult } from './usage-card';
import { busiest, type Share } from './usage-series';

export function TopModels({ usage }: { usage: UsageResult }) {
  const { t } = useTranslation();
  const shares = busiest(usage.data?.points ?? [], 6);
  const most = shares[0]?.requests ?? 1;
  return (
    <Card title={t('dashboard.topModels')}>
      {usage.isPending && <Skeleton height={240} radius="md" aria-label={t('state.loading')} role="status" />}
      {!usage.isPending && shares.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('dashboard.noModels')}
        </Text>
      )}
      <Stack gap="md">
        {shares.map((share) => (
          <ModelShare key={share.key} share={share} most={most} />
        ))}
      </Stack>
    </Card>
  );
}

function ModelShare({ share: { key, requests, costUsd }, most }: { share: Share; most: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Stack gap={6}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text size="sm" truncate>
          {key}
        </Text>
        <Text size="sm" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
          {t('dashboard.requestCount', { count: requests, shown: format.compact(requests) })} · {format.money(costUsd)}
        </Text>
      </Group>
      <Progress value={(requests / most) * 100} size="sm" aria-label={t('dashboard.shareOf', { model: key })} />
    </Stack>
  );
}
