import { BadAmount, ratesIn, type Spelling } from './amounts';
import { isObject, type Json, positive } from './json';
import type { BadRow, FormatReader, FoundRow } from './listing';
import type { LongContextRates, Price, Rates } from '../price';

/** USD per million tokens. */
const cost: Spelling = [
  ['input', 'inputPerMTok', 1],
  ['output', 'outputPerMTok', 1],
  ['cache_read', 'cacheReadPerMTok', 1],
  ['cache_write', 'cacheWritePerMTok', 1],
  ['reasoning', 'reasoningPerMTok', 1],
  ['input_audio', 'audioInPerMTok', 1],
  ['output_audio', 'audioOutPerMTok', 1],
];

/** Those who make models; the list also has hundreds who resell them. */
export const makers = [
  'openai',
  'anthropic',
  'google',
  'xai',
  'mistral',
  'deepseek',
  'moonshotai',
  'zai',
  'zhipuai',
  'alibaba',
  'minimax',
  'cohere',
  'perplexity',
  'groq',
] as const;

/** `https://models.dev/api.json`: an object of providers, each with an object of models. https://models.dev */
export const modelsDev: FormatReader = (list, { vendors = makers }) => {
  const rows: FoundRow[] = [];
  const bad: BadRow[] = [];
  const wanted = new Set<string>(vendors);
  for (const [vendor, provider] of Object.entries(list as Json)) {
    if (!isObject(provider) || !isObject(provider.models)) {
      bad.push({ row: vendor, reason: 'is no provider with models' });
      continue;
    }
    if (!wanted.has(vendor)) continue;
    for (const [id, model] of Object.entries(provider.models)) {
      try {
        rows.push(readModel(vendor, id, model));
      } catch (error) {
        if (!(error instanceof BadAmount)) throw error;
        bad.push({ row: `${vendor}/${id}`, reason: error.message });
      }
    }
  }
  return { rows, bad };
};

export const modelsDevVendors = (list: Json): readonly string[] => Object.keys(list);

function readModel(vendor: string, id: string, model: unknown): FoundRow {
  if (!isObject(model) || !isObject(model.cost)) throw new BadAmount('names no price');
  const contextWindow = isObject(model.limit) ? (positive(model.limit.context) ?? null) : null;
  return {
    id,
    vendor,
    rank: makers.indexOf(vendor as (typeof makers)[number]),
    owner: vendor,
    price: priceOf(model.cost),
    contextWindow,
  };
}

function priceOf(given: Json): Price {
  const rates = ratesIn(given, cost);
  if (Object.keys(rates).length === 0) throw new BadAmount('names no price that can be taken over');
  const longContext = longContextOf(given);
  return { inputPerMTok: 0, outputPerMTok: 0, ...rates, ...(longContext.length > 0 && { longContext }) };
}

/** `tiers`, each from a context size on; without them the older `context_over_200k`. */
function longContextOf(given: Json): LongContextRates[] {
  const tiers = Array.isArray(given.tiers) ? given.tiers.filter(isObject) : [];
  const sized = tiers.flatMap((tier) => {
    const size = isObject(tier.tier) ? positive(tier.tier.size) : positive(tier.size);
    return size === undefined ? [] : [longRates(Math.max(1, size - 1), tier)];
  });
  if (sized.length > 0) return sized;
  return isObject(given.context_over_200k) ? [longRates(200_000, given.context_over_200k)] : [];
}

const longRates = (aboveTokens: number, tier: Json): LongContextRates => {
  const rates: Partial<Rates> = ratesIn(tier, cost);
  return { aboveTokens, ...rates };
};
