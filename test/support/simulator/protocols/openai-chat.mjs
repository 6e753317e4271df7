// @ts-check
/** https://platform.openai.com/docs/api-reference/chat and /chat-streaming */
import { created, id } from '../ids.mjs';
import { content, emptyRequest, framing, list, numberOrNull, slices } from './face.mjs';
import { openaiFace } from './openai.mjs';

/**
 * @typedef {import('./face.mjs').SimRequest} SimRequest
 * @typedef {import('./face.mjs').Answer} Answer
 * @typedef {import('./face.mjs').Frame} Frame
 * @typedef {import('./face.mjs').Json} Json
 */

const FINISH = { stop: 'stop', length: 'length', tools: 'tool_calls', filter: 'content_filter' };
const FINGERPRINT = 'fp_simulator01';

/** @type {import('./face.mjs').Endpoint} */
export const openaiChat = {
  method: 'POST',
  path: /^\/v1\/chat\/completions$/,
  face: openaiFace,
  read,
  reply,
  frames,
  doneMark: 'data: [DONE]\n\n',
};

/**
 * @param {Json} body
 * @returns {SimRequest}
 */
function read(body) {
  const messages = list(body.messages);
  const last = messages.at(-1);
  return {
    ...emptyRequest(),
    model: String(body.model ?? ''),
    stream: body.stream === true,
    includeUsage: body.stream_options?.include_usage === true,
    prompt: messages.map(textOf).join(''),
    lastText: textOf(messages.findLast((message) => message?.role === 'user' || message?.role === 'tool')),
    afterToolResult: last?.role === 'tool',
    images: messages.flatMap((message) => list(message?.content)).filter((part) => part?.type === 'image_url').length,
    tools: list(body.tools).map((tool) => ({
      name: tool?.function?.name ?? '',
      parameters: tool?.function?.parameters ?? {},
    })),
    forcedTool: body.tool_choice?.function?.name ?? null,
    schema: body.response_format?.json_schema?.schema ?? null,
    maxTokens: numberOrNull(body.max_completion_tokens ?? body.max_tokens),
  };
}

/**
 * @param {Json | undefined} message
 * @returns {string}
 */
function textOf(message) {
  if (typeof message?.content === 'string') return message.content;
  return list(message?.content)
    .map((part) => (typeof part?.text === 'string' ? part.text : ''))
    .join('');
}

/**
 * @param {SimRequest} request
 * @param {Answer} answer
 */
function reply(request, answer) {
  const calls = answer.toolCalls.map((call) => ({ id: id('call_'), type: 'function', function: call }));
  return {
    id: id('chatcmpl-', 29),
    object: 'chat.completion',
    created: created(),
    model: request.model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: calls.length > 0 ? null : answer.pieces.join(''),
          ...(answer.reasoning.length > 0 && { reasoning_content: answer.reasoning.join('') }),
          ...(calls.length > 0 && { tool_calls: calls }),
          refusal: null,
          annotations: [],
        },
        logprobs: null,
        finish_reason: FINISH[answer.finish],
      },
    ],
    ...(answer.usage && { usage: usageOf(answer.usage) }),
    service_tier: 'default',
    system_fingerprint: FINGERPRINT,
  };
}

/**
 * @param {SimRequest} request
 * @param {Answer} answer
 * @returns {Frame[]}
 */
function frames(request, answer) {
  const chunk = chunkWriter(request);
  const hasCalls = answer.toolCalls.length > 0;
  return [
    framing(chunk({ role: 'assistant', content: hasCalls ? null : '', refusal: null })),
    ...answer.reasoning.map((text) => content(chunk({ reasoning_content: text }))),
    ...answer.pieces.map((text) => content(chunk({ content: text }))),
    ...answer.toolCalls.flatMap((call, index) => [
      content(
        chunk({
          tool_calls: [{ index, id: id('call_'), type: 'function', function: { name: call.name, arguments: '' } }],
        }),
      ),
      ...slices(call.arguments).map((part) =>
        content(chunk({ tool_calls: [{ index, function: { arguments: part } }] })),
      ),
    ]),
    framing(chunk({}, FINISH[answer.finish])),
    ...(request.includeUsage && answer.usage ? [framing(chunk(null, null, usageOf(answer.usage)))] : []),
  ];
}

/**
 * Usage is `null` on every chunk but the last, and only where the caller asked for it.
 * @param {SimRequest} request
 */
function chunkWriter(request) {
  const head = { id: id('chatcmpl-', 29), object: 'chat.completion.chunk', created: created(), model: request.model };
  /**
   * @param {Json | null} delta
   * @param {string | null} [finish]
   * @param {Json | null} [usage]
   */
  return (delta, finish = null, usage = null) => {
    const choices = delta ? [{ index: 0, delta, logprobs: null, finish_reason: finish }] : [];
    const chunk = { ...head, service_tier: 'default', system_fingerprint: FINGERPRINT, choices };
    return `data: ${JSON.stringify(request.includeUsage ? { ...chunk, usage } : chunk)}\n\n`;
  };
}

/** @param {import('../answer.mjs').Usage} usage */
function usageOf(usage) {
  return {
    prompt_tokens: usage.input,
    completion_tokens: usage.output,
    total_tokens: usage.input + usage.output,
    prompt_tokens_details: { cached_tokens: usage.cached, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}
