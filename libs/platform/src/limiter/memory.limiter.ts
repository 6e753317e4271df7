import { noteRequests, noteTokens, Verdict } from './limit-state';
import {
  type Admission,
  CONCURRENCY_RETRY_MS,
  Limiter,
  limiterDefaults,
  type LimiterOptions,
  type LimitRule,
  type LimitState,
  isLimited,
  isSet,
  reservation,
  unlimited,
} from './limiter';
import { type Cell, SlidingWindow } from './sliding-window';

/** What one admission took from one rule. */
interface Charge {
  readonly account: Account;
  readonly cell: Cell | null;
  readonly reserved: number;
}

/** One admission under way. Its identity is its slot. */
interface Slot {
  readonly since: number;
}

interface Account {
  readonly window: SlidingWindow;
  /** Oldest first. */
  readonly slots: Set<Slot>;
}

/** Counters of this process: synchronous, no timer. Right on its own for one node, and the stand-in when Redis is away. */
export class MemoryLimiter extends Limiter {
  private readonly accounts = new Map<string, Account>();
  private hand = this.accounts.entries();
  private readonly options: LimiterOptions;

  constructor(
    options: Partial<LimiterOptions> = {},
    /** Whole monotonic milliseconds: a wall clock set back would lock callers out. */
    private readonly now: () => number = () => Math.floor(performance.now()),
  ) {
    super();
    this.options = { ...limiterDefaults, ...options };
  }

  override acquire(rules: readonly LimitRule[], tokens: number): Admission {
    if (!rules.some(isLimited)) return unlimited;
    const now = this.now();
    const known = this.accounts.size;
    const verdict = new Verdict();
    for (const rule of rules) {
      if (isLimited(rule)) this.check(rule, tokens, now, verdict);
    }
    const admission = verdict.reason === null ? this.grant(rules, tokens, now) : this.refusal(rules, verdict, now);
    if (this.accounts.size > known) this.makeRoom(now, this.accounts.size - known);
    return admission;
  }

  /** Keys remembered now. */
  get size(): number {
    return this.accounts.size;
  }

  private check(rule: LimitRule, tokens: number, now: number, verdict: Verdict): void {
    const { window, slots } = this.account(rule.key, now);
    if (isSet(rule.rpm)) {
      const over = window.requests + 1 - rule.rpm;
      if (over > 0) verdict.refuse('requests', window.freedAfter(now, 'requests', over));
    }
    if (isSet(rule.tpm)) {
      const over = window.tokens + reservation(tokens, rule.tpm) - rule.tpm;
      if (over > 0) verdict.refuse('tokens', window.freedAfter(now, 'tokens', over));
    }
    if (isSet(rule.concurrency) && slots.size >= rule.concurrency) {
      this.dropStaleSlots(slots, now);
      if (slots.size >= rule.concurrency) verdict.refuse('concurrency', CONCURRENCY_RETRY_MS);
    }
  }

  private refusal(rules: readonly LimitRule[], verdict: Verdict, now: number): Admission {
    const { reason, retryAfterMs } = verdict;
    return { ok: false, state: this.stateOf(rules, now), reason: reason ?? 'requests', retryAfterMs };
  }

  private grant(rules: readonly LimitRule[], tokens: number, now: number): Admission {
    const slot: Slot = { since: now };
    const charges: Charge[] = [];
    for (const rule of rules) {
      if (isLimited(rule)) charges.push(this.charge(rule, tokens, slot));
    }
    let open = true;
    const release = (usedTokens: number): void => {
      if (!open) return;
      open = false;
      this.settle(charges, slot, usedTokens > 0 ? usedTokens : 0);
    };
    return { ok: true, state: this.stateOf(rules, now), release };
  }

  private charge(rule: LimitRule, tokens: number, slot: Slot): Charge {
    const account = this.accounts.get(rule.key)!;
    const reserved = isSet(rule.tpm) ? reservation(tokens, rule.tpm) : 0;
    const counted = isSet(rule.rpm) || isSet(rule.tpm);
    if (isSet(rule.concurrency)) account.slots.add(slot);
    return { account, cell: counted ? account.window.charge(slot.since, 1, reserved) : null, reserved };
  }

  private settle(charges: readonly Charge[], slot: Slot, usedTokens: number): void {
    const now = this.now();
    for (const { account, cell, reserved } of charges) {
      account.slots.delete(slot);
      if (cell === null || reserved === 0) continue;
      account.window.advance(now);
      if (usedTokens > reserved) account.window.charge(now, 0, usedTokens - reserved);
      else account.window.giveBack(cell, reserved - usedTokens);
    }
  }

  private stateOf(rules: readonly LimitRule[], now: number): LimitState {
    const state: LimitState = {};
    for (const { key, rpm, tpm } of rules) {
      const window = isSet(rpm) || isSet(tpm) ? this.accounts.get(key)?.window : undefined;
      if (window === undefined) continue;
      if (isSet(rpm)) noteRequests(state, rpm, window.requests, window.emptyAfter(now, 'requests'));
      if (isSet(tpm)) noteTokens(state, tpm, window.tokens, window.emptyAfter(now, 'tokens'));
    }
    return state;
  }

  private account(key: string, now: number): Account {
    let account = this.accounts.get(key);
    if (account === undefined) {
      account = { window: new SlidingWindow(this.options.windowMs), slots: new Set() };
      this.accounts.set(key, account);
    } else {
      account.window.advance(now);
    }
    return account;
  }

  /**
   * For every new key two old ones are looked at and dropped when idle, so the map never holds many more keys than are in use,
   * without a timer. Above the hard limit what comes next goes too: forgetting one caller beats growing without end.
   */
  private makeRoom(now: number, added: number): void {
    for (let looked = 0; looked < added * 2 && this.accounts.size > 0; looked++) {
      const [key, account] = this.nextUnderHand();
      account.window.advance(now);
      this.dropStaleSlots(account.slots, now);
      const idle = account.window.isEmpty && account.slots.size === 0;
      if (idle || this.accounts.size > this.options.maxKeys) this.accounts.delete(key);
    }
  }

  private nextUnderHand(): [string, Account] {
    let next = this.hand.next();
    if (next.done === true) {
      this.hand = this.accounts.entries();
      next = this.hand.next();
    }
    return next.value!;
  }

  private dropStaleSlots(slots: Set<Slot>, now: number): void {
    for (const slot of slots) {
      if (now - slot.since < this.options.maxHoldMs) return;
      slots.delete(slot);
    }
  }
}
