// @ts-check
/** Legacy text completions. https://platform.openai.com/docs/api-reference/completions */
import { created, id } from '../ids.mjs';
import { content, emptyRequest, framing, list, numberOrNull } from './face.mjs';
import { openaiFace } from './openai.mjs';

/**
 * @typedef {import('./face.mjs').SimRequest} SimRequest
 * @typedef {import('./face.mjs').Answer} Answer
 * @typedef {import('./face.mjs').Frame} Frame
 * @typedef {import('./face.mjs').Json} Json
 */

const DEFAULT_LIMIT = 16;

/** @type {import('./face.mjs').Endpoint} */
export const openaiCompletions = {
  method: 'POST',
  path: /^\/v1\/completions$/,
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
  const prompts = promptsOf(body);
  return {
    ...emptyRequest(),
    model: String(body.model ?? ''),
    stream: body.stream === true,
    includeUsage: body.stream_options?.include_usage === true,
    prompt: prompts.join(''),
    lastText: prompts.at(-1) ?? '',
    maxTokens: numberOrNull(body.max_tokens) ?? DEFAULT_LIMIT,
  };
}

/**
 * A list of numbers is one prompt of tokens, said as they are written.
 * @param {Json} body
 * @returns {string[]}
 */
function promptsOf({ prompt }) {
  if (typeof prompt === 'string') return [prompt];
  const tokens = list(prompt);
  return (typeof tokens[0] === 'number' ? [tokens] : tokens).map(String);
}

/**
 * What each choice begins with: its prompt, where that is to be repeated.
 * @param {Json} body
 */
function openings(body) {
  return promptsOf(body).flatMap((prompt) =>
    Array.from({ length: numberOrNull(body.n) ?? 1 }, () => (body.echo === true ? prompt : '')),
  );
}

/**
 * @param {string} text
 * @param {number} index
 * @param {string | null} reason
 */
const choice = (text, index, reason) => ({ text, index, logprobs: null, finish_reason: reason });

/** @param {Answer} answer */
const reasonOf = (answer) => (answer.finish === 'filter' ? 'content_filter' : answer.finish);

/** @param {SimRequest} request */
const headOf = (request) => ({
  id: id('cmpl-', 29),
  object: 'text_completion',
  created: created(),
  model: request.model,
});

/** @type {import('./face.mjs').Endpoint['reply']} */
function reply(request, answer, body) {
  const text = answer.pieces.join('');
  const choices = openings(body).map((opening, index) => choice(opening + text, index, reasonOf(answer)));
  return { ...headOf(request), choices, ...usageOf(answer, choices.length) };
}

/**
 * @param {SimRequest} request
 * @param {Answer} answer
 * @param {Json} body
 * @returns {Frame[]}
 */
function frames(request, answer, body) {
  const head = headOf(request);
  const begun = openings(body);
  /** @param {Json} more */
  const chunk = (more) =>
    `data: ${JSON.stringify({ ...head, ...(request.includeUsage && { usage: null }), ...more })}\n\n`;
  return [
    ...begun.flatMap((opening, index) =>
      opening ? [content(chunk({ choices: [choice(opening, index, null)] }))] : [],
    ),
    ...answer.pieces.flatMap((piece) =>
      begun.map((_, index) => content(chunk({ choices: [choice(piece, index, null)] }))),
    ),
    ...begun.map((_, index) => framing(chunk({ choices: [choice('', index, reasonOf(answer))] }))),
    ...(request.includeUsage && answer.usage
      ? [framing(chunk({ choices: [], ...usageOf(answer, begun.length) }))]
      : []),
  ];
}

/**
 * @param {Answer} answer
 * @param {number} choices
 */
function usageOf({ usage }, choices) {
  if (!usage) return {};
  const output = usage.output * choices;
  return {
    usage: { prompt_tokens: usage.input, completion_tokens: output, total_tokens: usage.input + output },
  };
}
