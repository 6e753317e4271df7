import type { ChatRequest, Effort, Extension, Meta, OutputFormat, ReasoningWish, Sampling } from '../../chat/request';
import { defined, arrayAt, isObject, type JsonObject, textAt } from '../../json';
import { decodeInput } from './decode-items';
import { decodeToolChoice, decodeTools } from './decode-tools';
import {
  booleanField,
  invalidType,
  invalidValue,
  missing,
  numberField,
  objectField,
  stringField,
  unknownFields,
} from './fields';

/** A caller's request. https://platform.openai.com/docs/api-reference/responses/create */
export function decodeRequest(
  body: JsonObject,
  path: { readonly model?: string; readonly stream?: boolean },
): ChatRequest {
  const model = stringField(body, 'model') || path.model;
  if (!model) throw missing('model');
  const instructions = stringField(body, 'instructions');
  const { toolChoice, own } = decodeToolChoice(body.tool_choice);
  const reasoning = decodeReasoning(objectField(body, 'reasoning'), includes(body, ENCRYPTED));
  const text = objectField(body, 'text');
  const format = decodeFormat(text && objectField(text, 'format', 'text.format'));
  const parallelToolCalls = booleanField(body, 'parallel_tool_calls');
  return {
    model,
    stream: booleanField(body, 'stream') ?? path.stream ?? false,
    system: instructions ? [{ kind: 'text', text: instructions }] : [],
    turns: decodeInput(body.input),
    tools: decodeTools(body),
    ...(toolChoice ? { toolChoice } : {}),
    ...(parallelToolCalls === undefined ? {} : { parallelToolCalls }),
    ...(reasoning ? { reasoning } : {}),
    ...(format ? { format } : {}),
    sampling: decodeSampling(body),
    meta: decodeMeta(body, text),
    extensions: [...decodeExtensions(body), ...(own ? [own] : [])],
  };
}

/** `include` entries that the neutral form says itself. */
const ENCRYPTED = 'reasoning.encrypted_content';
const LOGPROBS = 'message.output_text.logprobs';

const includes = (body: JsonObject, name: string): boolean => arrayAt(body, 'include').includes(name);

const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;
const summaries = ['auto', 'concise', 'detailed'] as const;

function decodeReasoning(reasoning: JsonObject | undefined, encrypted: boolean): ReasoningWish | undefined {
  const effort = oneOf(efforts, reasoning?.effort, 'reasoning.effort');
  const summary = oneOf(summaries, reasoning?.summary ?? reasoning?.generate_summary, 'reasoning.summary');
  const wish = defined({ effort: effort as Effort | undefined, summary, encrypted: encrypted || undefined });
  return Object.keys(wish).length > 0 ? wish : undefined;
}

function oneOf<T extends string>(known: readonly T[], value: unknown, path: string): T | undefined {
  if (value == null) return undefined;
  const found = known.find((word) => word === value);
  if (!found) throw invalidValue(path, value, known);
  return found;
}

function decodeFormat(format: unknown): OutputFormat | undefined {
  if (!isObject(format)) return undefined;
  switch (format.type) {
    case 'text':
      return { kind: 'text' };
    case 'json_object':
      return { kind: 'json' };
    case 'json_schema':
      if (format.schema == null) throw missing('text.format.schema');
      if (!isObject(format.schema)) throw invalidType('text.format.schema', 'an object');
      return {
        kind: 'json-schema',
        schema: format.schema,
        ...defined({
          name: textAt(format, 'name'),
          description: textAt(format, 'description'),
          strict: typeof format.strict === 'boolean' ? format.strict : undefined,
        }),
      };
    default:
      return undefined;
  }
}

/** The protocol has no penalties, seed, stop words or `top_k`; some imitators take them under chat's names. */
function decodeSampling(body: JsonObject): Sampling {
  const topLogprobs = numberField(body, 'top_logprobs');
  const stop =
    typeof body.stop === 'string' ? [body.stop] : arrayAt(body, 'stop').filter((word) => typeof word === 'string');
  return defined({
    maxOutputTokens: numberField(body, 'max_output_tokens'),
    temperature: numberField(body, 'temperature'),
    topP: numberField(body, 'top_p'),
    topK: numberField(body, 'top_k'),
    frequencyPenalty: numberField(body, 'frequency_penalty'),
    presencePenalty: numberField(body, 'presence_penalty'),
    seed: numberField(body, 'seed'),
    stop: stop.length > 0 ? stop : undefined,
    logprobs: includes(body, LOGPROBS) || (topLogprobs ?? 0) > 0 || undefined,
    topLogprobs,
  });
}

function decodeMeta(body: JsonObject, text: JsonObject | undefined): Meta {
  return defined({
    user: stringField(body, 'safety_identifier') ?? stringField(body, 'user'),
    metadata: objectField(body, 'metadata'),
    serviceTier: stringField(body, 'service_tier'),
    store: booleanField(body, 'store'),
    promptCacheKey: stringField(body, 'prompt_cache_key'),
    verbosity: textAt(text, 'verbosity'),
  });
}

/** Fields the neutral form says itself. */
const understood: ReadonlySet<string> = new Set([
  'model',
  'input',
  'instructions',
  'stream',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'reasoning',
  'text',
  'include',
  'max_output_tokens',
  'temperature',
  'top_p',
  'top_k',
  'frequency_penalty',
  'presence_penalty',
  'seed',
  'stop',
  'top_logprobs',
  'safety_identifier',
  'user',
  'metadata',
  'service_tier',
  'store',
  'prompt_cache_key',
]);

/** What a field says when it says nothing. */
const defaults: Readonly<Record<string, unknown>> = { truncation: 'disabled', background: false };

/** Everything else is OpenAI's own: `previous_response_id`, `conversation`, `prompt`, `truncation`, `max_tool_calls` … */
function decodeExtensions(body: JsonObject): readonly Extension[] {
  const included = arrayAt(body, 'include').filter((name) => name !== ENCRYPTED && name !== LOGPROBS);
  const { safety_identifier: safety, user } = body;
  const format = objectField(body, 'text')?.format;
  return [
    ...fields(body, understood, '').filter(({ path, value }) => defaults[path] !== value),
    ...fields(body.reasoning, new Set(['effort', 'summary', 'generate_summary']), 'reasoning.'),
    ...fields(body.text, new Set(['verbosity', ...(decodeFormat(format) ? ['format'] : [])]), 'text.'),
    ...(included.length > 0 ? [extension('include', included)] : []),
    ...(safety != null && user != null ? [extension('user', user)] : []),
  ];
}

const extension = (path: string, value: unknown): Extension => ({ issuer: 'openai', path, value });

const fields = (source: unknown, known: ReadonlySet<string>, prefix: string): readonly Extension[] =>
  Object.entries(unknownFields(isObject(source) ? source : {}, known) ?? {}).map(([name, value]) =>
    extension(prefix + name, value),
  );
