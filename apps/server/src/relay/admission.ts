import {
  Limiter,
  type Granted,
  type LimitState,
  type Admission as Decision,
  type Refused,
} from '@app/platform/limiter';
import { RelayError } from '@app/relay';
import type { Caller } from '@app/users';
import { Injectable } from '@nestjs/common';
import type { Call } from './relay.listener';

const words: Readonly<Record<Refused['reason'], string>> = {
  requests: 'Too many requests per minute.',
  tokens: 'Too many tokens per minute.',
  concurrency: 'Too many requests at the same time.',
};

const free: Granted = { ok: true, state: {}, release: () => undefined };

type Headers = Call['headers'];

/** The gateway's own limits: requests, tokens and concurrency in one step. */
@Injectable()
export class Admission {
  constructor(private readonly limiter: Limiter) {}

  /** Throws 429. Sets the `x-ratelimit-*` headers where a limit applies. */
  admit(caller: Pick<Caller, 'limits'>, tokens: number, headers: Headers): Granted | Promise<Granted> {
    if (caller.limits.length === 0) return free;
    const decision = this.limiter.acquire(caller.limits, tokens);
    return decision instanceof Promise ? decision.then((made) => granted(made, headers)) : granted(decision, headers);
  }
}

function granted(decision: Decision, headers: Headers): Granted {
  setHeaders(headers, decision.state);
  if (decision.ok) return decision;
  throw new RelayError('rate_limit_exceeded', words[decision.reason], { retryAfterMs: decision.retryAfterMs });
}

const names: readonly (readonly [keyof LimitState, string])[] = [
  ['limitRequests', 'x-ratelimit-limit-requests'],
  ['remainingRequests', 'x-ratelimit-remaining-requests'],
  ['resetRequestsMs', 'x-ratelimit-reset-requests'],
  ['limitTokens', 'x-ratelimit-limit-tokens'],
  ['remainingTokens', 'x-ratelimit-remaining-tokens'],
  ['resetTokensMs', 'x-ratelimit-reset-tokens'],
];

/** Resets are written as OpenAI does: `850ms`, `12.5s`. */
function setHeaders(headers: Headers, state: LimitState): void {
  for (const [field, name] of names) {
    const value = state[field];
    if (value !== undefined) headers[name] = field.endsWith('Ms') ? duration(value) : value;
  }
}

const duration = (ms: number): string => (ms < 1_000 ? `${Math.ceil(ms)}ms` : `${Math.ceil(ms / 100) / 10}s`);
