/**
 * Where one call's money stands. Every hold walks this table from `held` to exactly one of its two ends; nothing else is possible.
 *
 *     held → dispatched → first-byte → usage-known | usage-unknown → settled
 *       └────────┴────────────┴──────────────────────────────────→ released
 */
export type SettlementState =
  | 'held'
  /** An upstream has been asked. */
  | 'dispatched'
  /** The first meaningful part of an answer is there: no other upstream is asked any more. */
  | 'first-byte'
  /** The upstream has said what it used. */
  | 'usage-known'
  /** It has not; what was delivered is estimated. */
  | 'usage-unknown'
  /** Charged, be it zero. */
  | 'settled'
  /** Nothing is charged. */
  | 'released';

/**
 * What may follow. An estimate needs something that was delivered, so `usage-unknown` follows `first-byte` alone: a call that
 * brought its caller nothing cannot be charged by a guess. From `held`, usage is known of what needs no asking (an answer from the
 * cache) or has happened before it could be held for (a transcription inside a session).
 */
export const transitions: Readonly<Record<SettlementState, readonly SettlementState[]>> = {
  held: ['dispatched', 'usage-known', 'released'],
  dispatched: ['dispatched', 'first-byte', 'usage-known', 'released'],
  'first-byte': ['usage-known', 'usage-unknown', 'released'],
  'usage-known': ['settled'],
  'usage-unknown': ['settled'],
  settled: [],
  released: [],
};

/** A step the table does not know: a fault of the gateway's, which must not become a charge. */
export class IllegalTransition extends Error {
  constructor(
    readonly from: SettlementState,
    readonly to: SettlementState,
  ) {
    super(`a hold that is ${from} cannot become ${to}`);
    this.name = 'IllegalTransition';
  }
}

/** Returns `to`; throws IllegalTransition where it may not follow `from`. */
export function advance(from: SettlementState, to: SettlementState): SettlementState {
  if (transitions[from].includes(to)) return to;
  throw new IllegalTransition(from, to);
}

export const isEnd = (state: SettlementState): boolean => transitions[state].length === 0;
