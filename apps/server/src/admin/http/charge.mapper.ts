import { explain, type Explanation, type ExplanationLine, UNIT_PPM } from '@app/billing';
import { nanoToUsd } from '@app/core';
import type { UsageRow } from '@app/logs';
import type { ChargeDto, ChargeLineDto } from './charge.dto';

/** How a logged call's charge came about. */
export function chargeDto(row: UsageRow): ChargeDto | null {
  const explanation = explain(row);
  return explanation && chargeOfExplanation(explanation);
}

export function chargeOfExplanation(explanation: Explanation): ChargeDto {
  const { group, window, serviceTier, longContextAbove, terms, unpriced, corrected } = explanation;
  return {
    lines: explanation.lines.map(lineDto),
    multipliers: explanation.multipliers.map(({ of, ppm }) => ({ of, multiplier: ppm / UNIT_PPM })),
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

const lineDto = (line: ExplanationLine): ChargeLineDto =>
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
