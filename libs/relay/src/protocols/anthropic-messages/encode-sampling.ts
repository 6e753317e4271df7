import type { Meta, Sampling } from '../../chat/request';
import { defined, type JsonObject } from '../../json';
import type { Abilities } from '../claude-models';

/** While a model thinks, `top_p` may only be in this range, and the others not be changed. */
const MIN_TOP_P_WHILE_THINKING = 0.95;

/** `temperature`, `top_p`, `top_k`, `stop_sequences`; what the model refuses is left out. */
export function encodeSampling(
  sampling: Sampling,
  abilities: Abilities,
  isThinking: boolean,
  dropped: Set<string>,
): JsonObject {
  loseUnknown(sampling, dropped);
  const free = abilities.sampling === 'any';
  const temperature = free ? sampling.temperature : temperatureOf(sampling.temperature, abilities, isThinking, dropped);
  const topP = free ? sampling.topP : topPOf(sampling.topP, abilities, isThinking, temperature, dropped);
  const topK = free || (abilities.sampling !== 'none' && !isThinking) ? sampling.topK : undefined;
  if (topK !== sampling.topK) dropped.add('sampling.topK');
  return defined({ temperature, top_p: topP, top_k: topK, stop_sequences: stopOf(sampling.stop, dropped) });
}

/** From 0 to 1; 1 is the default, so that leaving it out changes nothing. */
function temperatureOf(
  wanted: number | undefined,
  { sampling }: Abilities,
  isThinking: boolean,
  dropped: Set<string>,
): number | undefined {
  if (wanted === undefined) return undefined;
  const taken = sampling === 'none' || isThinking ? undefined : Math.min(1, wanted);
  if ((taken ?? 1) !== wanted) dropped.add('sampling.temperature');
  return taken;
}

function topPOf(
  wanted: number | undefined,
  { sampling }: Abilities,
  isThinking: boolean,
  temperature: number | undefined,
  dropped: Set<string>,
): number | undefined {
  if (wanted === undefined) return undefined;
  const isTaken =
    sampling !== 'none' &&
    !(sampling === 'one' && temperature !== undefined) &&
    (!isThinking || wanted >= MIN_TOP_P_WHILE_THINKING);
  if (!isTaken && wanted !== 1) dropped.add('sampling.topP');
  return isTaken ? wanted : undefined;
}

/** "each stop sequence must contain non-whitespace" */
function stopOf(stop: readonly string[] | undefined, dropped: Set<string>): readonly string[] | undefined {
  const taken = stop?.filter((word) => word.trim() !== '');
  if (taken?.length !== stop?.length) dropped.add('sampling.stop');
  return taken && taken.length > 0 ? taken : undefined;
}

/** What Anthropic has no field for, unless it is the default anyway. */
const unknown: { readonly [K in keyof Sampling]?: (value: NonNullable<Sampling[K]>) => boolean } = {
  frequencyPenalty: (value) => value !== 0,
  presencePenalty: (value) => value !== 0,
  seed: () => true,
  candidates: (value) => value > 1,
  logprobs: (value) => value,
  topLogprobs: (value) => value > 0,
  logitBias: (value) => Object.keys(value).length > 0,
};

function loseUnknown(sampling: Sampling, dropped: Set<string>): void {
  for (const [name, matters] of Object.entries(unknown)) {
    const value = sampling[name as keyof Sampling];
    if (value !== undefined && (matters as (value: unknown) => boolean)(value)) dropped.add(`sampling.${name}`);
  }
}

const tiers: ReadonlyMap<string, string> = new Map([
  ['auto', 'auto'],
  ['default', 'standard_only'],
  ['standard_only', 'standard_only'],
]);

/** `metadata.user_id` and `service_tier`. */
export function encodeMeta(meta: Meta, dropped: Set<string>): JsonObject {
  const { user, serviceTier } = meta;
  const tier = serviceTier === undefined ? undefined : tiers.get(serviceTier);
  if (serviceTier !== undefined && tier === undefined) dropped.add('meta.serviceTier');
  if (meta.metadata && Object.keys(meta.metadata).length > 0) dropped.add('meta.metadata');
  if (meta.store) dropped.add('meta.store');
  if (meta.modalities?.some((modality) => modality !== 'text')) dropped.add('meta.modalities');
  for (const name of ['promptCacheKey', 'verbosity', 'audio'] as const)
    if (meta[name] !== undefined) dropped.add(`meta.${name}`);
  return { ...(user ? { metadata: { user_id: user } } : {}), ...(tier ? { service_tier: tier } : {}) };
}
