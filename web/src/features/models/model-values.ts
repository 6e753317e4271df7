import type { Model, ModelInput, Prices } from '@/api/types';

type Rate = Exclude<keyof Prices, 'longContext'>;

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

const rates: readonly Rate[] = [...mainRates, ...moreRates, ...callRates];

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

/** A price is stored whole: what the form does not show (rates for long inputs, endpoints) goes back as it came. */
export function inputOf({ owner, contextWindow, prices }: ModelValues, before: Model | undefined): ModelInput {
  const { longContext } = before?.prices ?? {};
  return {
    ...(owner.trim() && { owner: owner.trim() }),
    ...(contextWindow !== '' && { contextWindow }),
    ...(before && { endpoints: [...before.endpoints] }),
    prices: {
      ...Object.fromEntries(Object.entries(prices).filter(([, value]) => value !== '')),
      ...(longContext && { longContext }),
    },
  };
}
