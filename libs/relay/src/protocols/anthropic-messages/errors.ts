import { isObject, type JsonObject, textAt } from '../../json';
import type { ErrorMeaning, RelayError } from '../../relay.errors';

const typeOfStatus: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  408: 'timeout_error',
  413: 'request_too_large',
  422: 'invalid_request_error',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
};

/** The status of a failure that is not the caller's is the gateway's; its type says what the upstream meant. */
const typeOfMeaning: Partial<Record<ErrorMeaning, string>> = {
  rate_limited: 'rate_limit_error',
  overloaded: 'overloaded_error',
};

/** What may stand in `error.type`: Anthropic's own words. */
const own: ReadonlySet<string> = new Set([...Object.values(typeOfStatus), 'api_error']);

/** https://docs.anthropic.com/en/api/errors */
export const anthropicErrorBody = (error: RelayError, requestId: string): object => ({
  type: 'error',
  error: { type: typeOf(error), message: messageOf(error) },
  request_id: requestId,
});

function typeOf({ status, extra: { upstream, meaning } }: RelayError): string {
  if (upstream?.type !== undefined && own.has(upstream.type)) return upstream.type;
  return (meaning && typeOfMeaning[meaning]) ?? typeOfStatus[status] ?? 'api_error';
}

const TOO_LONG = 'prompt is too long';

/** Anthropic has no code for it: clients know by these words that they have to shorten the conversation. */
const messageOf = ({ message, extra: { meaning } }: RelayError): string =>
  meaning === 'context_length' && !message.toLowerCase().includes(TOO_LONG) ? `${TOO_LONG}: ${message}` : message;

/** Words of other vendors and of the relay for the same. */
const meanings: readonly (readonly [words: RegExp, type: string])[] = [
  [/overload|unavailable|capacity/i, 'overloaded_error'],
  [/rate.?limit|exhausted|too_many/i, 'rate_limit_error'],
  [/timeout|timed_out|deadline/i, 'timeout_error'],
];

/** The event that ends a broken stream: `{"type":"error","error":{"type","message"}}`. */
export function streamError(error: unknown): JsonObject {
  const told = isObject(error) ? error : { message: error };
  const words = [told.type, told.code, told.status].filter((word): word is string => typeof word === 'string');
  const type =
    words.find((word) => own.has(word)) ?? meanings.find(([known]) => words.some((word) => known.test(word)))?.[1];
  const message = textAt(told, 'message') ?? 'The upstream failed.';
  return { type: 'error', error: { type: type ?? 'api_error', message } };
}
