import type { ChatRequest, Extension, Meta, OutputFormat, Sampling } from '../../chat/request';
import { defined, isObject, type JsonObject, objectAt, textAt } from '../../json';
import { invalidType, booleanField, listField, missing, numberField, objectField, stringField } from './request-fields';
import { decodeMessages } from './decode-messages';
import { decodeTools, decodeToolChoice } from './decode-tools';
import { decodeReasoning, reasoningFields } from './reasoning-wish';

/** Every field that is understood below; all others are extensions. */
export const understood: ReadonlySet<string> = new Set([
  ...[
    'model',
    'messages',
    'stream',
    'stream_options',
    'tools',
    'tool_choice',
    'functions',
    'function_call',
    'parallel_tool_calls',
  ],
  ...[
    'web_search_options',
    'response_format',
    'max_completion_tokens',
    'max_tokens',
    'temperature',
    'top_p',
    'top_k',
    'stop',
    'n',
    'seed',
  ],
  ...[
    'frequency_penalty',
    'presence_penalty',
    'logprobs',
    'top_logprobs',
    'logit_bias',
    'user',
    'metadata',
    'service_tier',
    'store',
  ],
  ...['prompt_cache_key', 'verbosity', 'modalities', 'audio', ...reasoningFields],
]);

/** A request for a chat completion. https://platform.openai.com/docs/api-reference/chat/create */
export function decodeRequest(
  body: JsonObject,
  path: { readonly model?: string; readonly stream?: boolean },
): ChatRequest {
  const model = stringField(body, 'model') ?? path.model;
  if (!model) throw missing('model');
  const toolChoice = decodeToolChoice(body);
  const isLegacy = body.functions != null && body.tools == null;
  const parallelToolCalls = isLegacy ? false : booleanField(body, 'parallel_tool_calls');
  const reasoning = decodeReasoning(body);
  const format = decodeFormat(body);
  return {
    model,
    stream: booleanField(body, 'stream') ?? path.stream ?? false,
    ...conversationOf(body),
    tools: decodeTools(body),
    ...(toolChoice ? { toolChoice } : {}),
    ...(parallelToolCalls === undefined ? {} : { parallelToolCalls }),
    ...(reasoning ? { reasoning } : {}),
    ...(format ? { format } : {}),
    sampling: decodeSampling(body),
    meta: { ...decodeMeta(body), ...(isLegacy ? { legacyFunctions: true } : {}) },
    extensions: decodeExtensions(body, format),
  };
}

function conversationOf(body: JsonObject) {
  const { system, turns, extras } = decodeMessages(body);
  return { system, turns, ...(extras.length > 0 ? { extras } : {}) };
}

export function decodeSampling(body: JsonObject): Sampling {
  return defined({
    maxOutputTokens: numberField(body, 'max_completion_tokens') ?? numberField(body, 'max_tokens'),
    temperature: numberField(body, 'temperature'),
    topP: numberField(body, 'top_p'),
    topK: numberField(body, 'top_k'),
    frequencyPenalty: numberField(body, 'frequency_penalty'),
    presencePenalty: numberField(body, 'presence_penalty'),
    seed: numberField(body, 'seed'),
    stop: decodeStop(body.stop),
    candidates: numberField(body, 'n'),
    logprobs: booleanField(body, 'logprobs'),
    topLogprobs: numberField(body, 'top_logprobs'),
    logitBias: objectField(body, 'logit_bias') as Sampling['logitBias'],
  });
}

export function decodeStop(stop: unknown): readonly string[] | undefined {
  if (stop == null || stop === '') return undefined;
  const stops = Array.isArray(stop) ? stop : [stop];
  if (!stops.every((text) => typeof text === 'string'))
    throw invalidType('stop', 'one of an array of strings or string', stop);
  return stops.length > 0 ? stops : undefined;
}

/** `safety_identifier` says what `user` did before; where both are given it stays beside it, as an extension. */
function decodeMeta(body: JsonObject): Meta {
  return defined({
    user: stringField(body, 'user') || textAt(body, 'safety_identifier') || undefined,
    metadata: objectField(body, 'metadata'),
    serviceTier: stringField(body, 'service_tier'),
    store: booleanField(body, 'store'),
    promptCacheKey: stringField(body, 'prompt_cache_key'),
    verbosity: stringField(body, 'verbosity'),
    modalities: modalitiesOf(body),
    audio: objectField(body, 'audio'),
  });
}

function modalitiesOf(body: JsonObject): readonly string[] | undefined {
  if (body.modalities == null) return undefined;
  return listField(body, 'modalities').map((modality, index) => {
    if (typeof modality !== 'string') throw invalidType(`modalities[${index}]`, 'a string', modality);
    return modality;
  });
}

const schemaless: Readonly<Record<string, OutputFormat>> = { text: { kind: 'text' }, json_object: { kind: 'json' } };

function decodeFormat(body: JsonObject): OutputFormat | undefined {
  const format = objectField(body, 'response_format');
  const type = textAt(format, 'type') ?? '';
  if (type !== 'json_schema') return Object.hasOwn(schemaless, type) ? schemaless[type] : undefined;
  const fields = objectAt(format, 'json_schema');
  if (!fields) throw missing('response_format.json_schema');
  const name = textAt(fields, 'name');
  const description = textAt(fields, 'description');
  const strict = booleanField(fields, 'strict', 'response_format.json_schema.strict');
  return {
    kind: 'json-schema',
    schema: fields.schema ?? {},
    ...(name ? { name } : {}),
    ...(description ? { description } : {}),
    ...(strict === undefined ? {} : { strict }),
  };
}

/** Null is no value. A format only some servers know (a grammar, a regular expression) is an extension, too. */
function decodeExtensions(body: JsonObject, format: OutputFormat | undefined): Extension[] {
  const isOther = (name: string): boolean => {
    if (name === 'response_format') return !format && isObject(body.response_format);
    if (name === 'safety_identifier') return Boolean(body.user);
    return !understood.has(name);
  };
  const own = Object.entries(body).filter(([name, value]) => value != null && isOther(name));
  const stream = Object.entries(objectAt(body, 'stream_options') ?? {}).filter(
    ([name, value]) => value != null && name !== 'include_usage',
  );
  return [...own, ...stream.map(([name, value]) => [`stream_options.${name}`, value] as const)].map(
    ([path, value]) => ({ issuer: 'openai', path, value }),
  );
}
