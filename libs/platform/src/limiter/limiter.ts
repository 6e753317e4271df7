/**
 * One limit of one caller: everything that passes under `key` shares it. An absent (or null) field is unlimited; 0 lets nothing
 * pass. The keys of one `acquire` are distinct.
 */
export interface LimitRule {
  /** `key:<id>`, `group:<name>:user:<id>`. */
  readonly key: string;
  /** Requests in any 60 seconds. */
  readonly rpm?: number | null;
  /** Tokens in any 60 seconds, prompt and answer together. */
  readonly tpm?: number | null;
  /** Requests under way at the same time. */
  readonly concurrency?: number | null;
}

/**
 * What the `x-ratelimit-*` headers say: of all rules the one with the least left, separately for requests and tokens.
 * `reset…Ms` is the time until the whole limit is free again. Fields are absent where no rule limits that unit.
 */
export interface LimitState {
  limitRequests?: number;
  remainingRequests?: number;
  resetRequestsMs?: number;
  limitTokens?: number;
  remainingTokens?: number;
  resetTokensMs?: number;
}

export type RefusalReason = 'requests' | 'tokens' | 'concurrency';

export interface Granted {
  readonly ok: true;
  readonly state: LimitState;
  /** Ends the admission: frees its slots and replaces the reserved tokens by those really used. Only the first call counts. */
  release(usedTokens: number): void;
}

export interface Refused {
  readonly ok: false;
  readonly state: LimitState;
  readonly reason: RefusalReason;
  /** When a repeated call can succeed at the earliest. For `concurrency` nobody knows: a second is named. */
  readonly retryAfterMs: number;
}

export type Admission = Granted | Refused;

/**
 * Admits a request under several rules in one atomic step: all of them take it, or none is charged. A refused request costs
 * nothing.
 *
 * Algorithm, the same in every driver: a sliding window. The last minute of a key is kept in cells of two seconds; a cell counts
 * until 60 s after the last request in it, so never more than the limit passes in any 60 seconds, and a burst is free again
 * exactly 60 s after its end. `tokens` is an estimate and reserved at once (an estimate above the whole limit takes the whole
 * limit, otherwise it could never pass); `release` corrects it: what was too much goes back to the cell it was taken from, what
 * was too little is charged at the time of release. Concurrency slots belong to the process that took them and come back when
 * it dies, or at the latest after two hours.
 */
export abstract class Limiter {
  /** Answers synchronously where no other process has to be asked. Never throws or rejects because of its store. */
  abstract acquire(rules: readonly LimitRule[], tokens: number): Admission | Promise<Admission>;
}

export interface LimiterOptions {
  /** Length of the window behind rpm and tpm; other than a minute only in tests. */
  readonly windowMs: number;
  /** After this long without renewal the slots of a dead process are free again. */
  readonly leaseMs: number;
  /** A slot that was never released is free again after this long, even while its process lives. */
  readonly maxHoldMs: number;
  /** Keys remembered at the same time by one process. */
  readonly maxKeys: number;
}

export const limiterDefaults: LimiterOptions = {
  windowMs: 60_000,
  leaseMs: 600_000,
  maxHoldMs: 7_200_000,
  maxKeys: 100_000,
};

/** The window is kept in this many cells: the memory of one key is bounded by it. */
export const CELLS_PER_WINDOW = 30;

/** What a caller refused for concurrency is told: slots come back at no predictable time. */
export const CONCURRENCY_RETRY_MS = 1_000;

/** Shared by every admission that no rule limits. */
export const unlimited: Granted = Object.freeze({
  ok: true as const,
  state: Object.freeze({}),
  release: () => undefined,
});

export function isLimited(rule: LimitRule): boolean {
  return isSet(rule.rpm) || isSet(rule.tpm) || isSet(rule.concurrency);
}

export const isSet = (limit: number | null | undefined): limit is number => limit !== null && limit !== undefined;

/** What a request takes from a token limit: at least 1, so that an exhausted limit also refuses an estimate of 0. */
export const reservation = (tokens: number, tpm: number): number => Math.max(1, Math.min(tokens, tpm));
