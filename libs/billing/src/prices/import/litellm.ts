import { isObject, type Json, positive, text } from './json';
import { BadAmount, nanoFor, ratesIn, type Spelling } from './amounts';
import { type BadRow, type Found, type FormatReader, type FoundRow } from './listing';
import type { LongContextRates, MediaRates, Price, RateChange, Rates, ToolName } from '../price';

const TOKEN = 1_000_000;

const tokens: Spelling = [
  ['input_cost_per_token', 'inputPerMTok', TOKEN],
  ['output_cost_per_token', 'outputPerMTok', TOKEN],
  ['cache_read_input_token_cost', 'cacheReadPerMTok', TOKEN],
  ['cache_creation_input_token_cost', 'cacheWritePerMTok', TOKEN],
];

const others: Spelling = [
  ['cache_creation_input_token_cost_above_1hr', 'cacheWrite1hPerMTok', TOKEN],
  ['output_cost_per_reasoning_token', 'reasoningPerMTok', TOKEN],
  ['input_cost_per_audio_token', 'audioInPerMTok', TOKEN],
  ['output_cost_per_audio_token', 'audioOutPerMTok', TOKEN],
  ['input_cost_per_image_token', 'imageInPerMTok', TOKEN],
  ['output_cost_per_image_token', 'imageOutPerMTok', TOKEN],
  ['output_cost_per_image', 'perImage', 1],
  ['input_cost_per_second', 'perSecond', 1],
  ['output_cost_per_second', 'perSecond', 1],
  ['output_cost_per_video_per_second', 'perSecond', 1],
  ['input_cost_per_character', 'perMCharacters', TOKEN],
  ['input_cost_per_query', 'perRequest', 1],
];

const endpointsOf: Readonly<Record<string, readonly string[]>> = {
  chat: ['chat'],
  completion: ['completions'],
  responses: ['chat'],
  embedding: ['embeddings'],
  image_generation: ['images'],
  image_edit: ['image-edits'],
  audio_transcription: ['transcriptions'],
  audio_speech: ['speech'],
  moderation: ['moderations'],
  moderations: ['moderations'],
  rerank: ['rerank'],
};

const notModels: ReadonlySet<string> = new Set(['sample_spec', 'fallback_generalizations']);

/**
 * The price list of LiteLLM: an object of models, each with USD per token and a word for its provider.
 * https://docs.litellm.ai/docs/provider_registration/add_model_pricing
 */
export const litellm: FormatReader = (list) => {
  const rows: FoundRow[] = [];
  const bad: BadRow[] = [];
  const drawn = new Map<string, MediaRates[]>();
  for (const [key, row] of Object.entries(list as Json)) {
    if (notModels.has(key)) continue;
    try {
      if (!isObject(row)) throw new BadAmount('is no object');
      if (!isPicture(key, row, drawn)) rows.push(readRow(key, row));
    } catch (error) {
      if (!(error instanceof BadAmount)) throw error;
      bad.push({ row: key, reason: error.message });
    }
  }
  return withPictures({ rows, bad }, drawn);
};

function readRow(key: string, row: Json): FoundRow {
  const vendor = text(row.litellm_provider) ?? null;
  const id = vendor && key.startsWith(`${vendor}/`) ? key.slice(vendor.length + 1) : key;
  return {
    id,
    vendor,
    // A model under its plain name goes before the same model at somebody who resells it.
    rank: key.includes('/') ? 1 : 0,
    owner: vendor,
    price: priceOf(row),
    contextWindow: positive(row.max_input_tokens) ?? positive(row.max_tokens) ?? null,
    endpoints: endpointsOf[text(row.mode) ?? 'chat'] ?? ['chat'],
  };
}

function priceOf(row: Json): Price {
  const tiers = tieredPricing(row);
  const drawing = row.mode === 'image_generation' || row.mode === 'image_edit';
  const rates: Partial<Rates> = {
    ...tiers?.usual,
    ...ratesIn(row, tokens),
    ...ratesIn(row, others),
    ...(drawing && row.output_cost_per_image === undefined && perImage(row)),
  };
  if (Object.keys(rates).length === 0) throw new BadAmount('names no price that can be taken over');
  const longContext = [...(tiers?.long ?? []), ...aboveSome(row, '')];
  const serviceTiers = tiersOf(row, rates);
  const tools = toolsOf(row);
  return {
    inputPerMTok: 0,
    outputPerMTok: 0,
    ...rates,
    ...(longContext.length > 0 && { longContext }),
    ...(serviceTiers && { serviceTiers }),
    ...(tools && { tools }),
  };
}

const perImage = (row: Json): Partial<Rates> => {
  const nano = nanoFor(row.input_cost_per_image, 1, 'input_cost_per_image');
  return nano === undefined ? {} : { perImage: nano };
};

/** `tiered_pricing: [{range: [0, 32000], …}, …]`, thousands of tokens or tokens; the first is the usual price. */
function tieredPricing(row: Json): { usual: Partial<Rates>; long: LongContextRates[] } | undefined {
  const tiers = Array.isArray(row.tiered_pricing) ? row.tiered_pricing.filter(isObject) : [];
  const [first, ...more] = tiers.map((tier) => ({
    from: Array.isArray(tier.range) ? (positive(tier.range[0]) ?? 0) : 0,
    rates: { ...ratesIn(tier, tokens), ...ratesIn(tier, others) },
  }));
  if (!first) return undefined;
  return { usual: first.rates, long: more.map(({ from, rates }) => ({ aboveTokens: Math.max(1, from), ...rates })) };
}

