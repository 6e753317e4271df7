import { usdToNano } from '@app/core';
import type { Rates } from '../price';

/** A figure no price can have. */
export class BadAmount extends Error {}

const MOST_USD = 1_000_000;

/**
 * USD for one, times `per`, in nano-USD: lists write `1.5e-07` for a token, which comes to 150 000 000 for a million of them.
 * Undefined and null: the list does not say. Throws BadAmount.
 */
export function nanoFor(value: unknown, per: number, name: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  const usd = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof usd !== 'number' || !(usd >= 0 && usd * per <= MOST_USD)) throw new BadAmount(`${name} is ${show(value)}`);
  // To the nano-USD first: a figure like 0.1 + 0.2 must not count as one with too many decimals.
  return usdToNano(Math.round(usd * per * 1e9) / 1e9);
}

const show = (value: unknown): string => JSON.stringify(value)?.slice(0, 60) ?? typeof value;

/** How a list spells rates: its name for one, ours, and the factor between a unit of theirs and ours. */
export type Spelling = readonly (readonly [theirs: string, ours: keyof Rates, per: number])[];

/** The rates a row names, where the first spelling of each wins. `suffix` is behind every name of theirs. */
export function ratesIn(row: Readonly<Record<string, unknown>>, spelling: Spelling, suffix = ''): Partial<Rates> {
  const rates: { -readonly [K in keyof Rates]?: Rates[K] } = {};
  for (const [theirs, ours, per] of spelling) {
    const nano = nanoFor(row[theirs + suffix], per, theirs + suffix);
    if (nano !== undefined) rates[ours] ??= nano;
  }
  return rates;
}
