import { Button, Group, NumberInput, Stack } from '@mantine/core';
import { IconCalculator } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, dataOf } from '@/api/client';
import type { Prices } from '@/api/types';
import { ChargeTable } from '@/shared/charge/charge-table';
import { ProblemAlert, unplacedProblem } from '@/shared/ui/problem-alert';

type Tokens = number | '';

/** What a call would cost at the prices in the form, calculated by the server as it charges calls. `prices` undefined: not readable. */
export function TryPrice({ prices }: { prices: Prices | undefined }) {
  const { t } = useTranslation();
  const [input, setInput] = useState<Tokens>(10_000);
  const [output, setOutput] = useState<Tokens>(1_000);
  const calculate = useMutation({
    mutationFn: (body: { prices: Prices; usage: { input: number; output: number } }) =>
      dataOf(api.POST('/api/prices/calculate', { body })),
    meta: { inlineErrors: true },
  });
  const tokens = (label: string, value: Tokens, onChange: (value: Tokens) => void) => (
    <NumberInput
      label={label}
      value={value}
      onChange={(next) => onChange(next === '' ? '' : Number(next))}
      min={0}
      max={1_000_000_000}
      allowDecimal={false}
      thousandSeparator=","
      flex={1}
    />
  );
  return (
    <Stack gap="sm">
      <Group align="end" gap="sm">
        {tokens(t('models.tryInput'), input, setInput)}
        {tokens(t('models.tryOutput'), output, setOutput)}
        <Button
          variant="default"
          leftSection={<IconCalculator size={16} />}
          loading={calculate.isPending}
          disabled={!prices}
          onClick={() => prices && calculate.mutate({ prices, usage: { input: input || 0, output: output || 0 } })}
        >
          {t('models.try')}
        </Button>
      </Group>
      <div role="status">
        {calculate.error && <ProblemAlert problem={unplacedProblem(calculate.error)} />}
        {calculate.data && <ChargeTable charge={calculate.data} costUsd={calculate.data.costUsd} />}
      </div>
    </Stack>
  );
}