/** `…_above_200k_tokens`, with `_priority` and the like behind it. */
function aboveSome(row: Json, tier: string): LongContextRates[] {
  const lengths = new Set<number>();
  for (const name of Object.keys(row)) {
    const [, thousands] = /_above_(\d+)k_tokens/.exec(name) ?? [];
    if (thousands) lengths.add(Number(thousands));
  }
  return [...lengths]
    .sort((a, b) => a - b)
    .map((thousands) => ({
      aboveTokens: thousands * 1_000,
      ...ratesIn(row, tokens, `_above_${thousands}k_tokens${tier}`),
    }))
    .filter((long) => Object.keys(long).length > 1);
}

const tierNames = { priority: '_priority', flex: '_flex', batch: '_batches' } as const;

function tiersOf(row: Json, usual: Partial<Rates>): Readonly<Record<string, RateChange>> | undefined {
  const tiers = Object.entries(tierNames).flatMap(([name, suffix]) => {
    const rates = ratesIn(row, tokens, suffix);
    if (Object.keys(rates).length === 0) return [];
    const longContext = aboveSome(row, suffix);
    const multiplierPpm = longContext.length === 0 ? commonFactor(rates, usual) : undefined;
    const change: RateChange =
      multiplierPpm === undefined ? { ...rates, ...(longContext.length > 0 && { longContext }) } : { multiplierPpm };
    return [[name, change] as const];
  });
  return tiers.length > 0 ? Object.fromEntries(tiers) : undefined;
}

/** The multiplier that makes the usual rates those of the tier, long inputs included; undefined where there is none. */
function commonFactor(rates: Partial<Rates>, usual: Partial<Rates>): number | undefined {
  const pairs = (Object.keys(usual) as (keyof Rates)[]).map((name) => [rates[name], usual[name] ?? 0] as const);
  const factors = new Set(pairs.map(([tier, base]) => (tier === undefined || base === 0 ? NaN : (tier * 1e6) / base)));
  const [factor] = factors;
  return factors.size === 1 && Number.isInteger(factor) && factor! > 0 && factor! < 1e6 ? factor : undefined;
}

function toolsOf(row: Json): Partial<Record<ToolName, number>> | undefined {
  const search = isObject(row.search_context_cost_per_query)
    ? nanoFor(row.search_context_cost_per_query.search_context_size_medium, 1, 'search_context_size_medium')
    : undefined;
  const files = nanoFor(row.file_search_cost_per_1k_calls, 1 / 1_000, 'file_search_cost_per_1k_calls');
  const code = nanoFor(row.code_interpreter_cost_per_session, 1, 'code_interpreter_cost_per_session');
  const google = /gemini|vertex/.test(text(row.litellm_provider) ?? '');
  const tools = {
    ...(search && { [google ? 'groundedAnswer' : 'webSearch']: search }),
    ...(files && { fileSearch: files }),
    ...(code && { codeExecution: code }),
  };
  return Object.keys(tools).length > 0 ? tools : undefined;
}

const picture = /^(?:[\w.-]+\/)??(?:(hd|standard|low|medium|high)\/)?(\d{2,5})-x-(\d{2,5})\/(?:[\w.-]+\/)?([^/]+)$/;

/** `hd/1024-x-1792/dall-e-3`: no model, but what its pictures of one size and quality cost. */
function isPicture(key: string, row: Json, drawn: Map<string, MediaRates[]>): boolean {
  const [, quality, width, height, model] = picture.exec(key) ?? [];
  if (!model || !width || !height) return false;
  const pixels = Number(width) * Number(height);
  const perPicture =
    nanoFor(row.output_cost_per_image ?? row.input_cost_per_image, 1, 'input_cost_per_image') ??
    nanoFor(row.input_cost_per_pixel, pixels, 'input_cost_per_pixel');
  if (perPicture === undefined) throw new BadAmount('names no price that can be taken over');
  const rows = drawn.get(model) ?? [];
  rows.push({ size: `${width}x${height}`, ...(quality && { quality }), perImage: perPicture });
  drawn.set(model, rows);
  return true;
}

const MOST_SIZES = 50;

function withPictures({ rows, bad }: Found, drawn: ReadonlyMap<string, MediaRates[]>): Found {
  const left = new Map(drawn);
  const priced = rows.map((row) => {
    const media = left.get(row.id);
    left.delete(row.id);
    return media ? { ...row, price: { ...row.price, media: unique(media) } } : row;
  });
  const alone = [...left].map(([id, media]): FoundRow => ({
    id,
    vendor: 'openai',
    rank: 0,
    owner: 'openai',
    price: { inputPerMTok: 0, outputPerMTok: 0, media: unique(media) },
    contextWindow: null,
    endpoints: ['images'],
  }));
  return { rows: [...priced, ...alone], bad };
}

/** The first of each size and quality. */
const unique = (media: readonly MediaRates[]): MediaRates[] =>
  [...new Map(media.toReversed().map((row) => [`${row.size} ${row.quality ?? ''}`, row])).values()]
    .toReversed()
    .slice(0, MOST_SIZES);
