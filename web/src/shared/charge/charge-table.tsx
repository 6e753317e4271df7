import { Group, Stack, Text } from '@mantine/core';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { Charge, ChargeLine } from '@/api/types';
import { useFormat } from '@/shared/format/use-format';
import { chargeNotes } from './charge-notes';
import { itemLabel } from './charge-items';

/** How a charge came about: quantity × price × multiplier for each thing used, and the sum. */
export function ChargeTable({ charge, costUsd }: { charge: Charge; costUsd: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const notes = chargeNotes(charge, t, format);
  return (
    <Stack gap={6}>
      {charge.lines.map((line) => (
        <Line key={line.item} line={line} />
      ))}
      <Row label={t('charge.total')} amount={format.money(costUsd)} strong />
      {notes.map((note) => (
        <Text key={note} size="xs" c="dimmed">
          {note}
        </Text>
      ))}
    </Stack>
  );
}

function Line({ line }: { line: ChargeLine }) {
  const { t } = useTranslation();
  const format = useFormat();
  const sum = useSum(line, t);
  return <Row label={itemLabel(line.item, t)} detail={sum} amount={format.money(line.costUsd)} />;
}

/** `1,200 × $2.50/M × 0.5` */
function useSum({ quantity, unitUsd, per, multiplier }: ChargeLine, t: TFunction): string | undefined {
  const format = useFormat();
  if (quantity === undefined || unitUsd === undefined) return undefined;
  const unit = per === 1 ? format.money(unitUsd) : t('charge.perMillion', { price: format.money(unitUsd) });
  const factor = multiplier === undefined || multiplier === 1 ? '' : ` × ${Number(multiplier.toPrecision(6))}`;
  return `${format.count(quantity)} × ${unit}${factor}`;
}

interface RowProps {
  label: string;
  detail?: string;
  amount: string;
  strong?: boolean;
}

function Row({ label, detail, amount, strong = false }: RowProps) {
  const fw = strong ? 600 : undefined;
  return (
    <Group justify="space-between" wrap="nowrap" align="baseline">
      <Text size="sm" fw={fw}>
        {label}
        {detail && (
          <Text span size="xs" c="dimmed" ml="xs">
            {detail}
          </Text>
        )}
      </Text>
      <Text size="sm" fw={fw} style={{ fontVariantNumeric: 'tabular-nums' }}>
        {amount}
      </Text>
    </Group>
  );
}
