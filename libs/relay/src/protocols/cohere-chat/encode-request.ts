import type { Encoded } from '../../chat/face';
import { formatInstruction } from '../../chat/format-instruction';
import { dropUnsaid } from '../../chat/plain-turns';
import type { ChatRequest, Extension, ReasoningWish, Sampling } from '../../chat/request';
import { isObject, type JsonObject } from '../../json';
import type { Scope } from './encode-content';
import { encodeTools } from './encode-tools';
import { encodeTurns } from './encode-turns';

/** https://docs.cohere.com/reference/chat */
export function encodeRequest(request: ChatRequest): Encoded {
  const dropped = new Set<string>();
  const { model, stream, sampling, format } = request;
  const { fields, documents: given } = ownFields(request.extensions, dropped);
  const tools = encodeTools(request, dropped);
  const wantsJson = format !== undefined && format.kind !== 'text';
  // JSON is not enforced together with tools or documents.
  const isHeld = wantsJson && !('tools' in tools) && given.length === 0;
  const instruction = wantsJson && !isHeld ? formatInstruction(format) : undefined;
  if (instruction) dropped.add('format');
  const documents = [...given];
  const scope: Scope = { dropped, documents: isHeld ? undefined : documents };
  const messages = encodeTurns(request, instruction, scope);
  dropUnsaid(
    { ...request, tools: [], toolChoice: undefined, reasoning: undefined, format: undefined, extensions: [] },
    said,
    dropped,
  );
  const body = {
    model,
    stream,
    messages,
    ...tools,
    ...(documents.length > 0 ? { documents } : {}),
    ...(isHeld ? { response_format: formatOf(format) } : {}),
    ...encodeSampling(sampling, dropped),
    ...encodeThinking(model, request.reasoning, sampling, dropped),
    ...fields,
  };
  return { body, dropped: [...dropped] };
}

const said = new Set([
  ...(['maxOutputTokens', 'temperature', 'topP', 'topK', 'frequencyPenalty', 'presencePenalty'] as const),
  ...(['seed', 'stop', 'logprobs'] as const),
]);

/** A schema needs no name. https://docs.cohere.com/docs/structured-outputs */
const formatOf = (format: ChatRequest['format']): JsonObject =>
  format?.kind === 'json-schema' ? { type: 'json_object', json_schema: format.schema } : { type: 'json_object' };

const own: ReadonlySet<string> = new Set(['citation_options', 'safety_mode', 'priority', 'raw_prompting']);

/** Fields of Cohere's own, by which a caller of any protocol may ask for what no other protocol knows. */
function ownFields(extensions: readonly Extension[], dropped: Set<string>) {
  const fields: Record<string, unknown> = {};
  let documents: readonly JsonObject[] = [];
  for (const { path, value } of extensions) {
    if (own.has(path)) fields[path] = value;
    else if (path === 'documents' && Array.isArray(value)) documents = value.map(asDocument);
    else dropped.add(`extensions.${path}`);
  }
  return { fields, documents };
}

const asDocument = (value: unknown): JsonObject =>
  isObject(value) ? value : { data: { text: typeof value === 'string' ? value : JSON.stringify(value) } };

/** Bounds as documented; a value beyond them would be refused. */
const bounds: { readonly [K in keyof Sampling]?: readonly [name: string, least: number, most: number] } = {
  maxOutputTokens: ['max_tokens', 0, Infinity],
  temperature: ['temperature', 0, Infinity],
  topP: ['p', 0.01, 0.99],
  topK: ['k', 0, 500],
  frequencyPenalty: ['frequency_penalty', 0, 1],
  presencePenalty: ['presence_penalty', 0, 1],
};

const MOST_STOPS = 5;

function encodeSampling(sampling: Sampling, dropped: Set<string>): JsonObject {
  const fields: Record<string, unknown> = {};
  for (const [key, [name, least, most]] of Object.entries(bounds)) {
    const value = sampling[key as keyof Sampling];
    if (typeof value !== 'number') continue;
    fields[name] = Math.min(most, Math.max(least, value));
    // The ends of 0…1 are all but the same as Cohere's.
    if (fields[name] !== value && !(key === 'topP' && value >= 0 && value <= 1)) dropped.add(`sampling.${key}`);
  }
  if (sampling.seed !== undefined) fields.seed = sampling.seed;
  const { stop } = sampling;
  if (stop?.length) fields.stop_sequences = stop.slice(0, MOST_STOPS);
  if (stop && stop.length > MOST_STOPS) dropped.add('sampling.stop');
  if (sampling.logprobs) fields.logprobs = true;
  return fields;
}

/** Models that never think refuse to be asked. https://docs.cohere.com/docs/reasoning */
const unthinking = /^(command-r|command-a-(03|vision|translate)|command-light|command-nightly|c4ai-)/;
/** Cohere advises to leave this many of a limit to the answer. */
const ANSWER_TOKENS = 1_000;

const budgets: Readonly<Record<string, number>> = { minimal: 512, low: 2_048, medium: 8_192 };

/** Efforts from `high` on think as long as the model wants. */
function encodeThinking(
  model: string,
  wish: ReasoningWish | undefined,
  { maxOutputTokens }: Sampling,
  dropped: Set<string>,
): JsonObject {
  const { effort, budgetTokens } = wish ?? {};
  if (effort === undefined && budgetTokens === undefined) return {};
  const isOff = budgetTokens === 0 || (budgetTokens === undefined && effort === 'none');
  if (unthinking.test(model)) {
    if (!isOff) dropped.add('reasoning');
    return {};
  }
  if (isOff) return { thinking: { type: 'disabled' } };
  const wanted = budgetTokens === undefined ? budgets[effort ?? ''] : budgetTokens > 0 ? budgetTokens : undefined;
  const room = maxOutputTokens === undefined ? Infinity : Math.max(1, maxOutputTokens - ANSWER_TOKENS);
  return { thinking: { type: 'enabled', ...(wanted === undefined ? {} : { token_budget: Math.min(wanted, room) }) } };
}
