import type { ToolName } from './price';

/**
 * What was used, in disjoint buckets: a token is counted in exactly one of them. Absent is 0, and so is what is no count
 * (negative, not finite). `requests` is 1 unless said.
 */
export interface BillableUsage extends UsageTerms {
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

/** What is no count but decides which rates count. */
export interface UsageTerms {
  /** Of the pictures or the film made, as the vendor writes it. */
  readonly size?: string;
  readonly quality?: string;
  /** As what the upstream says it served the call; absent where that is the usual. */
  readonly serviceTier?: string;
  /** Uses of tools the upstream ran itself. Those of other names have no price. */
  readonly tools?: Readonly<Partial<Record<string, number>>>;
}

export type UsageItem = Exclude<keyof BillableUsage, keyof UsageTerms>;
export type LineItem = UsageItem | ToolName;

/** A count as it can be charged: whole and not negative. */
export const quantity = (value: number | undefined): number =>
  value !== undefined && value > 0 ? Math.min(Math.round(value), Number.MAX_SAFE_INTEGER) : 0;
