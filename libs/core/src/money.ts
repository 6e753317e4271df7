/**
 * Money is an integer number of nano-USD (1 USD = 1 000 000 000). A JavaScript number holds it exactly
 * up to 9 million USD; products of tokens and prices go through BigInt and are rounded once, at the end.
 */
export type NanoUsd = number;

export const NANO_PER_USD = 1_000_000_000;

/** USD with at most 9 decimals (as the HTTP API takes it) to nano-USD. Throws a RangeError on more decimals or overflow. */
export function usdToNano(usd: number): NanoUsd {
  const nano = Math.round(usd * NANO_PER_USD);
  if (!Number.isSafeInteger(nano)) throw new RangeError(`amount out of range: ${usd}`);
  if (Math.abs(nano / NANO_PER_USD - usd) > Math.abs(usd) * Number.EPSILON * 4) {
    throw new RangeError(`at most 9 decimals: ${usd}`);
  }
  return nano;
}

export const nanoToUsd = (nano: NanoUsd): number => nano / NANO_PER_USD;
