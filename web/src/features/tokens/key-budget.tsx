import { Progress, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ApiKey } from '@/api/types';
import { useFormat } from '@/shared/format/use-format';

/** What the key has spent, of what it may. */
export function KeyBudget({ apiKey: { usedUsd, budgetUsd, budgetPeriod, name } }: { apiKey: ApiKey }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (budgetUsd === null) return <Text size="sm">{t('keys.usedNoBudget', { used: format.money(usedUsd) })}</Text>;
  const share = budgetUsd > 0 ? Math.min(1, usedUsd / budgetUsd) : 1;
  const words = { used: format.money(usedUsd), budget: format.money(budgetUsd) };
  return (
    <Stack gap={6} miw={140}>
      <Text size="sm">
        {budgetPeriod === 'none' ? t('keys.usedOf', words) : t(`keys.usedOfPer.${budgetPeriod}`, words)}
      </Text>
      <Progress
        value={share * 100}
        size="sm"
        color={share >= 0.9 ? 'red' : undefined}
        aria-label={t('keys.budgetOf', { name })}
      />
    </Stack>
  );
}
