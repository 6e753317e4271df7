import { isObject } from '../json';

/**
 * Tokens of one call in buckets that do not overlap, so that adding prices never counts a token twice. A bucket the upstream did
 * not name is absent, which is not the same as zero.
 */
export interface Usage {
  /** Input tokens that came from no cache and went into none. */
  readonly input: number;
  readonly cacheRead?: number;
  readonly cacheWrite?: number;
  /** The part of the writes kept for an hour, beside `cacheWrite`. */
  readonly cacheWrite1h?: number;
  /** Everything generated but reasoning. */
  readonly output: number;
  readonly reasoning?: number;
  readonly audioIn?: number;
  readonly audioOut?: number;
  readonly imageIn?: number;
  readonly imageOut?: number;
  /** Pictures made, where a vendor bills those and not tokens. */
  readonly images?: number;
  /** Seconds of sound taken in, beside the tokens that stand for them. */
  readonly seconds?: number;
  /** Characters of text made into sound, beside its tokens. */
  readonly characters?: number;
  /** What the vendor charges, where it says so and counts something else (Cohere's `billed_units`). */
  readonly billed?: { readonly input?: number; readonly output?: number };
  /** What a price per request is multiplied with; absent: one. */
  readonly requests?: number;
  /** Of pictures made, as the vendor writes them. */
  readonly size?: string;
  readonly quality?: string;
  /** Uses of tools the upstream ran itself and bills on their own: a `ToolName`, or its own word for what has no price. */
  readonly tools?: Readonly<Partial<Record<string, number>>>;
  /** As what the upstream says it served the call; absent where that is the usual. */
  readonly serviceTier?: string;
  /** The upstream reported an impossible number, which was corrected (negative, or parts larger than their whole). */
  readonly corrected?: boolean;
  /** Some of it the upstream did not say. */
  readonly estimated?: boolean;
}

/** More than any model takes or makes; an upstream that says otherwise must not be able to empty a wallet or overflow a sum. */
const MOST_TOKENS = 1_000_000_000;

/** A token count as it can be true: whole, not negative, not absurd. */
export const tokens = (value: number): number =>
  Number.isNaN(value) ? 0 : Math.min(MOST_TOKENS, Math.max(0, Math.round(value)));

/** A count of a reported usage. Some servers write it as a text (`"12"`), as protobuf's JSON does with long integers. */
export function countAt(usage: unknown, name: string): number | undefined {
  const value = isObject(usage) ? usage[name] : undefined;
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

/** What is charged: the vendor's own bill where it tells one, what it counted else. */
export const billable = (usage: Usage): Usage =>
  usage.billed === undefined ? usage : { ...billedInput(usage), ...billedOutput(usage) };

const billedInput = ({ billed, ...usage }: Usage): Usage =>
  billed?.input === undefined
    ? usage
    : { ...usage, input: billed.input, cacheRead: undefined, cacheWrite: undefined, cacheWrite1h: undefined };

const billedOutput = ({ billed }: Usage): Partial<Usage> =>
  billed?.output === undefined ? {} : { output: billed.output, reasoning: undefined };

/** All input tokens, with cache reads and writes. */
export const totalInput = (usage: Usage): number =>
  usage.input + sum(usage.cacheRead, usage.cacheWrite, usage.cacheWrite1h, usage.audioIn, usage.imageIn);

/** All output tokens, with reasoning. */
export const totalOutput = (usage: Usage): number =>
  usage.output + sum(usage.reasoning, usage.audioOut, usage.imageOut);

const sum = (...parts: readonly (number | undefined)[]): number =>
  parts.reduce<number>((total, part) => total + (part ?? 0), 0);

/** Totals as a vendor reports them, to be cut into buckets. `inputTotal` contains the cached parts, `outputTotal` the reasoning. */
export interface InclusiveUsage {
  readonly inputTotal: number;
  readonly cacheRead?: number;
  readonly cacheWrite?: number;
  readonly cacheWrite1h?: number;
  readonly audioIn?: number;
  readonly outputTotal: number;
  readonly reasoning?: number;
  readonly audioOut?: number;
  readonly imageOut?: number;
}

const usualTiers: ReadonlySet<unknown> = new Set(['default', 'standard', 'auto', 'on_demand', 'unspecified']);

/** A service tier that may have a price of its own. */
export const unusualTier = (tier: unknown): string | undefined =>
  typeof tier !== 'string' || tier === '' || usualTiers.has(tier) ? undefined : tier;

/** The usage with the service tier its upstream named beside it. */
export function servedAs(usage: Usage, tier: unknown): Usage {
  const serviceTier = unusualTier(tier);
  return serviceTier === undefined ? usage : { ...usage, serviceTier };
}

/** Cuts totals into buckets. Parts never exceed their whole: reads win over writes where a vendor reports both for one token. */
export function bucketsOf(usage: InclusiveUsage): Usage {
  const input = new Whole(usage.inputTotal);
  const cacheRead = input.part(usage.cacheRead);
  const cacheWrite1h = input.part(usage.cacheWrite1h);
  const cacheWrite = input.part(usage.cacheWrite);
  const audioIn = input.part(usage.audioIn);
  const output = new Whole(usage.outputTotal);
  const reasoning = output.part(usage.reasoning);
  const audioOut = output.part(usage.audioOut);
  const imageOut = output.part(usage.imageOut);
  // Once per streamed event with some vendors: set one by one, as building it from entries costs more than all the rest.
  const buckets: { -readonly [K in keyof Usage]: Usage[K] } = { input: input.rest, output: output.rest };
  if (cacheRead !== undefined) buckets.cacheRead = cacheRead;
  if (cacheWrite !== undefined) buckets.cacheWrite = cacheWrite;
  if (cacheWrite1h !== undefined) buckets.cacheWrite1h = cacheWrite1h;
  if (reasoning !== undefined) buckets.reasoning = reasoning;
  if (audioIn !== undefined) buckets.audioIn = audioIn;
  if (audioOut !== undefined) buckets.audioOut = audioOut;
  if (imageOut !== undefined) buckets.imageOut = imageOut;
  if (input.corrected || output.corrected) buckets.corrected = true;
  return buckets;
}

/** A total that hands out its parts and never more than it has. */
class Whole {
  corrected = false;
  rest: number;

  constructor(total: number) {
    this.rest = this.natural(total);
  }

  part(value: number | undefined): number | undefined {
    if (value === undefined) return undefined;
    const wanted = this.natural(value);
    const given = Math.min(wanted, this.rest);
    if (given < wanted) this.corrected = true;
    this.rest -= given;
    return given;
  }

  private natural(value: number): number {
    const natural = tokens(value);
    if (natural !== Math.round(value)) this.corrected = true;
    return natural;
  }
}
