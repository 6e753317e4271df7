import { type NanoUsd, usdToNano } from '@app/core';

/**
 * What a model costs. `…PerMTok` are nano-USD per million tokens; the others nano-USD for one. An optional rate that is absent
 * falls back as `items` says; one that is 0 is free.
 */
export interface Rates {
  readonly inputPerMTok: NanoUsd;
  readonly outputPerMTok: NanoUsd;
  readonly cacheReadPerMTok?: NanoUsd;
  /** A cache entry that lives for minutes. */
  readonly cacheWritePerMTok?: NanoUsd;
  /** A cache entry that lives for an hour (Anthropic's `ephemeral_1h_input_tokens`). */
  readonly cacheWrite1hPerMTok?: NanoUsd;
  readonly reasoningPerMTok?: NanoUsd;
  readonly audioInPerMTok?: NanoUsd;
  readonly audioOutPerMTok?: NanoUsd;
  readonly imageInPerMTok?: NanoUsd;
  readonly imageOutPerMTok?: NanoUsd;
  /** On top of the tokens. */
  readonly perRequest?: NanoUsd;
  /** For models that bill the pictures they make, not tokens. */
  readonly perImage?: NanoUsd;
  /** Of sound taken in, on top of its tokens. */
  readonly perSecond?: NanoUsd;
  /** A million characters made into sound, on top of their tokens. */
  readonly perMCharacters?: NanoUsd;
}

export type RateName = keyof Rates;

/** Other rates for the whole call once its input, cached or not, is longer than `aboveTokens`. */
export interface LongContextRates extends Partial<Rates> {
  readonly aboveTokens: number;
}

export interface Price extends Rates {
  /** In any order; the longest that the call exceeds counts, over the rates it does not name. */
  readonly longContext?: readonly LongContextRates[];
}

/**
 * What was used, in disjoint buckets: a token is counted in exactly one of them. Absent is 0, and so is what is no count
 * (negative, not finite). `requests` is 1 unless said.
 */
export interface BillableUsage {
  /** Fresh text input: neither read from nor written to a cache. */
  readonly input?: number;
  readonly cacheRead?: number;
  readonly cacheWrite?: number;
  readonly cacheWrite1h?: number;
  /** Text output without reasoning. */
  readonly output?: number;
  readonly reasoning?: number;
  readonly audioIn?: number;
  readonly audioOut?: number;
  readonly imageIn?: number;
  readonly imageOut?: number;
  readonly images?: number;
  readonly seconds?: number;
  readonly characters?: number;
  readonly requests?: number;
}

export type UsageItem = keyof BillableUsage;

export interface CostLine {
  readonly item: UsageItem;
  readonly quantity: number;
  /** Nano-USD per million tokens or characters, or for one request, image or second; before the multiplier. */
  readonly unitNano: NanoUsd;
  /** With the multiplier. The lines add up to the total. */
  readonly nano: NanoUsd;
}

export interface Cost {
  readonly totalNano: NanoUsd;
  readonly lines: readonly CostLine[];
}

interface Item {
  readonly item: UsageItem;
  /** The first of these that the price has. */
  readonly rates: readonly RateName[];
  /** How many units the rate is for. */
  readonly per: bigint;
}

const MILLION = 1_000_000n;
/** A multiplier of 1. */
const UNIT_PPM = 1_000_000;
const tokens = (item: UsageItem, ...rates: RateName[]): Item => ({ item, rates, per: MILLION });
const each = (item: UsageItem, rate: RateName): Item => ({ item, rates: [rate], per: 1n });

const items: readonly Item[] = [
  tokens('input', 'inputPerMTok'),
  tokens('cacheRead', 'cacheReadPerMTok', 'inputPerMTok'),
  tokens('cacheWrite', 'cacheWritePerMTok', 'inputPerMTok'),
  tokens('cacheWrite1h', 'cacheWrite1hPerMTok', 'cacheWritePerMTok', 'inputPerMTok'),
  tokens('audioIn', 'audioInPerMTok', 'inputPerMTok'),
  tokens('imageIn', 'imageInPerMTok', 'inputPerMTok'),
  tokens('output', 'outputPerMTok'),
  tokens('reasoning', 'reasoningPerMTok', 'outputPerMTok'),
  tokens('audioOut', 'audioOutPerMTok', 'outputPerMTok'),
  tokens('imageOut', 'imageOutPerMTok', 'outputPerMTok'),
  each('images', 'perImage'),
  each('seconds', 'perSecond'),
  tokens('characters', 'perMCharacters'),
  each('requests', 'perRequest'),
];

