import { sseFrame } from '@app/core';
import { isObject, textAt } from '../json';
import type { RelayError, RelayErrorCode } from '../relay.errors';

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

/** https://platform.openai.com/docs/guides/error-codes — also the shape of every OpenAI endpoint but chat. */
export function openaiErrorBody(error: RelayError): object {
  const { upstream, param } = error.extra;
  return {
    error: {
      message: error.message,
      type: upstream?.type ?? typeOf[error.code] ?? 'invalid_request_error',
      param: param ?? null,
      code: upstream ? (upstream.code ?? null) : error.code,
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
