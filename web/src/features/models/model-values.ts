import type { Model, ModelInput, Prices } from '@/api/types';
import { specialRates, specialText } from './special-rates';

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
  /** JSON of what depends on circumstances. */
  special: string;
}

export function valuesOf(model: Model | undefined): ModelValues {
  const prices = rates.map((rate) => [rate, model?.prices[rate] ?? ''] as const);
  return {
    id: model?.id ?? '',
    owner: model?.owner ?? '',
    contextWindow: model?.contextWindow ?? '',
    // Built from `rates`, so every one is there.
    prices: Object.fromEntries(prices) as ModelValues['prices'],
    special: specialText(model?.prices),
  };
}

/** What the form says of prices; undefined while its JSON cannot be read. */
export function pricesOf({ prices, special }: Pick<ModelValues, 'prices' | 'special'>): Prices | undefined {
  const rest = specialRates(special);
  return rest && { ...Object.fromEntries(Object.entries(prices).filter(([, value]) => value !== '')), ...rest };
}

/** A price is stored whole: what the form does not show (endpoints) goes back as it came. */
export function inputOf(values: ModelValues, before: Model | undefined): ModelInput {
  const { owner, contextWindow } = values;
  return {
    ...(owner.trim() && { owner: owner.trim() }),
    ...(contextWindow !== '' && { contextWindow }),
    ...(before && { endpoints: [...before.endpoints] }),
    prices: pricesOf(values) ?? {},
  };
}
