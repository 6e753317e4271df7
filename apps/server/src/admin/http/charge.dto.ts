/** What one thing used in a call cost. */
export class ChargeLineDto {
  /** `input`, `cacheRead`, `webSearch`, …; `adjustment`: what was charged beside the price. */
  item: string;
  quantity?: number;
  /** USD for `per`, before the multiplier. */
  unitUsd?: number;
  /** What `unitUsd` is for: one, or a million tokens or characters. */
  per?: number;
  multiplier?: number;
  costUsd: number;
}

export class ChargeMultiplierDto {
  of: 'group' | 'window' | 'serviceTier';
  multiplier: number;
}

/** How the charge of a call came about; its lines add up to `costUsd` to the last nano-dollar. */
export class ChargeDto {
  lines: ChargeLineDto[];
  /** Those that are not 1. */
  multipliers: ChargeMultiplierDto[];
  /** The price names the caller's group. */
  group: string | null;
  /** The part of the day whose rates counted. */
  window: string | null;
  /** The upstream's service tier, where its rates counted. */
  serviceTier: string | null;
  /** The rates for inputs longer than this counted. */
  longContextAbove: number | null;
  /** Of the pictures or the film made. */
  size: string | null;
  quality: string | null;
  /** Nobody had set a price, and such models are served for nothing. */
  unpriced: boolean;
  /** The upstream reported an impossible number, which was corrected. */
  corrected: boolean;
}
