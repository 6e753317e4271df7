// @ts-check
/** https://platform.openai.com/docs/api-reference/responses and /responses-streaming; nothing can be fetched later, but gone on from with the word `keeps`. */
import { created, id } from '../ids.mjs';
import { content, emptyRequest, framing, list, numberOrNull, slices } from './face.mjs';
import { openaiFace } from './openai.mjs';

/**
 * @typedef {import('./face.mjs').SimRequest} SimRequest
 * @typedef {import('./face.mjs').Answer} Answer
 * @typedef {import('./face.mjs').Frame} Frame
 * @typedef {import('./face.mjs').Json} Json
 */

/** @type {import('./face.mjs').Endpoint} */
export const openaiResponses = {
  method: 'POST',
  path: /^\/v1\/responses$/,
  face: openaiFace,
  read,
  refusal,
  reply: (request, answer) => finished(request, answer, outputItems(answer)),
  frames,
};

/** @type {import('./face.mjs').Endpoint} */
export const openaiResponseDeletion = {
  method: 'DELETE',
  path: /^\/v1\/responses\/([^/]+)$/,
  face: openaiFace,
  read: (_body, model) => ({ ...emptyRequest(), model }),
  reply: ({ model }) => ({ id: model, object: 'response', deleted: kept.delete(model) }),
};

/** Answers of scripts that keep them. @type {Set<string>} */
const kept = new Set();
const MOST_KEPT = 10_000;

export const forgetAnswers = () => kept.clear();

/** @param {Json} body */
function refusal({ previous_response_id: previous }) {
  if (previous == null || kept.has(previous)) return null;
  const message = `Previous response with id '${previous}' not found.`;
  const param = 'previous_response_id';
  return {
    status: 400,
    body: { error: { message, type: 'invalid_request_error', param, code: 'previous_response_not_found' } },
  };
}

/**
 * @param {Json} body
 * @returns {SimRequest}
 */
function read(body) {
  const items = typeof body.input === 'string' ? [{ role: 'user', content: body.input }] : list(body.input);
  const last = items.at(-1);
  const isResult = (/** @type {Json} */ item) => item?.type === 'function_call_output';
  return {
    ...emptyRequest(),
    model: String(body.model ?? ''),
    stream: body.stream === true,
    prompt: String(body.instructions ?? '') + items.map(textOf).join(''),
    lastText: textOf(items.findLast((item) => item?.role === 'user' || isResult(item))),
    afterToolResult: isResult(last),
    images: items.flatMap((item) => list(item?.content)).filter((part) => part?.type === 'input_image').length,
    tools: list(body.tools)
      .filter((tool) => tool?.type === 'function')
      .map((tool) => ({ name: tool.name, parameters: tool.parameters ?? {} })),
    forcedTool: body.tool_choice?.name ?? null,
    schema: body.text?.format?.schema ?? null,
    maxTokens: numberOrNull(body.max_output_tokens),
  };
}

/**
 * @param {Json | undefined} item
 * @returns {string}
 */
function textOf(item) {
  const value = item?.content ?? item?.output;
  if (typeof value === 'string') return value;
  return list(value)
    .map((part) => (typeof part?.text === 'string' ? part.text : ''))
    .join('');
}

/**
 * @param {Answer} answer
 * @returns {Json[]}
 */
function outputItems(answer) {
  const summary = answer.reasoning.length > 0 ? [{ type: 'summary_text', text: answer.reasoning.join('') }] : [];
  return [
    ...(summary.length > 0 ? [{ type: 'reasoning', id: id('rs_', 48), summary }] : []),
    ...answer.toolCalls.map((call) => ({
      type: 'function_call',
      id: id('fc_', 48),
      status: 'completed',
      call_id: id('call_'),
      ...call,
    })),
    ...(answer.toolCalls.length > 0 ? [] : [messageItem(answer.pieces.join(''))]),
  ];
}

/** @param {string} text */
function messageItem(text) {
  const part = { type: 'output_text', annotations: [], logprobs: [], text };
  return { type: 'message', id: id('msg_', 48), status: 'completed', role: 'assistant', content: [part] };
}

/**
 * @param {SimRequest} request
 * @param {Json} set
 */
function response(request, set) {
  return {
    id: id('resp_', 50),
    object: 'response',
    created_at: created(),
    status: 'in_progress',
    background: false,
    error: null,
    incomplete_details: null,
    instructions: null,
    max_output_tokens: request.maxTokens,
    model: request.model,
    output: [],
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    service_tier: 'default',
    store: false,
    temperature: 1,
    text: { format: { type: 'text' } },
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    truncation: 'disabled',
    usage: null,
    user: null,
    metadata: {},
    ...set,
  };
}

