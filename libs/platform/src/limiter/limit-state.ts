import type { LimitState, RefusalReason } from './limiter';

/** Collects the refusals of one step: the one that lasts longest decides what the caller is told. */
export class Verdict {
  reason: RefusalReason | null = null;
  retryAfterMs = 0;

  refuse(reason: RefusalReason, retryAfterMs: number): void {
    if (this.reason !== null && retryAfterMs <= this.retryAfterMs) return;
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Keeps the rule with the fewest requests left. */
export function noteRequests(state: LimitState, limit: number, used: number, resetMs: number): void {
  const remaining = Math.max(0, limit - used);
  if (state.remainingRequests !== undefined && state.remainingRequests <= remaining) return;
  state.limitRequests = limit;
  state.remainingRequests = remaining;
  state.resetRequestsMs = resetMs;
}

/** Keeps the rule with the fewest tokens left. */
export function noteTokens(state: LimitState, limit: number, used: number, resetMs: number): void {
  const remaining = Math.max(0, limit - used);
  if (state.remainingTokens !== undefined && state.remainingTokens <= remaining) return;
  state.limitTokens = limit;
  state.remainingTokens = remaining;
  state.resetTokensMs = resetMs;
}