const inputs: readonly UsageItem[] = ['input', 'cacheRead', 'cacheWrite', 'cacheWrite1h', 'audioIn', 'imageIn'];

/** Every product is `rate × quantity × multiplier ÷ per ÷ 1 000 000`; over this common denominator sums stay exact. */
const DENOMINATOR = MILLION * MILLION;

/**
 * Exact cost of one call, rounded half up to a nano-USD once, at the end. `multiplierPpm` 1 000 000 is ×1. A total no JavaScript
 * number holds exactly (9 million USD) is cut to the largest that is.
 */
export function costOf(price: Price, usage: BillableUsage, multiplierPpm: number): Cost {
  const rates = ratesFor(price, usage);
  const multiplier = BigInt(quantity(multiplierPpm));
  const lines: CostLine[] = [];
  let exact = 0n;
  let totalNano = 0;
  for (const { item, rates: names, per } of items) {
    const used = quantity(item === 'requests' ? (usage.requests ?? 1) : usage[item]);
    const unitNano = firstRate(rates, names);
    if (used === 0 || unitNano === undefined) continue;
    exact += BigInt(unitNano) * BigInt(used) * multiplier * (MILLION / per);
    const upToHere = roundedHalfUp(exact);
    lines.push({ item, quantity: used, unitNano, nano: upToHere - totalNano });
    totalNano = upToHere;
  }
  return { totalNano, lines };
}

/** `costOf(…).totalNano`, without the lines that explain it: made several times for every call. */
export function totalOf(price: Price, usage: BillableUsage, multiplierPpm: number): NanoUsd {
  if (price.longContext || multiplierPpm !== UNIT_PPM) return costOf(price, usage, multiplierPpm).totalNano;
  let millionths = 0;
  for (const { item, rates, per } of items) {
    const used = quantity(item === 'requests' ? (usage.requests ?? 1) : usage[item]);
    if (used === 0) continue;
    const unitNano = firstRate(price, rates) ?? 0;
    millionths += per === MILLION ? unitNano * used : unitNano * used * UNIT_PPM;
  }
  // Beyond that, numbers are not exact any more.
  if (millionths > Number.MAX_SAFE_INTEGER - UNIT_PPM) return costOf(price, usage, multiplierPpm).totalNano;
  return Math.floor((millionths + UNIT_PPM / 2) / UNIT_PPM);
}

/** Prices as people write them, in USD, to nano-USD. Throws a RangeError on more than 9 decimals. */
export const priceOfUsd = ({ longContext, ...rates }: Price): Price => ({
  ...nanoRates(rates),
  ...(longContext && {
    longContext: longContext.map(({ aboveTokens, ...long }) => ({ aboveTokens, ...nanoRates(long) })),
  }),
});

const nanoRates = <R extends Partial<Rates>>(rates: R): R =>
  Object.fromEntries(Object.entries(rates).map(([name, usd]) => [name, usdToNano(usd)])) as R;

function ratesFor({ longContext, ...rates }: Price, usage: BillableUsage): Rates {
  if (!longContext) return rates;
  const length = inputs.reduce((sum, item) => sum + quantity(usage[item]), 0);
  const exceeded = longContext.filter(({ aboveTokens }) => length > aboveTokens);
  return Object.assign({}, rates, ...exceeded.sort((a, b) => a.aboveTokens - b.aboveTokens)) as Rates;
}

function firstRate(rates: Rates, names: readonly RateName[]): NanoUsd | undefined {
  for (const name of names) if (rates[name] !== undefined) return rates[name];
  return undefined;
}

const quantity = (value: number | undefined): number =>
  value !== undefined && value > 0 ? Math.min(Math.round(value), Number.MAX_SAFE_INTEGER) : 0;

function roundedHalfUp(exact: bigint): NanoUsd {
  const nano = (exact * 2n + DENOMINATOR) / (DENOMINATOR * 2n);
  return nano > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(nano);
}
