import { redactText } from '@app/core';
import { kindOfCode, kindOfHttpStatus, type UpstreamErrorKind } from './error-kind';
import { asArray, asNumber, asObject, asText, type JsonObject } from './json';
import type { ProviderRecord } from './provider';
import { retryAfterMs, type ResponseHeaders } from './retry-after';

export interface UpstreamErrorInput {
  readonly provider: Pick<ProviderRecord, 'errorCodes'>;
  /** What an operator says that codes of this upstream mean; `http_409`: a status. */
  readonly errorKinds?: ProviderRecord['errorCodes'];
  /** The HTTP status; a 2xx where the error came inside a body or a stream. */
  readonly status: number;
  readonly headers?: ResponseHeaders;
  /** The parsed JSON, or the raw text where it is none. */
  readonly body?: unknown;
  /** Epoch milliseconds, for headers that hold a date. */
  readonly now?: number;
}

export interface UpstreamError {
  readonly kind: UpstreamErrorKind;
  /** The vendor's own code, or `http_<status>`. */
  readonly code: string;
  /** The vendor's own words, shortened, with anything shaped like a secret removed. For logs, not for decisions. */
  readonly message: string;
  readonly retryAfterMs?: number;
}

const longestMessage = 500;

/** What an upstream's error means. Decided by structured codes and the status alone; words are for people. */
export function classifyUpstreamError(input: UpstreamErrorInput): UpstreamError {
  const { provider, body } = input;
  const error = errorObject(body);
  const codes = codesOf(error, body, input.headers);
  const status = httpStatus(input.status, codes);
  const wait = retryAfterMs(input.headers ?? {}, body, input.now ?? Date.now());
  const said = saidKind(codes, status, input.errorKinds);
  const named = kindOf(codes, provider.errorCodes);
  // `server_error` is also what OpenAI calls it when it is overloaded: the status says which.
  const kind = named === undefined || (named === 'upstream_error' && status >= 500) ? kindOfHttpStatus(status) : named;
  return {
    kind: said ?? (kind === 'caller' && isRefusedAccount(body, error) ? 'forbidden' : kind),
    code: codes.find((code) => !/^\d{3}$/.test(code))?.slice(0, 64) ?? `http_${status}`,
    message: messageOf(error, body, status),
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  };
}

/** Gemini sends an array when a stream without SSE fails; DashScope, SiliconFlow and Mistral put the fields at the top. */
function errorObject(body: unknown): JsonObject {
  const root = asObject(Array.isArray(body) ? body[0] : body);
  return asObject(root?.error) ?? root ?? {};
}

/** The most telling first: Google's reason, then code, type, status. */
function codesOf(error: JsonObject, body: unknown, headers: ResponseHeaders = {}): string[] {
  const reasons = asArray(error.details).map((detail) => asObject(detail)?.reason);
  const inner = asObject(error.innererror)?.code;
  const aws = awsCodes(error, headers);
  const { code, type, status } = error;
  const candidates = [...reasons, inner, flagged(error), code, type, status, asObject(body)?.code, base(body), ...aws];
  const texts = candidates.map((value) => (typeof value === 'number' ? String(value) : asText(value)));
  // xAI puts a whole sentence where others have a code.
  return texts.filter((text) => text !== undefined && /^[\w.-]{1,128}$/.test(text)).map((text) => text!);
}

/** OpenRouter names what moderation flagged only here; the same status also stands for a key without rights. */
const flagged = ({ metadata }: JsonObject): unknown =>
  asArray(asObject(metadata)?.reasons).length > 0 ? 'content_policy_violation' : undefined;

/** MiniMax's own form: an error inside a 200. */
const base = (body: unknown): unknown => asObject(asObject(body)?.base_resp)?.status_code;

/** `x-amzn-errortype: ThrottlingException:http://…`, or `__type` with a namespace before a `#`. */
function awsCodes({ __type: type }: JsonObject, headers: ResponseHeaders): unknown[] {
  const header = headers['x-amzn-errortype'];
  const named = typeof header === 'string' ? header.split(':')[0] : undefined;
  return [named, typeof type === 'string' ? type.split('#').at(-1) : undefined];
}

const saidKind = (codes: readonly string[], status: number, kinds: ProviderRecord['errorCodes']) =>
  kinds &&
  [...codes, `http_${status}`].map((code) => (Object.hasOwn(kinds, code) ? kinds[code] : undefined)).find(Boolean);

function kindOf(codes: readonly string[], own: ProviderRecord['errorCodes']): UpstreamErrorKind | undefined {
  for (const code of codes) {
    const kind = kindOfOne(code, own);
    if (kind) return kind;
  }
  return undefined;
}

/**
 * Anthropic answers an account without money like a malformed request: 400 `invalid_request_error`, and only the message tells them
 * apart. So another account is asked; words are no ground for more, least of all for disabling one. The whole beginning has to be
 * Anthropic's, so that no caller's text that is repeated in a message counts.
 * https://support.claude.com/en/articles/8977456-how-do-i-pay-for-my-claude-api-usage
 */
const isRefusedAccount = (body: unknown, { type, message }: JsonObject): boolean =>
  asObject(body)?.type === 'error' &&
  type === 'invalid_request_error' &&
  /^(Your credit balance is too low to access the Anthropic API|You have reached your specified API usage limits)/.test(
    asText(message) ?? '',
  );

/** A code with a detail behind a dot (`RateLimitExceeded.EndpointRPMExceeded`) means what its head means, unless it is known itself. */
function kindOfOne(code: string, own: ProviderRecord['errorCodes']): UpstreamErrorKind | undefined {
  if (own && Object.hasOwn(own, code)) return own[code];
  const known = kindOfCode.get(code.toLowerCase());
  const dot = code.indexOf('.');
  return known ?? (dot > 0 ? kindOfOne(code.slice(0, dot), own) : undefined);
}

/** Inside a 200 (a stream, OpenRouter) the code is often the status the vendor would have sent. */
function httpStatus(status: number, codes: readonly string[]): number {
  if (status >= 300) return status;
  const embedded = codes.map(asNumber).find((code) => code !== undefined && code >= 400 && code < 600);
  if (embedded !== undefined) return embedded;
  return codes.includes('invalid_request_error') || codes.includes('INVALID_ARGUMENT') ? 400 : status;
}

function messageOf(error: JsonObject, body: unknown, status: number): string {
  const text =
    asText(error.message) ??
    asText(error.Message) ??
    asText(error.error_description) ??
    asText(error.detail) ??
    asText(error.error) ??
    asText(asObject(body)?.error) ??
    asText(body);
  return redactText((text ?? `HTTP ${status}`).slice(0, longestMessage));
}
