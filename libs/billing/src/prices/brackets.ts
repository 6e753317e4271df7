import type { NanoUsd } from '@app/core';
import { type CallPrice, UNIT_PPM } from './call-price';
import { type MediaRates, type RateName, type Rates, type ToolRates } from './price';
import { type BillableUsage, quantity, type UsageItem } from './usage';

interface Item {
  readonly item: UsageItem;
  /** The first of these that the price has. */
  readonly rates: readonly RateName[];
  /** How many units the rate is for. */
  readonly per: 1 | 1_000_000;
}

const tokens = (item: UsageItem, ...rates: RateName[]): Item => ({ item, rates, per: 1_000_000 });
const each = (item: UsageItem, rate: RateName): Item => ({ item, rates: [rate], per: 1 });

/** What is counted, and at which rate. */
export const items: readonly Item[] = [
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

/** The rates of calls of one service tier and up to some length. */
export interface Bracket {
  /** 0: every length. */
  readonly aboveTokens: number;
  /** As `items`; undefined: what is counted there has no price. */
  readonly units: readonly (NanoUsd | undefined)[];
}

/** A price made ready for calls of one service tier. */
export interface TierPrice {
  /** Of the tier the price names, if it names it. */
  readonly serviceTier: string | undefined;
  readonly tierPpm: number;
  /** Longest first. */
  readonly brackets: readonly Bracket[];
  readonly tools: ToolRates | undefined;
  readonly media: readonly MediaRates[] | undefined;
  /** Costs nothing, whatever is used. */
  readonly isFree: boolean;
}

const ready = new WeakMap<CallPrice, Map<string, TierPrice>>();

/** `tier` of which the price says nothing: its usual rates. */
export function tierPriceOf(price: CallPrice, tier: string | undefined): TierPrice {
  const named = tier !== undefined && price.serviceTiers && Object.hasOwn(price.serviceTiers, tier) ? tier : '';
  let tiers = ready.get(price);
  if (!tiers) ready.set(price, (tiers = new Map()));
  let found = tiers.get(named);
  if (!found) tiers.set(named, (found = make(price, named)));
  return found;
}

function make(price: CallPrice, tier: string): TierPrice {
  const { multiplierPpm, tools, longContext, ...rates } = price.serviceTiers?.[tier] ?? {};
  const usual: Rates = { ...price, ...rates };
  const long = [...(longContext ?? price.longContext ?? [])].sort((a, b) => a.aboveTokens - b.aboveTokens);
  const brackets: Bracket[] = [{ aboveTokens: 0, units: unitsOf(usual) }];
  let rising = usual;
  for (const { aboveTokens, ...other } of long)
    brackets.unshift({ aboveTokens, units: unitsOf((rising = { ...rising, ...other })) });
  const toolRates = tools ? { ...price.tools, ...tools } : price.tools;
  const all = [
    ...brackets.flatMap(({ units }) => units),
    ...Object.values(toolRates ?? {}),
    ...mediaUnits(price.media),
  ];
  return {
    serviceTier: tier === '' ? undefined : tier,
    tierPpm: multiplierPpm ?? UNIT_PPM,
    brackets,
    tools: toolRates,
    media: price.media,
    isFree: all.every((unit) => unit === undefined || unit === 0),
  };
}

const unitsOf = (rates: Rates): (NanoUsd | undefined)[] =>
  items.map(({ rates: names }) => {
    const name = names.find((one) => rates[one] !== undefined);
    return name && rates[name];
  });

const mediaUnits = (media: readonly MediaRates[] = []) =>
  media.flatMap(({ perImage, perSecond }) => [perImage, perSecond]);

/** By the length of the call's input, cached or not. */
export function bracketFor({ brackets }: TierPrice, usage: BillableUsage): Bracket {
  const last = brackets[brackets.length - 1]!; // there is always the usual one
  if (brackets.length === 1) return last;
  const { input, cacheRead, cacheWrite, cacheWrite1h, audioIn, imageIn } = usage;
  const length =
    quantity(input) +
    quantity(cacheRead) +
    quantity(cacheWrite) +
    quantity(cacheWrite1h) +
    quantity(audioIn) +
    quantity(imageIn);
  for (const bracket of brackets) if (length > bracket.aboveTokens) return bracket;
  return last;
}

/** What one of an item costs: pictures and seconds by their size and quality where the price tells those apart. */
export function unitOf(
  index: number,
  bracket: Bracket,
  { media }: TierPrice,
  usage: BillableUsage,
): NanoUsd | undefined {
  const item = items[index]?.item;
  if (!media || (item !== 'images' && item !== 'seconds')) return bracket.units[index];
  const rate = item === 'images' ? 'perImage' : 'perSecond';
  let best: MediaRates | undefined;
  for (const row of media)
    if (row[rate] !== undefined && fits(row, usage) && (!best || weight(row) > weight(best))) best = row;
  return best?.[rate] ?? bracket.units[index];
}

const fits = ({ size, quality }: MediaRates, usage: BillableUsage): boolean =>
  (size === undefined || size === usage.size) && (quality === undefined || quality === usage.quality);

/** A named quality goes before a named size. */
const weight = ({ size, quality }: MediaRates): number =>
  (quality === undefined ? 0 : 2) + (size === undefined ? 0 : 1);
