// @ts-check
/** Embeddings, moderations, rerank and the list of models. https://platform.openai.com/docs/api-reference/embeddings and /models */
import { scriptWords } from '../script.mjs';
import { emptyRequest, list } from './face.mjs';
import { openaiFace } from './openai.mjs';

/** @typedef {import('./face.mjs').Json} Json */

const DIMENSIONS = 8;

/** @type {import('./face.mjs').Endpoint} */
export const openaiEmbeddings = {
  method: 'POST',
  path: /^\/v1\/embeddings$/,
  face: openaiFace,
  read: (body) => ({ ...emptyRequest(), model: String(body.model ?? ''), prompt: inputs(body).join('') }),
  reply: (request, answer, body) => ({
    object: 'list',
    data: inputs(body).map((text, index) => ({
      object: 'embedding',
      index,
      embedding: encode(vector(text, body.dimensions), body.encoding_format),
    })),
    model: request.model,
    ...(answer.usage && { usage: { prompt_tokens: answer.usage.input, total_tokens: answer.usage.input } }),
  }),
};

/** Flags what speaks of violence. @type {import('./face.mjs').Endpoint} */
export const openaiModerations = {
  method: 'POST',
  path: /^\/v1\/moderations$/,
  face: openaiFace,
  read: (body) => ({ ...emptyRequest(), model: String(body.model ?? ''), prompt: inputs(body).join('') }),
  reply: (request, _answer, body) => ({
    id: 'modr-simulated',
    model: request.model,
    results: inputs(body).map((text) => {
      const violence = text.includes('violence');
      return { flagged: violence, categories: { violence }, category_scores: { violence: violence ? 0.9 : 0.1 } };
    }),
  }),
};

/** Jina's shape: the longest document is the most relevant. @type {import('./face.mjs').Endpoint} */
export const rerank = {
  method: 'POST',
  path: /^\/v1\/rerank$/,
  face: openaiFace,
  read: (body) => ({
    ...emptyRequest(),
    model: String(body.model ?? ''),
    prompt: [body.query, ...list(body.documents)].join(''),
  }),
  reply: (request, answer, body) => ({
    model: request.model,
    results: list(body.documents)
      .map((text, index) => ({ index, relevance_score: String(text).length / 1_000 }))
      .sort((a, b) => b.relevance_score - a.relevance_score)
      .slice(0, body.top_n ?? undefined),
    ...(answer.usage && { usage: { total_tokens: answer.usage.input } }),
  }),
};

/** @type {readonly import('./face.mjs').Endpoint[]} */
export const openaiModels = [
  {
    method: 'GET',
    path: /^\/v1\/models$/,
    face: openaiFace,
    read: emptyRequest,
    reply: () => ({ object: 'list', data: modelIds().map(model) }),
  },
  {
    method: 'GET',
    path: /^\/v1\/models\/([^/]+)$/,
    face: openaiFace,
    read: (_body, name) => ({ ...emptyRequest(), model: name }),
    reply: (request) => model(request.model),
  },
];

/** One model for each word, beside a name that is no script. */
export function modelIds() {
  return ['gpt-4o-mini', ...scriptWords.map((word) => `sim-${word}`)];
}

/** @param {string} name */
function model(name) {
  return { id: name, object: 'model', created: 1_700_000_000, owned_by: 'simulator' };
}

/** @param {Json} body */
function inputs(body) {
  return (typeof body.input === 'string' ? [body.input] : list(body.input)).map(String);
}

/**
 * The same text has the same unit vector.
 * @param {string} text
 * @param {unknown} [dimensions]
 */
export function vector(text, dimensions) {
  const size = typeof dimensions === 'number' && dimensions > 0 ? Math.min(dimensions, 4096) : DIMENSIONS;
  const raw = Array.from(
    { length: size },
    (_, index) => ((text.charCodeAt(index % Math.max(1, text.length)) || 1) * (index + 1)) % 97,
  );
  const norm = Math.hypot(...raw) || 1;
  return raw.map((value) => Math.fround(value / norm));
}

/**
 * `base64` is little-endian float32, what OpenAI's own SDK asks for.
 * @param {readonly number[]} values
 * @param {unknown} format
 */
function encode(values, format) {
  return format === 'base64' ? Buffer.from(Float32Array.from(values).buffer).toString('base64') : values;
}
