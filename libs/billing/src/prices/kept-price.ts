import type { UsageRow } from '@app/logs';
import type { CallPrice } from './call-price';
import { chargeOf, type Cost, costOf, type CostLine } from './cost';
import type { BillableUsage, UsageTerms } from './usage';

/** What was used, beside what the log row has columns for. */
export interface KeptUnits extends Omit<BillableUsage, 'input' | 'output' | 'cacheRead' | 'cacheWrite' | 'reasoning'> {
  /** The upstream reported an impossible number, which was corrected. */
  readonly corrected?: boolean;
}

/** The price of a call as its log row keeps it: with it, row and price explain the charge, whatever prices are by then. */
export interface KeptPrice extends CallPrice {
  readonly units?: KeptUnits;
}

const unitNames = [
  'cacheWrite1h',
  'audioIn',
  'audioOut',
  'imageIn',
  'imageOut',
  'images',
  'seconds',
  'characters',
  'requests',
  'size',
  'quality',
  'serviceTier',
  'tools',
  'corrected',
] as const satisfies readonly (keyof KeptUnits)[];

type Counted = BillableUsage & Pick<KeptUnits, 'corrected'>;

/** One object for all calls at a price that used nothing but ordinary tokens. */
export function keptPrice(price: CallPrice, usage: Counted | undefined): KeptPrice {
  const kept = usage?.serviceTier === undefined ? usual(price) : withTier(price, usage.serviceTier);
  if (!usage) return kept;
  let units: Record<string, unknown> | undefined;
  for (const name of unitNames) {
    const value = usage[name];
    if (value) (units ??= {})[name] = value;
  }
  return units ? { ...kept, units } : kept;
}

const usualOf = new WeakMap<CallPrice, CallPrice>();

/** Service tiers that did not count are left out. */
function usual(price: CallPrice): CallPrice {
  if (!price.serviceTiers) return price;
  let known = usualOf.get(price);
  if (!known) {
    const { serviceTiers: _tiers, ...rest } = price;
    usualOf.set(price, (known = rest));
  }
  return known;
}

function withTier(price: CallPrice, tier: string): CallPrice {
  const change = price.serviceTiers && Object.hasOwn(price.serviceTiers, tier) ? price.serviceTiers[tier] : undefined;
  return change ? { ...price, serviceTiers: { [tier]: change } } : usual(price);
}

type CountedRow = Pick<
  UsageRow,
  | 'inputTokens'
  | 'outputTokens'
  | 'cacheReadTokens'
  | 'cacheWriteTokens'
  | 'reasoningTokens'
  | 'costNano'
  | 'usageSource'
  | 'price'
>;

export interface Explanation extends Omit<Cost, 'lines' | 'totalNano'> {
  readonly lines: readonly ExplanationLine[];
  /** What it was charged: the sum of the lines. */
  readonly totalNano: number;
  readonly window: string | undefined;
  /** The price names the caller's group. */
  readonly group: string | undefined;
  readonly unpriced: boolean;
  readonly corrected: boolean;
  readonly terms: Pick<UsageTerms, 'size' | 'quality'>;
}

/** `adjustment`: what was charged beside what the price says, such as a call cut at the dearest a call may be. */
export type ExplanationLine = CostLine | { readonly item: 'adjustment'; readonly nano: number };

/** How a logged call's charge came about, line by line. Null: it was refused before it had a price. */
export function explain(row: CountedRow): Explanation | null {
  const price = asKept(row.price);
  if (!price) return null;
  const { units = {} } = price;
  // Nothing was delivered: not even the request counts.
  return explained(price, row.usageSource === null ? { requests: 0 } : usageOf(row, units), row.costNano);
}

/** The same for a call that nobody has made. */
export const explainCall = (price: CallPrice, usage: BillableUsage): Explanation =>
  explained(price, usage, chargeOf(price, usage));

function explained(price: CallPrice, usage: Counted, totalNano: number): Explanation {
  const cost = costOf(price, usage);
  const rest = totalNano - cost.totalNano;
  return {
    ...cost,
    lines: rest === 0 ? cost.lines : [...cost.lines, { item: 'adjustment', nano: rest }],
    totalNano,
    window: price.window,
    group: price.group,
    unpriced: price.unpriced === true,
    corrected: usage.corrected === true,
    terms: { size: usage.size, quality: usage.quality },
  };
}

function usageOf(row: CountedRow, units: KeptUnits): Counted {
  const { cacheWrite1h = 0, audioIn = 0, imageIn = 0, audioOut = 0, imageOut = 0 } = units;
  const cacheWrite = row.cacheWriteTokens - cacheWrite1h;
  return {
    ...units,
    cacheRead: row.cacheReadTokens,
    cacheWrite,
    input: row.inputTokens - row.cacheReadTokens - row.cacheWriteTokens - audioIn - imageIn,
    reasoning: row.reasoningTokens,
    output: row.outputTokens - row.reasoningTokens - audioOut - imageOut,
  };
}

/** Rows are read back from JSON, where a price too long for its column is left out. */
function asKept(price: unknown): KeptPrice | null {
  if (typeof price !== 'object' || price === null || !('inputPerMTok' in price)) return null;
  // Written by `keptPrice`.
  return price as KeptPrice;
}