/**
 * @param {SimRequest} request
 * @param {Answer} answer
 * @param {Json[]} output
 * @param {Json} [identity]
 */
function finished(request, answer, output, identity = {}) {
  const reason =
    answer.finish === 'length' ? 'max_output_tokens' : answer.finish === 'filter' ? 'content_filter' : null;
  const outcome = reason ? { status: 'incomplete', incomplete_details: { reason } } : { status: 'completed' };
  const usage = answer.usage && usageOf(answer.usage);
  const final = response(request, { ...identity, ...outcome, output, usage, store: answer.kept });
  if (answer.kept && kept.size < MOST_KEPT) kept.add(final.id);
  return final;
}

/**
 * @param {SimRequest} request
 * @param {Answer} answer
 * @returns {Frame[]}
 */
function frames(request, answer) {
  let sequence = 0;
  /** @type {EventWriter} */
  const event = (type, fields) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence++, ...fields })}\n\n`;
  const items = outputItems(answer);
  const identity = { id: id('resp_', 50), created_at: created() };
  const opening = response(request, identity);
  return [
    framing(event('response.created', { response: opening })),
    framing(event('response.in_progress', { response: opening })),
    ...items.flatMap((item, index) => itemFrames(event, item, index, answer)),
    framing(closingEvent(event, finished(request, answer, items, identity))),
  ];
}

/** @typedef {(type: string, fields: Json) => string} EventWriter */

/**
 * @param {EventWriter} event
 * @param {Json} final
 */
function closingEvent(event, final) {
  return event(final.status === 'completed' ? 'response.completed' : 'response.incomplete', { response: final });
}

/** The events between an item's `added` and its `done`, by the item's type. @type {Record<string, (event: EventWriter, item: Json, index: number, answer: Answer) => Frame[]>} */
const INSIDE = { message: messageEvents, function_call: callEvents, reasoning: reasoningEvents };

/**
 * @param {EventWriter} event
 * @param {Json} item
 * @param {number} index
 * @param {Answer} answer
 * @returns {Frame[]}
 */
function itemFrames(event, item, index, answer) {
  const empty =
    item.type === 'message' ? { content: [] } : item.type === 'function_call' ? { arguments: '' } : { summary: [] };
  return [
    framing(
      event('response.output_item.added', { output_index: index, item: { ...item, status: 'in_progress', ...empty } }),
    ),
    .../** @type {NonNullable<typeof INSIDE[string]>} */ (INSIDE[item.type])(event, item, index, answer),
    framing(event('response.output_item.done', { output_index: index, item })),
  ];
}

/** @type {typeof INSIDE[string]} */
function messageEvents(event, item, index, answer) {
  const place = { item_id: item.id, output_index: index, content_index: 0 };
  const part = item.content[0];
  return [
    framing(event('response.content_part.added', { ...place, part: { ...part, text: '' } })),
    ...answer.pieces.map((delta) => content(event('response.output_text.delta', { ...place, delta, logprobs: [] }))),
    framing(event('response.output_text.done', { ...place, text: part.text, logprobs: [] })),
    framing(event('response.content_part.done', { ...place, part })),
  ];
}

/** @type {typeof INSIDE[string]} */
function callEvents(event, item, index) {
  const place = { item_id: item.id, output_index: index };
  return [
    ...slices(item.arguments).map((delta) =>
      content(event('response.function_call_arguments.delta', { ...place, delta })),
    ),
    framing(event('response.function_call_arguments.done', { ...place, name: item.name, arguments: item.arguments })),
  ];
}

/** @type {typeof INSIDE[string]} */
function reasoningEvents(event, item, index, answer) {
  const place = { item_id: item.id, output_index: index, summary_index: 0 };
  const part = item.summary[0];
  return [
    framing(event('response.reasoning_summary_part.added', { ...place, part: { ...part, text: '' } })),
    ...answer.reasoning.map((delta) => content(event('response.reasoning_summary_text.delta', { ...place, delta }))),
    framing(event('response.reasoning_summary_text.done', { ...place, text: part.text })),
    framing(event('response.reasoning_summary_part.done', { ...place, part })),
  ];
}

/** @param {import('../answer.mjs').Usage} usage */
function usageOf(usage) {
  return {
    input_tokens: usage.input,
    input_tokens_details: { cached_tokens: usage.cached },
    output_tokens: usage.output,
    output_tokens_details: { reasoning_tokens: usage.reasoning },
    total_tokens: usage.input + usage.output,
  };
}
