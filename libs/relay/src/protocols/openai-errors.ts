import { sseFrame } from '@app/core';
import { isObject, textAt } from '../json';
import type { ErrorMeaning, RelayError, RelayErrorCode } from '../relay.errors';

const typeOf: Partial<Record<RelayErrorCode, string>> = {
  invalid_api_key: 'authentication_error',
  ip_not_allowed: 'permission_error',
  model_not_allowed: 'permission_error',
  model_not_priced: 'permission_error',
  insufficient_quota: 'insufficient_quota',
  rate_limit_exceeded: 'rate_limit_error',
  upstream_error: 'upstream_error',
  upstream_timeout: 'upstream_error',
  unavailable: 'server_error',
  internal_error: 'server_error',
};

/** OpenAI's words for what another vendor found; the code of a failure that is not the caller's stays the gateway's. */
const typeOfMeaning: Partial<Record<ErrorMeaning, string>> = {
  rate_limited: 'rate_limit_error',
  overloaded: 'service_unavailable_error',
};
const codeOfMeaning: Partial<Record<ErrorMeaning, string>> = {
  context_length: 'context_length_exceeded',
  content_policy: 'content_policy_violation',
};

/** https://platform.openai.com/docs/guides/error-codes — also the shape of every OpenAI endpoint but chat. */
export function openaiErrorBody(error: RelayError): object {
  const { upstream, param, meaning } = error.extra;
  const meant = (words: Partial<Record<ErrorMeaning, string>>): string | undefined => meaning && words[meaning];
  return {
    error: {
      message: error.message,
      type: upstream?.type ?? meant(typeOfMeaning) ?? typeOf[error.code] ?? 'invalid_request_error',
      param: param ?? null,
      code: upstream ? (upstream.code ?? meant(codeOfMeaning) ?? null) : error.code,
    },
  };
}

/** The last event of a broken stream: the SDKs throw on it, so nobody takes the answer for complete. */
export function failureFrame(error: unknown): string {
  const inner = isObject(error) && isObject(error.error) ? error.error : error;
  const code = isObject(inner) ? inner.code : undefined;
  return sseFrame(
    JSON.stringify({
      error: {
        message: textAt(inner, 'message') ?? (typeof inner === 'string' ? inner : 'The upstream failed.'),
        type: textAt(inner, 'type') ?? 'upstream_error',
        param: null,
        code: typeof code === 'string' || typeof code === 'number' ? String(code) : null,
      },
    }),
  );
}
