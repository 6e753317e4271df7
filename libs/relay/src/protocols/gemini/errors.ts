import type { RelayError, RelayErrorExtra } from '../../relay.errors';
import { isObject, numberAt, textAt } from '../../json';
import { entryOf } from './fields';

const statusOf: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  402: 'FAILED_PRECONDITION',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  408: 'DEADLINE_EXCEEDED',
  413: 'INVALID_ARGUMENT',
  422: 'INVALID_ARGUMENT',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

/** https://ai.google.dev/gemini-api/docs/troubleshooting — google.rpc.Status in JSON. */
export function geminiErrorBody(error: RelayError): object {
  const { status: code, extra } = error;
  const status = extra.meaning === 'rate_limited' ? 'RESOURCE_EXHAUSTED' : (statusOf[code] ?? 'INTERNAL');
  const details = detailsOf(extra);
  return { error: { code, message: messageOf(error), status, ...(details.length > 0 && { details }) } };
}

const TYPES = 'type.googleapis.com/google.rpc';

/** Which field is at fault and when to come back, as Google's clients look for them: https://google.aip.dev/193 */
function detailsOf({ param: field, retryAfterMs }: RelayErrorExtra): readonly object[] {
  return [
    ...(field === undefined ? [] : [{ '@type': `${TYPES}.BadRequest`, fieldViolations: [{ field }] }]),
    ...(retryAfterMs === undefined
      ? []
      : [{ '@type': `${TYPES}.RetryInfo`, retryDelay: `${Math.ceil(retryAfterMs / 1_000)}s` }]),
  ];
}

const TOO_LONG = 'The input token count exceeds the maximum number of tokens allowed';

/** Google has no code for it: clients know by these words that they have to shorten the conversation. */
const messageOf = ({ message, extra: { meaning } }: RelayError): string =>
  meaning === 'context_length' && !/input token count.*exceeds/i.test(message) ? `${TOO_LONG}. ${message}` : message;

const statusBody = (code: number, message: string): object => ({
  error: { code, message, status: statusOf[code] ?? 'INTERNAL' },
});

/** Codes an upstream's error may carry in words. Google's SDK takes an event for an error by its numeric code only. */
const numbers: Readonly<Record<string, number>> = {
  rate_limit_exceeded: 429,
  rate_limited: 429,
  overloaded: 503,
  overloaded_error: 503,
  unavailable: 503,
  upstream_timeout: 504,
  timeout: 504,
  internal_error: 500,
};

/** What a stream that broke ends with. */
export function geminiStreamError(error: unknown): object {
  const message = textAt(error, 'message') ?? (typeof error === 'string' ? error : 'The answer broke off.');
  const code = numberAt(error, 'code');
  if (code !== undefined && code >= 400 && code < 600) return statusBody(code, message);
  const word = isObject(error) ? (textAt(error, 'code') ?? textAt(error, 'type') ?? '') : '';
  return statusBody(entryOf(numbers, word) ?? 502, message);
}
