import { Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ComparedPrice } from '@/api/types';
import { differencesOf } from './compared-values';

/** Figure by figure: before → after. */
export function PriceDifferences({ row }: { row: ComparedPrice }) {
  const { t } = useTranslation();
  if (row.kind === 'gone') {
    return (
      <Text size="sm" c="dimmed">
        {t('priceList.goneHint')}
      </Text>
    );
  }
  return (
    <Stack gap={2}>
      {differencesOf(row).map(({ path, before, after }) => (
        <Text key={path} size="xs">
          <Text span c="dimmed" inherit>
            {path}
          </Text>{' '}
          {row.kind === 'changed' && `${before} → `}
          {after}
        </Text>
      ))}
    </Stack>
  );
}
