// @ts-check
/** What all OpenAI endpoints share. https://platform.openai.com/docs/guides/error-codes */
import { id } from '../ids.mjs';

/** @typedef {import('./face.mjs').Fault} Fault */

/** @type {Readonly<Record<number, { type: string, code: string | null }>>} */
const KINDS = {
  400: { type: 'invalid_request_error', code: null },
  401: { type: 'invalid_request_error', code: 'invalid_api_key' },
  403: { type: 'request_forbidden', code: 'unsupported_country_region_territory' },
  404: { type: 'invalid_request_error', code: 'model_not_found' },
  429: { type: 'requests', code: 'rate_limit_exceeded' },
};
const QUOTA = { type: 'insufficient_quota', code: 'insufficient_quota' };

/** @type {import('./face.mjs').Face} */
export const openaiFace = {
  credential: (headers) => /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? null,
  failure: (fault) => ({ status: fault.status, headers: retryHeaders(fault), body: { error: errorOf(fault) } }),
  streamFailure: (fault) => `data: ${JSON.stringify({ error: errorOf(fault) })}\n\n`,
  headers: () => ({
    'openai-organization': 'sim-organization',
    'openai-processing-ms': '12',
    'openai-version': '2020-10-01',
    'x-request-id': id('req_', 32).toLowerCase(),
    'x-ratelimit-limit-requests': '10000',
    'x-ratelimit-remaining-requests': '9999',
    'x-ratelimit-reset-requests': '6ms',
    'set-cookie': `__cf_bm=${id('', 16)}; path=/; HttpOnly`,
  }),
};

const REASONS = {
  'too-long': {
    message: "This model's maximum context length is 128000 tokens. However, your messages resulted in 130000 tokens.",
    type: 'invalid_request_error',
    param: 'messages',
    code: 'context_length_exceeded',
  },
  'forbidden-words': {
    message: 'Your request was rejected as a result of our safety system.',
    type: 'invalid_request_error',
    param: null,
    code: 'content_policy_violation',
  },
};

/** @param {Fault} fault */
function errorOf(fault) {
  if (fault.reason) return REASONS[fault.reason];
  const kind = fault.quota
    ? QUOTA
    : (KINDS[fault.status] ?? { type: fault.status < 500 ? 'invalid_request_error' : 'server_error', code: null });
  return { message: fault.message, type: kind.type, param: null, code: kind.code };
}

/**
 * @param {Fault} fault
 * @returns {Record<string, string>}
 */
function retryHeaders(fault) {
  if (fault.retryAfterSeconds === null) return {};
  return { 'retry-after': String(fault.retryAfterSeconds), 'retry-after-ms': String(fault.retryAfterSeconds * 1000) };
}
