import type { Failure } from './relay.types';

/** What follows a failed attempt. `same-credential` is for a connection that was already dead when it was used. */
export type NextStep = 'same-credential' | 'other-credential' | 'other-channel' | 'stop';

const stepOf: Readonly<Record<Failure['kind'], NextStep>> = {
  caller: 'stop',
  content_policy: 'stop',
  context_length: 'stop',
  credential_invalid: 'other-credential',
  quota_exhausted: 'other-credential',
  forbidden: 'other-credential',
  rate_limited: 'other-credential',
  model_missing: 'other-channel',
  overloaded: 'other-channel',
  timeout: 'other-channel',
  upstream_error: 'other-channel',
  network: 'other-channel',
};

export interface Spent {
  readonly attempts: number;
  readonly maxAttempts: number;
  /** Milliseconds left of the call's total time. */
  readonly leftMs: number;
  /** The credential at hand has had its second chance. */
  readonly repeated: boolean;
}

/** Decides from the last failure and what the call has used up. Pure. */
export function nextAttempt(failure: Failure, spent: Spent): NextStep {
  if (spent.attempts >= spent.maxAttempts || spent.leftMs <= 0) return 'stop';
  if (failure.stale && !spent.repeated) return 'same-credential';
  return stepOf[failure.kind];
}
