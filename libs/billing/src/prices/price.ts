import { type NanoUsd, usdToNano } from '@app/core';

/**
 * What a model costs. `…PerMTok` are nano-USD per million tokens; the others nano-USD for one. An optional rate that is absent
 * falls back as `items` in `cost.ts` says; one that is 0 is free.
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
  /** Of sound taken in or film made, on top of its tokens. */
  readonly perSecond?: NanoUsd;
  /** A million characters made into sound, on top of their tokens. */
  readonly perMCharacters?: NanoUsd;
}

export type RateName = keyof Rates;

export const rateNames = [
  'inputPerMTok',
  'outputPerMTok',
  'cacheReadPerMTok',
  'cacheWritePerMTok',
  'cacheWrite1hPerMTok',
  'reasoningPerMTok',
  'audioInPerMTok',
  'audioOutPerMTok',
  'imageInPerMTok',
  'imageOutPerMTok',
  'perRequest',
  'perImage',
  'perSecond',
  'perMCharacters',
] as const satisfies readonly RateName[];

/** Other rates for the whole call once its input, cached or not, is longer than `aboveTokens`. */
export interface LongContextRates extends Partial<Rates> {
  readonly aboveTokens: number;
}

/** Tools that upstreams run themselves and bill by use, as the usage counts them. */
export const toolNames = [
  /** One search of the web (OpenAI `web_search_call`, Anthropic `web_search_requests`). */
  'webSearch',
  /** One page read (Anthropic `web_fetch_requests`). */
  'webFetch',
  /** One question to a vector store (OpenAI `file_search_call`). */
  'fileSearch',
  /** One container or sandbox that ran code, however often (OpenAI `container_id`, Anthropic `code_execution_requests`). */
  'codeExecution',
  /** One query Google's search answered (Gemini 3: `webSearchQueries`). */
  'googleSearch',
  /** One answer that Google's search grounded, with any number of queries (Gemini 2). */
  'groundedAnswer',
] as const;

export type ToolName = (typeof toolNames)[number];
export type ToolRates = Readonly<Partial<Record<ToolName, NanoUsd>>>;

/** What a picture or a second of film of one size and quality costs; the row that names most of what was made counts. */
export interface MediaRates {
  /** As the vendor writes it: `1024x1536`, `1080p`. Absent: any. */
  readonly size?: string;
  /** `high`, `hd`. Absent: any. */
  readonly quality?: string;
  readonly perImage?: NanoUsd;
  readonly perSecond?: NanoUsd;
}

/** What differs in some circumstance: the rates it names stand in place of the usual ones, its multiplier is for all rates. */
export interface RateChange extends Partial<Rates> {
  /** 1 000 000 is ×1. */
  readonly multiplierPpm?: number;
  readonly longContext?: readonly LongContextRates[];
  readonly tools?: ToolRates;
}

export const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export type Weekday = (typeof weekdays)[number];

/** A part of the day with other rates, by the moment the call arrived. */
export interface TimeWindow extends RateChange {
  /** `HH:MM`, inclusive. */
  readonly from: string;
  /** `HH:MM`, exclusive. At or before `from`: on the next day. */
  readonly to: string;
  /** IANA name: `Asia/Shanghai`. */
  readonly zone: string;
  /** Days on which it begins; absent: every day. */
  readonly days?: readonly Weekday[];
}

/** A price as it is set: with all that depends on who calls and when. `callPriceOf` makes the price of one call of it. */
export interface Price extends Rates {
  /** In any order; the longest that the call exceeds counts, over the rates it does not name. */
  readonly longContext?: readonly LongContextRates[];
  readonly tools?: ToolRates;
  readonly media?: readonly MediaRates[];
  /** By the word the upstream says it served the call as: `flex`, `priority`, `batch`. */
  readonly serviceTiers?: Readonly<Record<string, RateChange>>;
  /** The first that holds the moment counts. */
  readonly windows?: readonly TimeWindow[];
  /** What the callers of a group pay instead. Its multiplier (×1 where it has none) stands in place of the group's own. */
  readonly groups?: Readonly<Record<string, RateChange>>;
  /** Nobody set a price, and the operator lets such models be served for nothing. */
  readonly unpriced?: true;
}

/** Prices as people write them, in USD, to nano-USD; multipliers stay as they are. Throws a RangeError on more than 9 decimals. */
export const priceOfUsd = (price: Price): Price => mapRates(price, usdToNano);

type Convert = (rate: number) => number;

/** The price with every rate converted, wherever it stands. */
export function mapRates<P extends Price | RateChange>(price: P, convert: Convert): P {
  const mapped = Object.entries(price).map(([name, value]) => [name, (nested[name] ?? other)(value, convert, name)]);
  // The same members with converted values.
  return Object.fromEntries(mapped) as P;
}

const isRate: ReadonlySet<string> = new Set(rateNames);

const other = (value: unknown, convert: Convert, name: string): unknown =>
  isRate.has(name) && typeof value === 'number' ? convert(value) : value;

const each = (value: unknown, convert: Convert) => (value as RateChange[]).map((one) => mapRates(one, convert));
const named = (value: unknown, convert: Convert) =>
  Object.fromEntries(Object.entries(value as Record<string, RateChange>).map(([k, v]) => [k, mapRates(v, convert)]));
const rates = (value: unknown, convert: Convert) =>
  Object.fromEntries(Object.entries(value as Record<string, number>).map(([k, v]) => [k, convert(v)]));

/** Members that hold rates of their own; their types are those of `Price`. */
const nested: Readonly<Record<string, (value: unknown, convert: Convert, name: string) => unknown>> = {
  longContext: each,
  media: each,
  windows: each,
  serviceTiers: named,
  groups: named,
  tools: rates,
};
