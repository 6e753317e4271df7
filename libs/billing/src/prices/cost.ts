import { NANO_PER_USD, type NanoUsd } from '@app/core';
import { type Bracket, bracketFor, items, type TierPrice, tierPriceOf, unitOf } from './brackets';
import { type CallPrice, UNIT_PPM } from './call-price';
import { toolNames } from './price';
import { type BillableUsage, type LineItem, quantity } from './usage';

export interface CostLine {
  readonly item: LineItem;
  readonly quantity: number;
  /** Nano-USD, before multipliers. */
  readonly unitNano: NanoUsd;
  /** What `unitNano` is for: one, or a million tokens or characters. */
  readonly per: 1 | 1_000_000;
  /** Of this line: tools are not subject to those of time windows and service tiers. 1 is ×1. */
  readonly multiplier: number;
  /** With the multiplier. The lines add up to the total. */
  readonly nano: NanoUsd;
}

export interface Multiplier {
  readonly of: 'group' | 'window' | 'serviceTier';
  readonly ppm: number;
}

export interface Cost {
  readonly totalNano: NanoUsd;
  readonly lines: readonly CostLine[];
  /** Those that are not ×1. */
  readonly multipliers: readonly Multiplier[];
  /** The tier whose rates counted, where it has some of its own. */
  readonly serviceTier: string | undefined;
  /** The length above which the rates that counted are in force. */
  readonly longContextAbove: number | undefined;
}

const MILLION = 1_000_000n;
/** Of `rate × quantity`, and of each of the three multipliers. */
const DENOMINATOR = MILLION ** 4n;

/**
 * Exact cost of one call, rounded half up to a nano-USD once, at the end; a line is what its item adds to the rounded sum of those
 * before it. A total no JavaScript number holds exactly (9 million USD) is cut to the largest that is.
 */
export function costOf(price: CallPrice, usage: BillableUsage): Cost {
  const tier = tierPriceOf(price, usage.serviceTier);
  const bracket = bracketFor(tier, usage);
  const bill = new Bill();
  const group = quantity(price.multiplierPpm);
  const window = quantity(price.windowPpm ?? UNIT_PPM);
  const usual = [group, window, quantity(tier.tierPpm)];
  items.forEach(({ item, per }, index) => {
    const used = quantity(item === 'requests' ? (usage.requests ?? 1) : usage[item]);
    bill.add(item, used, unitOf(index, bracket, tier, usage), per, usual);
  });
  for (const tool of toolNames)
    bill.add(tool, quantity(usage.tools?.[tool]), tier.tools?.[tool], 1, [group, ...noOther]);
  return {
    totalNano: bill.totalNano,
    lines: bill.lines,
    multipliers: (['group', 'window', 'serviceTier'] as const)
      .map((of, at) => ({ of, ppm: usual[at] ?? UNIT_PPM }))
      .filter(({ ppm }) => ppm !== UNIT_PPM),
    serviceTier: tier.serviceTier,
    longContextAbove: bracket.aboveTokens || undefined,
  };
}

const noOther = [UNIT_PPM, UNIT_PPM] as const;

class Bill {
  readonly lines: CostLine[] = [];
  totalNano = 0;
  private exact = 0n;

  add(item: LineItem, used: number, unitNano: NanoUsd | undefined, per: 1 | 1_000_000, ppm: readonly number[]): void {
    if (used === 0 || unitNano === undefined) return;
    const product = ppm.reduce((all, one) => all * BigInt(one), 1n);
    this.exact += BigInt(unitNano) * BigInt(used) * product * (MILLION / BigInt(per));
    const upToHere = roundedHalfUp(this.exact);
    const multiplier = ppm.reduce((all, one) => all * (one / UNIT_PPM), 1);
    this.lines.push({ item, quantity: used, unitNano, per, multiplier, nano: upToHere - this.totalNano });
    this.totalNano = upToHere;
  }
}

function roundedHalfUp(exact: bigint): NanoUsd {
  const nano = (exact * 2n + DENOMINATOR) / (DENOMINATOR * 2n);
  return nano > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(nano);
}

/** `costOf(…).totalNano`, without the lines that explain it: made several times for every call. */
export function totalOf(price: CallPrice, usage: BillableUsage): NanoUsd {
  const tier = tierPriceOf(price, usage.serviceTier);
  if (price.multiplierPpm !== UNIT_PPM || price.windowPpm !== undefined || tier.tierPpm !== UNIT_PPM)
    return costOf(price, usage).totalNano;
  const millionths = plainMillionths(tier, bracketFor(tier, usage), usage);
  // Beyond that, numbers are not exact any more.
  if (millionths > Number.MAX_SAFE_INTEGER - UNIT_PPM) return costOf(price, usage).totalNano;
  return Math.floor((millionths + UNIT_PPM / 2) / UNIT_PPM);
}

/** No call costs 10 000 USD: a price or a count is wrong, and the sums of wallets must stay exact. */
const DEAREST_CALL_NANO = 10_000 * NANO_PER_USD;

/** What a call is charged. */
export const chargeOf = (price: CallPrice, usage: BillableUsage): NanoUsd =>
  Math.min(totalOf(price, usage), DEAREST_CALL_NANO);

/** Without multipliers. */
function plainMillionths(tier: TierPrice, bracket: Bracket, usage: BillableUsage): number {
  let millionths = 0;
  for (let index = 0; index < items.length; index++) {
    const { item, per } = items[index]!; // within its length
    const used = quantity(item === 'requests' ? (usage.requests ?? 1) : usage[item]);
    if (used === 0) continue;
    const unit = unitOf(index, bracket, tier, usage) ?? 0;
    millionths += per === 1 ? unit * used * UNIT_PPM : unit * used;
  }
  if (usage.tools && tier.tools)
    for (const tool of toolNames) millionths += (tier.tools[tool] ?? 0) * quantity(usage.tools[tool]) * UNIT_PPM;
  return millionths;
}

/** Costs nothing, whatever is used; multipliers apart. */
export const isFree = (price: CallPrice): boolean =>
  tierPriceOf(price, undefined).isFree &&
  Object.keys(price.serviceTiers ?? {}).every((tier) => tierPriceOf(price, tier).isFree);
