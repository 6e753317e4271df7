// @ts-check
/** https://ai.google.dev/api/generate-content, /api/tokens, /api/embeddings and https://ai.google.dev/gemini-api/docs/troubleshooting */
import { tokens } from '../answer.mjs';
import { id } from '../ids.mjs';
import { content, emptyRequest, framing, list, numberOrNull } from './face.mjs';
import { modelIds, vector } from './openai-others.mjs';

/**
 * @typedef {import('./face.mjs').SimRequest} SimRequest
 * @typedef {import('./face.mjs').Answer} Answer
 * @typedef {import('./face.mjs').Frame} Frame
 * @typedef {import('./face.mjs').Fault} Fault
 * @typedef {import('./face.mjs').Json} Json
 */

const FINISH = { stop: 'STOP', length: 'MAX_TOKENS', tools: 'STOP', filter: 'SAFETY' };
const THOUGHT_SIGNATURE = 'c2ltdWxhdGVkLXRob3VnaHQtc2lnbmF0dXJl';

/** @type {Readonly<Record<number, string>>} */
const STATUSES = {
  400: 'INVALID_ARGUMENT',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

/** @type {import('./face.mjs').Face} */
export const geminiFace = {
  credential: (headers, url) => String(headers['x-goog-api-key'] ?? url.searchParams.get('key') ?? '') || null,
  failure: (fault) => {
    const body = errorOf(fault);
    return { status: body.error.code, headers: {}, body };
  },
  // Recorded from Google: a failure inside a stream is bare, pretty-printed JSON, not an event.
  streamFailure: (fault) => `${JSON.stringify(errorOf(fault), null, 2)}\r\n`,
  headers: () => ({ server: 'scaffolding on HTTPServer2', 'server-timing': 'gfet4t7; dur=120', vary: 'Origin' }),
};

/** @type {readonly import('./face.mjs').Endpoint[]} */
export const gemini = [
  { ...action('generateContent'), read: (body, model) => read(body, model, false), reply },
  { ...action('streamGenerateContent'), read: (body, model) => read(body, model, true), reply, frames },
  {
    ...action('countTokens'),
    read: (body, model) => read(body, model, false),
    reply: (request) => ({ totalTokens: tokens(request.prompt) }),
  },
  {
    ...action('embedContent'),
    read: (body, model) => read(body, model, false),
    reply: (request) => ({ embedding: { values: vector(request.prompt) } }),
  },
  {
    ...action('batchEmbedContents'),
    read: (_body, model) => ({ ...emptyRequest(), model }),
    reply: (_request, _answer, body) => ({
      embeddings: list(body.requests).map((one) => ({ values: vector(textOf(one?.content)) })),
    }),
  },
  {
    method: 'GET',
    path: /^\/v1beta\/models$/,
    face: geminiFace,
    read: emptyRequest,
    reply: () => ({ models: modelIds().map(model) }),
  },
];

/** @param {string} name */
function action(name) {
  return { method: 'POST', path: new RegExp(`^/v1beta/models/([^/]+):${name}$`), face: geminiFace };
}

/** @param {string} name */
function model(name) {
  return {
    name: `models/${name}`,
    displayName: name,
    inputTokenLimit: 1_048_576,
    outputTokenLimit: 65_536,
    supportedGenerationMethods: ['generateContent', 'countTokens'],
  };
}

const REASONS = {
  'too-long': 'The input token count (1048577) exceeds the maximum number of tokens allowed (1048576).',
  'forbidden-words': 'The prompt was blocked. It may violate the Responsible AI practices.',
};

/** A wrong key is a 400 at Google. @param {Fault} fault */
function errorOf(fault) {
  const badKey = fault.status === 401;
  const code = badKey ? 400 : fault.status;
  const retry =
    fault.retryAfterSeconds === null
      ? []
      : [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${fault.retryAfterSeconds}s` }];
  const reason = badKey
    ? [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID', domain: 'googleapis.com' }]
    : [];
  const details = [...reason, ...retry];
  return {
    error: {
      code,
      message: fault.reason ? REASONS[fault.reason] : fault.message,
      status: STATUSES[code] ?? 'UNKNOWN',
      ...(details.length > 0 && { details }),
    },
  };
}

/**
 * @param {Json} body
 * @param {string} name
 * @param {boolean} stream
 * @returns {SimRequest}
 */
export function read(body, name, stream) {
  const turns = body.contents ? list(body.contents) : [body.content];
  const parts = turns.flatMap((turn) => list(turn?.parts));
  const settings = body.generationConfig ?? body.generation_config ?? {};
  const chosen = list(body.toolConfig?.functionCallingConfig?.allowedFunctionNames);
  return {
    ...emptyRequest(),
    model: name,
    stream,
    prompt: textOf(body.systemInstruction ?? body.system_instruction) + turns.map(textOf).join(''),
    lastText: textOf(turns.findLast((turn) => turn?.role !== 'model')),
    afterToolResult: list(turns.at(-1)?.parts).some((part) => part?.functionResponse),
    images: parts.filter((part) => part?.inlineData ?? part?.fileData).length,
    tools: list(body.tools)
      .flatMap((tool) => list(tool?.functionDeclarations))
      .map((tool) => ({ name: tool?.name ?? '', parameters: tool?.parametersJsonSchema ?? tool?.parameters ?? {} })),
    forcedTool: chosen.length === 1 ? chosen[0] : null,
    schema: settings.responseJsonSchema ?? settings.responseSchema ?? null,
    maxTokens: numberOrNull(settings.maxOutputTokens),
  };
}

/**
 * @param {Json | undefined} turn
 * @returns {string}
 */
function textOf(turn) {
  return list(turn?.parts)
    .map((part) => part?.text ?? (part?.functionResponse ? JSON.stringify(part.functionResponse.response ?? {}) : ''))
    .join('');
}

/**
 * @param {SimRequest} request
 * @param {Answer} answer
 */
export function reply(request, answer) {
  const text = answer.pieces.join('');
  const parts = [...thoughts(answer.reasoning), ...(text === '' ? [] : [{ text }]), ...calls(answer)];
  return chunkWriter(request, answer)(parts, FINISH[answer.finish]);
}

/**
 * Usage is cumulative and on every chunk; the answer ends with its finish reason, there is no closing mark.
 * @param {SimRequest} request
 * @param {Answer} answer
 * @returns {Frame[]}
 */
export function frames(request, answer) {
  const chunk = chunkWriter(request, answer);
  const all = [...thoughts(answer.reasoning), ...answer.pieces.map((text) => ({ text })), ...calls(answer)];
  return all
    .map((part, index) => {
      const last = index === all.length - 1;
      return content(`data: ${JSON.stringify(chunk([part], last ? FINISH[answer.finish] : null))}\r\n\r\n`);
    })
    .concat(all.length === 0 ? framing(`data: ${JSON.stringify(chunk([], FINISH[answer.finish]))}\r\n\r\n`) : []);
}

/** @param {readonly string[]} reasoning */
function thoughts(reasoning) {
  return reasoning.map((text) => ({ text, thought: true }));
}

/**
 * The signature is on the first of parallel calls only.
 * @param {Answer} answer
 */
function calls(answer) {
  return answer.toolCalls.map((call, index) => ({
    functionCall: { name: call.name, args: JSON.parse(call.arguments) },
    ...(index === 0 && { thoughtSignature: THOUGHT_SIGNATURE }),
  }));
}

/**
 * @param {SimRequest} request
 * @param {Answer} answer
 */
function chunkWriter(request, answer) {
  const responseId = id('', 23);
  /**
   * @param {Json[]} parts
   * @param {string | null} finish
   */
  return (parts, finish) => ({
    candidates: [{ content: { parts, role: 'model' }, ...(finish && { finishReason: finish }), index: 0 }],
    ...(answer.usage && { usageMetadata: usageOf(answer.usage) }),
    modelVersion: request.model,
    responseId,
  });
}

/**
 * Candidates exclude thoughts; the prompt includes what came from the cache.
 * @param {import('../answer.mjs').Usage} usage
 */
function usageOf(usage) {
  return {
    promptTokenCount: usage.input,
    candidatesTokenCount: usage.output - usage.reasoning,
    totalTokenCount: usage.input + usage.output,
    ...(usage.cached > 0 && { cachedContentTokenCount: usage.cached }),
    ...(usage.reasoning > 0 && { thoughtsTokenCount: usage.reasoning }),
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: usage.input }],
  };
}
