import { createHash } from 'node:crypto';
import type { Quirks } from '@app/providers';
import type { Encoded } from '../../chat/face';
import type { ChatRequest, Effort, Extension, Meta, OutputFormat, Sampling } from '../../chat/request';
import { defined, isObject, type JsonObject } from '../../json';
import { encodeInput } from './encode-items';
import { encodeToolChoice, encodeTools } from './encode-tools';
import { effortFor, effortOfBudget, reasons } from '../openai-models';

/** The least `max_output_tokens` OpenAI accepts. */
const MIN_OUTPUT_TOKENS = 16;

/** A request to a Responses API, fitted to what its model takes. https://platform.openai.com/docs/api-reference/responses/create */
export function encodeRequest(request: ChatRequest, quirks: Quirks): Encoded {
  const dropped = new Set<string>();
  const effort = effortOf(request, dropped);
  const tools = encodeTools(request.tools, quirks.customTools, dropped);
  const store = storeOf(request);
  const body = defined({
    model: request.model,
    instructions: instructionsOf(request, dropped),
    input: encodeInput(request.turns, quirks, dropped),
    tools: tools.length > 0 ? tools : undefined,
    tool_choice: tools.length > 0 ? encodeToolChoice(request, quirks, dropped) : undefined,
    parallel_tool_calls: request.parallelToolCalls,
    reasoning: encodeReasoning(request, effort),
    text: encodeText(request, quirks, dropped),
    include: encodeInclude(request, effort, store),
    ...encodeSampling(request.sampling, reasons(request.model) && effort !== 'none', dropped),
    ...encodeMeta(request.meta, dropped),
    store,
    stream: request.stream || undefined,
  });
  return { body: withExtensions(body, request.extensions, dropped), dropped: [...dropped] };
}

/** One text; the marks on its pieces are lost. */
function instructionsOf({ system }: ChatRequest, dropped: Set<string>): string | undefined {
  if (system.some(({ cache }) => cache)) dropped.add('turns.cache');
  return (
    system
      .map(({ text }) => text)
      .filter((text) => text !== '')
      .join('\n\n') || undefined
  );
}

/** Extensions that work only with what OpenAI keeps. */
const stateful: ReadonlySet<string> = new Set(['previous_response_id', 'conversation', 'background']);

/** In no other protocol does a call leave a copy at the upstream unless it says so. */
function storeOf({ meta, extensions }: ChatRequest): boolean | undefined {
  if (meta.store !== undefined) return meta.store;
  return extensions.some(({ issuer, path }) => issuer === 'openai' && stateful.has(path)) ? undefined : false;
}

function effortOf({ model, reasoning }: ChatRequest, dropped: Set<string>): Effort | undefined {
  const wanted =
    reasoning?.effort ?? (reasoning?.budgetTokens === undefined ? undefined : effortOfBudget(reasoning.budgetTokens));
  if (wanted === undefined) return undefined;
  const effort = effortFor(wanted, model);
  if (effort !== wanted && (effort !== undefined || wanted !== 'none')) dropped.add('reasoning.effort');
  return effort;
}

/** Callers who name a budget see the thoughts; OpenAI shows a summary of them, and only when asked. */
function encodeReasoning({ model, reasoning }: ChatRequest, effort: Effort | undefined): JsonObject | undefined {
  const asksToSee =
    reasoning?.summary || (reasoning?.summary === undefined && (reasoning?.budgetTokens ?? 0) !== 0 && 'auto');
  const canThink = effort !== undefined || reasons(model);
  const summary = asksToSee && canThink && effort !== 'none' ? asksToSee : undefined;
  return effort || summary ? defined({ effort, summary }) : undefined;
}

/** What is not stored must come along, else thoughts are lost from one turn to the next. Models that never think refuse the wish. */
function encodeInclude(
  { model, reasoning, sampling }: ChatRequest,
  effort: Effort | undefined,
  store?: boolean,
): readonly string[] | undefined {
  const thinks = effort !== 'none' && (effort !== undefined || reasons(model));
  const include = [
    ...(reasoning?.encrypted || (store === false && thinks) ? ['reasoning.encrypted_content'] : []),
    ...(sampling.logprobs && !reasons(model) ? ['message.output_text.logprobs'] : []),
  ];
  return include.length > 0 ? include : undefined;
}

function encodeText({ format, meta }: ChatRequest, quirks: Quirks, dropped: Set<string>): JsonObject | undefined {
  const text = defined({ format: format && encodeFormat(format, quirks, dropped), verbosity: meta.verbosity });
  return Object.keys(text).length > 0 ? text : undefined;
}

