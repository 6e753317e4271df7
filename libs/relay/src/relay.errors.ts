/** The data plane's error codes (API.md); OpenAI clients see them as `error.code`. */
export type RelayErrorCode =
  | 'invalid_api_key'
  | 'ip_not_allowed'
  | 'model_not_allowed'
  | 'model_not_priced'
  | 'model_not_found'
  | 'not_found'
  | 'previous_response_not_found'
  | 'insufficient_quota'
  | 'rate_limit_exceeded'
  | 'upstream_error'
  | 'upstream_timeout'
  | 'invalid_request_error'
  | 'request_too_large'
  | 'idempotency_key_in_use'
  | 'idempotency_key_reused'
  | 'idempotency_answer_not_kept'
  | 'request_timeout'
  | 'method_not_allowed'
  | 'unsupported_media_type'
  | 'unavailable'
  | 'internal_error';

const statusOf: Record<RelayErrorCode, number> = {
  invalid_api_key: 401,
  ip_not_allowed: 403,
  model_not_allowed: 403,
  model_not_priced: 403,
  model_not_found: 404,
  not_found: 404,
  previous_response_not_found: 400,
  insufficient_quota: 402,
  rate_limit_exceeded: 429,
  upstream_error: 502,
  upstream_timeout: 504,
  invalid_request_error: 400,
  request_too_large: 413,
  idempotency_key_in_use: 409,
  idempotency_key_reused: 422,
  idempotency_answer_not_kept: 422,
  request_timeout: 408,
  method_not_allowed: 405,
  unsupported_media_type: 415,
  unavailable: 503,
  internal_error: 500,
};

/** What a failure that an upstream found means to the caller's program; each protocol has its own words for it. */
export type ErrorMeaning = 'rate_limited' | 'overloaded' | 'context_length' | 'content_policy';

export interface RelayErrorExtra {
  /** Overrides the code's own status: a caller's fault that an upstream found keeps the upstream's. */
  readonly status?: number;
  /** The offending field of the request. */
  readonly param?: string;
  readonly retryAfterMs?: number;
  /** The upstream's own words for a caller's fault: its error `type` and `code`. */
  readonly upstream?: { readonly type?: string; readonly code?: string | null };
  readonly meaning?: ErrorMeaning;
  readonly cause?: unknown;
}

/** An expected failure of a data-plane call. Each protocol's face gives it its own shape; no secret is ever in `message`. */
export class RelayError extends Error {
  readonly status: number;

  constructor(
    readonly code: RelayErrorCode,
    message: string,
    readonly extra: RelayErrorExtra = {},
  ) {
    super(message, { cause: extra.cause });
    this.name = 'RelayError';
    this.status = extra.status ?? statusOf[code];
  }
}

export const badRequest = (message: string, param?: string): RelayError =>
  new RelayError('invalid_request_error', message, param === undefined ? {} : { param });
