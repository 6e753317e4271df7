import type { Meta, Sampling } from '../../chat/request';
import { defined, isObject, type JsonObject } from '../../json';
import type { Family } from './family';

/** What Converse has no field for, unless it is the default anyway. */
const unknown: { readonly [K in keyof Sampling]?: (value: NonNullable<Sampling[K]>) => boolean } = {
  frequencyPenalty: (value) => value !== 0,
  presencePenalty: (value) => value !== 0,
  seed: () => true,
  candidates: (value) => value > 1,
  logprobs: (value) => value,
  topLogprobs: (value) => value > 0,
  logitBias: (value) => Object.keys(value).length > 0,
};

export interface Sampled {
  readonly inferenceConfig: JsonObject;
  readonly additional: JsonObject;
}

/** `inferenceConfig`, and what belongs to it of `additionalModelRequestFields`. */
export function encodeSampling(
  sampling: Sampling,
  family: Family,
  { isThinking, maxTokens }: { readonly isThinking: boolean; readonly maxTokens: number | undefined },
  dropped: Set<string>,
): Sampled {
  for (const [name, matters] of Object.entries(unknown)) {
    const value = sampling[name as keyof Sampling];
    if (value !== undefined && (matters as (value: unknown) => boolean)(value)) dropped.add(`sampling.${name}`);
  }
  const free = limits(sampling, family, isThinking);
  for (const name of ['temperature', 'topP', 'topK'] as const)
    if (free[name] !== sampling[name]) dropped.add(`sampling.${name}`);
  const stop = sampling.stop?.filter((word) => word.trim() !== '');
  if (stop?.length !== sampling.stop?.length) dropped.add('sampling.stop');
  const { temperature, topP, topK } = free;
  return {
    inferenceConfig: defined({ maxTokens, temperature, topP, stopSequences: stop?.length ? stop : undefined }),
    additional:
      topK === undefined ? {} : family.topK === 'inferenceConfig' ? { inferenceConfig: { topK } } : { top_k: topK },
  };
}

type Free = Pick<Sampling, 'temperature' | 'topP' | 'topK'>;

/** Temperatures end at 1 here; a Claude takes less than that, depending on its generation and on whether it thinks. */
function limits({ temperature, topP, topK }: Sampling, { claude, topK: place }: Family, isThinking: boolean): Free {
  const warm = temperature === undefined ? undefined : Math.min(1, temperature);
  const k = place === null ? undefined : topK;
  if (!claude) return { temperature: warm, topP, topK: k };
  if (claude.sampling === 'none' || isThinking) return {};
  return { temperature: warm, topP: claude.sampling === 'one' && warm !== undefined ? undefined : topP, topK: k };
}

const tiers: Readonly<Record<string, string>> = { default: 'default', flex: 'flex', priority: 'priority' };

/** `serviceTier` and `requestMetadata`. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
export function encodeMeta(meta: Meta, dropped: Set<string>): JsonObject {
  const { serviceTier, metadata, user } = meta;
  const tier = serviceTier === undefined || serviceTier === 'auto' ? undefined : tiers[serviceTier];
  if (serviceTier !== undefined && serviceTier !== 'auto' && !tier) dropped.add('meta.serviceTier');
  const labels = metadata && isMetadata(metadata) ? metadata : undefined;
  if (metadata && !labels && Object.keys(metadata).length > 0) dropped.add('meta.metadata');
  if (user) dropped.add('meta.user');
  if (meta.store) dropped.add('meta.store');
  if (meta.modalities?.some((modality) => modality !== 'text')) dropped.add('meta.modalities');
  for (const name of ['promptCacheKey', 'verbosity', 'audio'] as const)
    if (meta[name] !== undefined) dropped.add(`meta.${name}`);
  return { ...(tier ? { serviceTier: { type: tier } } : {}), ...(labels ? { requestMetadata: labels } : {}) };
}

/** Up to 16 short texts of a plain alphabet. */
function isMetadata(value: unknown): boolean {
  const plain = /^[a-zA-Z0-9\s:_@$#=/+,.-]{1,256}$/;
  const entries = isObject(value) ? Object.entries(value) : [];
  return (
    entries.length >= 1 &&
    entries.length <= 16 &&
    entries.every(([name, text]) => plain.test(name) && typeof text === 'string' && plain.test(text))
  );
}
