import type { Prices } from '@/api/types';

/** Members of a price that depend on circumstances; edited as JSON, as their tables would be larger than the form. */
export const specialNames = ['longContext', 'tools', 'media', 'serviceTiers', 'windows', 'groups'] as const;

export type SpecialRates = Pick<Prices, (typeof specialNames)[number]>;

export const specialText = (prices: Prices | undefined): string => {
  const given = specialNames.flatMap((name) => (prices?.[name] === undefined ? [] : [[name, prices[name]] as const]));
  return given.length === 0 ? '' : JSON.stringify(Object.fromEntries(given), null, 2);
};

/** Undefined: it is no JSON object. What is in it is the server's to judge. */
export function specialRates(text: string): SpecialRates | undefined {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as SpecialRates) : undefined;
  } catch {
    return undefined;
  }
}

export const specialExample = `{
  "longContext": [{ "aboveTokens": 200000, "inputPerMTok": 4 }],
  "tools": { "webSearch": 0.01 },
  "serviceTiers": { "flex": { "multiplier": 0.5 } },
  "windows": [{ "from": "00:30", "to": "08:30", "zone": "Asia/Shanghai", "multiplier": 0.5 }],
  "groups": { "vip": { "multiplier": 0.8 } }
}`;
