// @ts-check
/** https://docs.anthropic.com/en/api/messages, /messages-streaming and /errors */
import { id } from '../ids.mjs';
import { tokens } from '../answer.mjs';
import { content, emptyRequest, framing, list, numberOrNull, slices } from './face.mjs';

/**
 * @typedef {import('./face.mjs').SimRequest} SimRequest
 * @typedef {import('./face.mjs').Answer} Answer
 * @typedef {import('./face.mjs').Frame} Frame
 * @typedef {import('./face.mjs').Fault} Fault
 * @typedef {import('./face.mjs').Json} Json
 */

const STOP = { stop: 'end_turn', length: 'max_tokens', tools: 'tool_use', filter: 'refusal' };
const SIGNATURE = 'c2ltdWxhdGVkLXRoaW5raW5nLXNpZ25hdHVyZQ==';

/** @type {Readonly<Record<number, string>>} */
const ERROR_TYPES = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  422: 'invalid_request_error',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  529: 'overloaded_error',
};

/** @type {import('./face.mjs').Face} */
export const anthropicFace = {
  credential: (headers) =>
    String(headers['x-api-key'] ?? /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '') || null,
  failure: (fault) => ({
    status: fault.status,
    headers: retryHeaders(fault),
    body: { ...errorOf(fault), request_id: id('req_011', 21) },
  }),
  streamFailure: (fault) => event('error', errorOf({ ...fault, status: 529, message: 'Overloaded' })),
  headers: () => ({ 'request-id': id('req_011', 21), 'anthropic-organization-id': 'sim-organization' }),
};

/** @type {readonly import('./face.mjs').Endpoint[]} */
export const anthropic = [
  { method: 'POST', path: /^\/v1\/messages$/, face: anthropicFace, read, reply, frames },
  {
    method: 'POST',
    path: /^\/v1\/messages\/count_tokens$/,
    face: anthropicFace,
    read,
    reply: (request) => ({ input_tokens: tokens(request.prompt) }),
  },
];

const REASONS = {
  'too-long': 'prompt is too long: 203456 tokens > 200000 maximum',
  'forbidden-words': 'Output blocked by content filtering policy',
};

/** @param {Fault} fault */
function errorOf({ status, reason, message, quota }) {
  if (quota) return { type: 'error', error: { type: 'billing_error', message } };
  const told = reason ? REASONS[reason] : message;
  return { type: 'error', error: { type: ERROR_TYPES[status] ?? 'api_error', message: told } };
}

/**
 * @param {Fault} fault
 * @returns {Record<string, string>}
 */
function retryHeaders(fault) {
  return fault.retryAfterSeconds === null ? {} : { 'retry-after': String(fault.retryAfterSeconds) };
}

/**
 * @param {Json} body
 * @returns {SimRequest}
 */
export function read(body) {
  const messages = list(body.messages);
  const lastContent = list(messages.at(-1)?.content);
  return {
    ...emptyRequest(),
    model: String(body.model ?? ''),
    stream: body.stream === true,
    prompt: textOf(body.system) + messages.map((message) => textOf(message?.content)).join(''),
    lastText: textOf(messages.findLast((message) => message?.role === 'user')?.content),
    afterToolResult: lastContent.some((block) => block?.type === 'tool_result'),
    images: messages.flatMap((message) => list(message?.content)).filter((block) => block?.type === 'image').length,
    tools: list(body.tools).map((tool) => ({ name: tool?.name ?? '', parameters: tool?.input_schema ?? {} })),
    forcedTool: body.tool_choice?.name ?? null,
    schema: body.output_config?.format?.schema ?? body.output_format?.schema ?? null,
    maxTokens: numberOrNull(body.max_tokens),
  };
}

/**
 * @param {unknown} value a string, or blocks; a tool's result holds blocks of its own
 * @returns {string}
 */
function textOf(value) {
  if (typeof value === 'string') return value;
  return list(value)
    .map((block) =>
      block?.type === 'tool_result' ? textOf(block.content) : typeof block?.text === 'string' ? block.text : '',
    )
    .join('');
}

/**
 * @param {SimRequest} request
 * @param {Answer} answer
 */
