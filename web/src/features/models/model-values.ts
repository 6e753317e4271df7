import type { Model, ModelInput, Prices } from '@/api/types';

/** The rates a form shows first, and those that matter to few models. */
export const mainRates = ['inputPerMTok', 'outputPerMTok', 'cacheReadPerMTok', 'cacheWritePerMTok'] as const;
export const moreRates = [
  'cacheWrite1hPerMTok',
  'reasoningPerMTok',
  'audioInPerMTok',
  'audioOutPerMTok',
  'imageInPerMTok',
  'imageOutPerMTok',
] as const;
export const callRates = ['perRequest', 'perImage', 'perSecond', 'perMCharacters'] as const;

const rates = [...mainRates, ...moreRates, ...callRates];

export type Rate = (typeof rates)[number] & keyof Prices;

/** What the form holds; an empty rate is not set. */
export interface ModelValues {
  id: string;
  owner: string;
  contextWindow: number | '';
  prices: Record<Rate, number | ''>;
}

export function valuesOf(model: Model | undefined): ModelValues {
  const prices = rates.map((rate) => [rate, model?.prices[rate] ?? ''] as const);
  return {
    id: model?.id ?? '',
    owner: model?.owner ?? '',
    contextWindow: model?.contextWindow ?? '',
    // Built from `rates`, so every one is there.
    prices: Object.fromEntries(prices) as ModelValues['prices'],
  };
}

/** A price is stored whole: what the form does not show (endpoints, rates for circumstances) goes back as it came. */
export function inputOf({ owner, contextWindow, prices }: ModelValues, before: Model | undefined): ModelInput {
  return {
    ...(owner.trim() && { owner: owner.trim() }),
    ...(contextWindow !== '' && { contextWindow }),
    ...(before && { endpoints: [...before.endpoints] }),
    prices: {
      ...Object.fromEntries(Object.entries(before?.prices ?? {}).filter(([name]) => !Object.hasOwn(prices, name))),
      ...Object.fromEntries(Object.entries(prices).filter(([, value]) => value !== '')),
    },
  };
}
