import { NumberInput, Select, Textarea } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import type { GroupRouting } from '@/api/types';
import type { GroupValues } from './group-values';

const strategies: readonly GroupRouting['strategy'][] = ['weighted', 'least_busy', 'lowest_latency', 'cheapest'];
const affinities: readonly GroupRouting['affinity'][] = ['off', 'session', 'prefix'];

/** How the calls of the group find their upstream. */
export function RoutingFields({ form }: { form: UseFormReturnType<GroupValues> }) {
  const { t } = useTranslation();
  return (
    <>
      <Select
        label={t('groups.strategy.label')}
        description={t('groups.strategy.hint')}
        data={strategies.map((value) => ({ value, label: t(`groups.strategy.${value}`) }))}
        allowDeselect={false}
        {...form.getInputProps('routing.strategy')}
      />
      <Select
        label={t('groups.affinity.label')}
        description={t('groups.affinity.hint')}
        data={affinities.map((value) => ({ value, label: t(`groups.affinity.${value}`) }))}
        allowDeselect={false}
        {...form.getInputProps('routing.affinity')}
      />
      <NumberInput
        label={t('groups.hedge')}
        description={t('groups.hedgeHint')}
        placeholder={t('limit.none')}
        min={50}
        suffix=" ms"
        allowDecimal={false}
        {...form.getInputProps('routing.hedgeAfterMs')}
      />
      <Textarea
        label={t('groups.fallbacks')}
        description={t('groups.fallbacksHint')}
        placeholder="gpt-5 = gpt-5-mini, claude-sonnet-4-5"
        autosize
        minRows={2}
        maxRows={12}
        spellCheck={false}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        {...form.getInputProps('routing.fallbacks')}
      />
    </>
  );
}