function message(request, answer) {
  return { id: id('msg_01', 22), type: 'message', role: 'assistant', model: request.model, content: blocks(answer) };
}

/**
 * @param {SimRequest} request
 * @param {Answer} answer
 */
export function reply(request, answer) {
  return {
    ...message(request, answer),
    stop_reason: STOP[answer.finish],
    stop_sequence: null,
    ...(answer.usage && {
      usage: { ...inputUsage(answer.usage), output_tokens: answer.usage.output, service_tier: 'standard' },
    }),
  };
}

/**
 * @param {Answer} answer
 * @returns {Json[]}
 */
function blocks(answer) {
  const text = answer.pieces.join('');
  return [
    ...(answer.reasoning.length > 0
      ? [{ type: 'thinking', thinking: answer.reasoning.join(''), signature: SIGNATURE }]
      : []),
    ...(text === '' ? [] : [{ type: 'text', text }]),
    ...answer.toolCalls.map((call) => ({
      type: 'tool_use',
      id: id('toolu_01', 22),
      name: call.name,
      input: JSON.parse(call.arguments),
    })),
  ];
}

/**
 * Usage comes twice: input in message_start, the cumulative output in message_delta.
 * @param {SimRequest} request
 * @param {Answer} answer
 * @returns {Frame[]}
 */
export function frames(request, answer) {
  const opening = { ...message(request, answer), content: [], stop_reason: null, stop_sequence: null };
  const usage = answer.usage;
  const startUsage = usage && {
    usage: { ...inputUsage(usage), output_tokens: Math.min(1, usage.output), service_tier: 'standard' },
  };
  const endUsage = usage && { usage: { ...inputUsage(usage), output_tokens: usage.output } };
  const [first = [], ...rest] = blocks(answer).map((block, index) => blockFrames(block, index, answer));
  return [
    framing(event('message_start', { type: 'message_start', message: { ...opening, ...startUsage } })),
    ...first.slice(0, 1),
    framing(event('ping', { type: 'ping' })),
    ...first.slice(1),
    ...rest.flat(),
    framing(
      event('message_delta', {
        type: 'message_delta',
        delta: { stop_reason: STOP[answer.finish], stop_sequence: null },
        ...endUsage,
      }),
    ),
    framing(event('message_stop', { type: 'message_stop' })),
  ];
}

/** What a block looks like before its deltas, and the deltas, by its type. @type {Record<string, { empty: Json, deltas: (block: Json, answer: Answer) => Json[] }>} */
const BLOCKS = {
  text: {
    empty: { text: '' },
    deltas: (_block, answer) => answer.pieces.map((text) => ({ type: 'text_delta', text })),
  },
  thinking: {
    empty: { thinking: '', signature: '' },
    deltas: (block, answer) => [
      ...answer.reasoning.map((thinking) => ({ type: 'thinking_delta', thinking })),
      { type: 'signature_delta', signature: block.signature },
    ],
  },
  tool_use: {
    empty: { input: {} },
    deltas: (block) =>
      ['', ...slices(JSON.stringify(block.input))].map((partial_json) => ({ type: 'input_json_delta', partial_json })),
  },
};

/**
 * @param {Json} block
 * @param {number} index
 * @param {Answer} answer
 * @returns {Frame[]}
 */
function blockFrames(block, index, answer) {
  const kind = /** @type {NonNullable<typeof BLOCKS[string]>} */ (BLOCKS[block.type]);
  return [
    framing(
      event('content_block_start', { type: 'content_block_start', index, content_block: { ...block, ...kind.empty } }),
    ),
    ...kind
      .deltas(block, answer)
      .map((delta) => content(event('content_block_delta', { type: 'content_block_delta', index, delta }))),
    framing(event('content_block_stop', { type: 'content_block_stop', index })),
  ];
}

/**
 * @param {string} name
 * @param {Json} data
 */
function event(name, data) {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

/**
 * Anthropic's input excludes what came from the cache.
 * @param {import('../answer.mjs').Usage} usage
 */
function inputUsage(usage) {
  return {
    input_tokens: usage.input - usage.cached,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: usage.cached,
  };
}
