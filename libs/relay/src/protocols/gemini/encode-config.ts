import type { ChatRequest, Meta, OutputFormat, Sampling } from '../../chat/request';
import { defined, isObject, type JsonObject } from '../../json';
import { samplingNumbers } from './decode-config';
import type { Family } from './family';
import { toGeminiSchema } from './schema';
import { geminiTier } from './service-tier';
import { encodeThinking } from './thinking';

/** "up to 5" — more are refused. */
const MAX_STOP_SEQUENCES = 5;
/** `seed` is an int32. */
const MAX_SEED = 2_147_483_647;

export function encodeConfig(request: ChatRequest, family: Family, dropped: Set<string>): JsonObject {
  const { sampling, format, meta, reasoning, tools } = request;
  // "Function calling with a response mime type: 'application/json' is unsupported" before Gemini 3.
  const free = family.mixesTools || format?.kind === 'text' || tools.every(({ kind }) => kind === 'hosted');
  if (format && !free) dropped.add('format');
  return defined<JsonObject>({
    ...encodeSampling(sampling, dropped),
    ...(free ? encodeFormat(format, dropped) : {}),
    ...(meta.modalities ? { responseModalities: meta.modalities.map((name) => name.toUpperCase()) } : {}),
    thinkingConfig: encodeThinking(reasoning, family, dropped),
  });
}

function encodeSampling(sampling: Sampling, dropped: Set<string>): JsonObject {
  const config: Record<string, unknown> = {};
  for (const [name, own] of samplingNumbers) if (sampling[own] !== undefined) config[name] = sampling[own];
  if (sampling.seed !== undefined && (Math.abs(sampling.seed) > MAX_SEED || !Number.isInteger(sampling.seed))) {
    delete config.seed;
    dropped.add('sampling.seed');
  }
  const stop = (sampling.stop ?? []).filter((text) => text !== '');
  if (stop.length > MAX_STOP_SEQUENCES) dropped.add('sampling.stop');
  if (stop.length > 0) config.stopSequences = stop.slice(0, MAX_STOP_SEQUENCES);
  if (sampling.logprobs) config.responseLogprobs = true;
  else if (sampling.topLogprobs) delete config.logprobs;
  if (sampling.logitBias && Object.keys(sampling.logitBias).length > 0) dropped.add('sampling.logitBias');
  return config;
}

/** Models before 2.5 write an object's properties in alphabetical order unless told the order. */
function encodeFormat(format: OutputFormat | undefined, dropped: Set<string>): JsonObject {
  if (!format || format.kind === 'text') return format ? { responseMimeType: 'text/plain' } : {};
  if (format.kind === 'json') return { responseMimeType: 'application/json' };
  const { name, description } = format;
  if (name) dropped.add('format.name');
  const whole = description && isObject(format.schema) ? { description, ...format.schema } : format.schema;
  const { schema, lost } = toGeminiSchema(whole);
  for (const keyword of lost) dropped.add(`format.schema.${keyword}`);
  return { responseMimeType: 'application/json', responseSchema: ordered(schema) };
}

function ordered(schema: JsonObject): JsonObject {
  const { properties, items, anyOf } = schema;
  const names = isObject(properties) ? Object.keys(properties) : [];
  return {
    ...schema,
    ...(isObject(properties)
      ? { properties: Object.fromEntries(names.map((name) => [name, inner(properties[name])])) }
      : {}),
    ...(names.length > 1 && !schema.propertyOrdering ? { propertyOrdering: names } : {}),
    ...(isObject(items) ? { items: ordered(items) } : {}),
    ...(Array.isArray(anyOf) ? { anyOf: anyOf.map(inner) } : {}),
  };
}

const inner = (schema: unknown): unknown => (isObject(schema) ? ordered(schema) : schema);

const withoutPlace = [
  'user',
  'metadata',
  'promptCacheKey',
  'verbosity',
  'audio',
] as const satisfies readonly (keyof Meta)[];

/** `meta` has but two fields with a place in the request. */
export function encodeMeta(meta: Meta, dropped: Set<string>): JsonObject {
  for (const name of withoutPlace) if (meta[name] !== undefined) dropped.add(`meta.${name}`);
  const tier = meta.serviceTier === undefined || meta.serviceTier === 'auto' ? undefined : geminiTier(meta.serviceTier);
  if (meta.serviceTier !== undefined && meta.serviceTier !== 'auto' && tier === undefined)
    dropped.add('meta.serviceTier');
  if (meta.store) dropped.add('meta.store');
  return tier === undefined ? {} : { serviceTier: tier };
}
