import { explain, type ExplanationLine } from '@app/billing';
import { nanoToUsd } from '@app/core';
import type { UsageRow } from '@app/logs';
import type { ChargeDto, ChargeLineDto } from './usage-log.dto';

/** How a logged call's charge came about. */
export function chargeDto(row: UsageRow): ChargeDto | null {
  const explanation = explain(row);
  if (!explanation) return null;
  const { group, window, serviceTier, longContextAbove, terms, unpriced, corrected } = explanation;
  return {
    lines: explanation.lines.map(lineDto),
    multipliers: explanation.multipliers.map(({ of, ppm }) => ({ of, multiplier: ppm / 1_000_000 })),
    group: group ?? null,
    window: window ?? null,
    serviceTier: serviceTier ?? null,
    longContextAbove: longContextAbove ?? null,
    size: terms.size ?? null,
    quality: terms.quality ?? null,
    unpriced,
    corrected,
  };
}

export const lineDto = (line: ExplanationLine): ChargeLineDto =>
  line.item === 'adjustment'
    ? { item: line.item, costUsd: nanoToUsd(line.nano) }
    : {
        item: line.item,
        quantity: line.quantity,
        unitUsd: nanoToUsd(line.unitNano),
        per: line.per,
        multiplier: line.multiplier,
        costUsd: nanoToUsd(line.nano),
      };