function encodeFormat(format: OutputFormat, { jsonSchema }: Quirks, dropped: Set<string>): JsonObject {
  if (format.kind === 'text') return { type: 'text' };
  if (format.kind === 'json') return { type: 'json_object' };
  if (!jsonSchema) {
    dropped.add('format');
    return { type: 'json_object' };
  }
  const { name = 'answer', description, schema, strict } = format;
  return {
    type: 'json_schema',
    name: name.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 64),
    schema,
    ...defined({ description, strict }),
  };
}

/** What the protocol has no field for, unless it is the default anyway. */
const unknown: { readonly [K in keyof Sampling]?: (value: NonNullable<Sampling[K]>) => boolean } = {
  topK: () => true,
  frequencyPenalty: (value) => value !== 0,
  presencePenalty: (value) => value !== 0,
  seed: () => true,
  stop: (value) => value.length > 0,
  candidates: (value) => value > 1,
  logitBias: (value) => Object.keys(value).length > 0,
};

function encodeSampling(sampling: Sampling, isThinking: boolean, dropped: Set<string>): JsonObject {
  for (const [name, matters] of Object.entries(unknown)) {
    const value = sampling[name as keyof Sampling];
    if (value !== undefined && (matters as (value: unknown) => boolean)(value)) dropped.add(`sampling.${name}`);
  }
  const { maxOutputTokens: limit, topLogprobs } = sampling;
  if (limit !== undefined && limit < MIN_OUTPUT_TOKENS) dropped.add('sampling.maxOutputTokens');
  const free = isThinking
    ? loseFree(sampling, dropped)
    : { temperature: sampling.temperature, top_p: sampling.topP, top_logprobs: topLogprobs };
  return { max_output_tokens: limit === undefined ? undefined : Math.max(MIN_OUTPUT_TOKENS, limit), ...free };
}

/** "Unsupported parameter: 'temperature' is not supported with this model." 1 is the default, so that leaving it out changes nothing. */
function loseFree({ temperature = 1, topP = 1, logprobs }: Sampling, dropped: Set<string>): JsonObject {
  if (temperature !== 1) dropped.add('sampling.temperature');
  if (topP !== 1) dropped.add('sampling.topP');
  if (logprobs) dropped.add('sampling.logprobs');
  return {};
}

const tiers: ReadonlySet<string> = new Set(['auto', 'default', 'flex', 'scale', 'priority']);

function encodeMeta(meta: Meta, dropped: Set<string>): JsonObject {
  const { user, metadata, serviceTier, promptCacheKey } = meta;
  const tier = serviceTier === undefined || tiers.has(serviceTier) ? serviceTier : undefined;
  if (tier !== serviceTier) dropped.add('meta.serviceTier');
  if (meta.modalities?.some((modality) => modality !== 'text')) dropped.add('meta.modalities');
  if (meta.audio !== undefined) dropped.add('meta.audio');
  return {
    safety_identifier: user !== undefined && user.length > MAX_USER_LENGTH ? digest(user) : user,
    metadata: metadata && Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, textOf(value)])),
    service_tier: tier,
    prompt_cache_key: promptCacheKey,
  };
}

/** Who the user is needs not be told, only that it is the same one. */
const MAX_USER_LENGTH = 64;
const digest = (user: string): string => createHash('sha256').update(user).digest('hex');

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Writes the fields of a Responses caller back to where they were (`text.format`); chat's own have no place here. */
function withExtensions(body: JsonObject, extensions: readonly Extension[], dropped: Set<string>): JsonObject {
  const result: Record<string, unknown> = { ...body };
  for (const { issuer, path, value } of extensions) {
    const [outer = path, inner] = path.split('.', 2);
    if (issuer !== 'openai' || chatOnly.has(outer)) dropped.add(`extensions.${path}`);
    else if (inner !== undefined) result[outer] = { ...(isObject(result[outer]) ? result[outer] : {}), [inner]: value };
    else if (outer === 'include' && Array.isArray(value))
      result.include = [...(Array.isArray(result.include) ? result.include : []), ...value];
    else result[outer] = value;
  }
  return result;
}

/** Fields of chat completions that a Responses API refuses. */
const chatOnly: ReadonlySet<string> = new Set([
  // Text completions.
  'suffix',
  'echo',
  'best_of',
  'prediction',
  'response_format',
  'functions',
  'function_call',
  'messages',
  'n',
  'max_tokens',
]);
