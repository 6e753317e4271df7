import { isCallersFault } from '@app/providers';
import { RelayError } from './relay.errors';
import type { Failure } from './relay.types';
import { meaningOf } from './transport/error-meaning';

export const noRoute: Failure = {
  kind: 'overloaded',
  status: null,
  code: 'no_channel_ready',
  message: 'No channel for this model is ready to take the call.',
};

/** The answer to a caller whom no upstream served. Only a fault of the caller's keeps the upstream's status and words. */
export function failureError(failure: Failure): RelayError {
  const { kind, message, retryAfterMs, upstream, code } = failure;
  const told = toldStatus(failure);
  if (told !== null) {
    const { param, ...words } = upstream ?? {};
    const meaning =
      kind === 'content_policy' || kind === 'context_length' ? kind : meaningOf(message, code, words.code);
    return new RelayError('invalid_request_error', message, { status: told, param, upstream: words, meaning });
  }
  if (code === noRoute.code) return new RelayError('unavailable', message, { retryAfterMs: retryAfterMs ?? 5_000 });
  if (kind === 'timeout') return new RelayError('upstream_timeout', `Every upstream failed; the last one: ${message}`);
  return new RelayError('upstream_error', `Every upstream failed; the last one: ${phraseOf[kind] ?? message}`, {
    retryAfterMs,
    ...((kind === 'rate_limited' || kind === 'overloaded') && { meaning: kind }),
  });
}

const callerStatus: ReadonlySet<number | null> = new Set([400, 413, 422]);

/** The status of a fault of the caller's; null: it is none, or its status says something else. */
function toldStatus({ kind, status }: Failure): number | null {
  if (!isCallersFault(kind) || status === null) return null;
  if (callerStatus.has(status)) return status;
  return kind === 'caller' ? null : 400;
}

/** What is ours to keep (keys, accounts) is only named by kind. */
const phraseOf: Partial<Record<Failure['kind'], string>> = {
  credential_invalid: "it refused the gateway's credential.",
  quota_exhausted: "the gateway's account there is used up.",
  forbidden: "the gateway's account there may not do this.",
  rate_limited: 'it is limiting the rate of requests.',
  overloaded: 'it is overloaded.',
  model_missing: 'it does not know the model.',
};
