import { invalid } from '@app/core';
import { type GroupRouting, plainRouting } from './group-routing';

/** A price and routing class, as it is used. */
export interface Group {
  readonly name: string;
  /** Parts per million: 1 000 000 leaves prices as they are. */
  readonly multiplierPpm: number;
  readonly rpm: number | null;
  readonly tpm: number | null;
  readonly concurrency: number | null;
  readonly routing: GroupRouting;
}

/** The group everybody is in who was not put elsewhere. It cannot be deleted. */
export const DEFAULT_GROUP = 'default';

export const PPM = 1_000_000;
export const MULTIPLIER_MAX = 1_000;

/** What holds before the groups are loaded. */
export const plainGroup: Group = {
  name: DEFAULT_GROUP,
  multiplierPpm: PPM,
  rpm: null,
  tpm: null,
  concurrency: null,
  routing: plainRouting,
};

/** A price multiplier with at most 6 decimals (`0.85`) to parts per million. Throws `invalid`. */
export function multiplierToPpm(multiplier: number): number {
  if (!(multiplier >= 0 && multiplier <= MULTIPLIER_MAX)) {
    throw invalid('priceMultiplier', `must be between 0 and ${MULTIPLIER_MAX}`);
  }
  const ppm = Math.round(multiplier * PPM);
  if (ppm / PPM !== multiplier) throw invalid('priceMultiplier', 'must have at most 6 decimals');
  return ppm;
}

export const ppmToMultiplier = (ppm: number): number => ppm / PPM;
