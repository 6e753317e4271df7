import { chargeOf, type Hold, HoldService, InsufficientFunds, type OpenCall, SettlementWriter } from '@app/billing';
import { newRequestId } from '@app/core';
import type { Route } from '@app/channels';
import type { UsageAttempt } from '@app/logs';
import type { Caller } from '@app/users';
import { asRelayError, holdOrder } from '../charge';
import type { Usage } from '../chat/usage';
import { type Metered, type Outcome, outcomeOf, refusedRow, rowOf, type Story } from '../receipt';
import type { RelayError } from '../relay.errors';
import type { Tariff } from '../tariff';
import type { Turn } from './turn';

/** Lets a turn of the session begin, as the front door lets a request in. */
export interface Turnstile {
  /** The caller as it stands now. Throws 401 or 403 where the key may no longer do this. */
  caller(): Caller | Promise<Caller>;
  /** Counts a turn against the caller's limits; what it returns is told the tokens used. Throws 429. */
  admit(caller: Caller, tokens: number): ((usedTokens: number) => void) | Promise<(usedTokens: number) => void>;
}

export interface BilledSession {
  /** The id of the handshake; its turns are numbered below it. */
  readonly id: string;
  readonly call: Omit<OpenCall, 'id' | 'createdAt' | 'model'>;
  readonly model: string;
  readonly route: Route;
  /** How the upstream was found; told in the row of the first turn. */
  readonly attempts: readonly UsageAttempt[];
}

/** A turn that is paid for. */
export interface Bill {
  readonly turn: Turn;
  readonly story: Story;
  readonly hold: Hold;
  readonly leave: (usedTokens: number) => void;
}

/** `owed`: it has happened already and is charged whatever the wallet holds. */
export type Terms = 'paid' | 'owed';

const MAX_NUMBERED = 999;

/** The money of one session: a hold and a settlement, and a row in the log, for each turn. */
export class SessionBill {
  private count = 0;

  constructor(
    private readonly session: BilledSession,
    private readonly turnstile: Turnstile,
    private readonly tariff: Tariff,
    private readonly holds: HoldService,
    private readonly writer: SettlementWriter,
  ) {}

  /** Throws RelayError where the turn may not begin; that is logged. */
  async open(turn: Turn, terms: Terms): Promise<Bill> {
    let story: Story | undefined;
    let leave: Bill['leave'] | undefined;
    try {
      const caller = await this.turnstile.caller();
      story = this.story(caller, this.session.model, turn.startedAt);
      const { input, audioIn } = turn.plan;
      leave = terms === 'owed' ? () => undefined : await this.turnstile.admit(caller, input + audioIn);
      const hold = await this.place(story, caller, turn, terms);
      hold.dispatched();
      return { turn, story, hold, leave };
    } catch (error) {
      const refusal = asRelayError(error);
      leave?.(0);
      if (story) this.writer.record(refusedRow(story, refusal));
      throw refusal;
    }
  }

  close({ turn, story, hold, leave }: Bill, outcome: Outcome, metered: Metered | null): void {
    story.firstByteAt = turn.firstDeltaAt;
    const cost = metered && story.price ? chargeOf(story.price, metered.usage) : 0;
    const row = rowOf(story, outcome, metered, cost);
    if (metered) {
      if (metered.source === 'estimated') hold.firstByte();
      hold.settle(row, metered.source === 'estimated' ? 'unknown' : 'known');
    } else hold.release(row);
    leave(row.inputTokens + row.outputTokens);
  }

  /**
   * Charges a transcription, which is a model of its own, at that model's price where it has one. Returns why the session must end:
   * the speech has been heard, so it is charged even where there is no money for it.
   */
  async transcribed(usage: Usage, counted: boolean, model: string | undefined): Promise<RelayError | null> {
    const caller = await this.turnstile.caller();
    const story = this.story(caller, model ?? this.session.model, Date.now());
    story.price =
      this.tariff.knownPriceOf({ caller, model: story.call.model }) ??
      this.tariff.priceOf({ caller, model: this.session.model });
    const order = holdOrder(story.call, caller, story.price, { most: usage, least: usage });
    let refusal: RelayError | null = null;
    const hold = await Promise.resolve()
      .then(() => this.holds.place(order))
      .catch((error: unknown) => {
        if (!(error instanceof InsufficientFunds)) throw error;
        refusal = asRelayError(error);
        return this.holds.place({ ...order, amount: 0 });
      });
    const metered: Metered = { usage, source: counted ? 'upstream' : 'estimated' };
    hold.settle(rowOf(story, answered, metered, chargeOf(story.price, usage)), 'known');
    return refusal;
  }

  private async place(story: Story, caller: Caller, turn: Turn, terms: Terms): Promise<Hold> {
    const price = this.tariff.priceOf({ caller, model: this.session.model });
    story.price = price;
    const order = holdOrder(story.call, caller, price, turn);
    return this.holds.place(terms === 'owed' ? { ...order, amount: 0 } : order);
  }

  private story({ group }: Caller, model: string, createdAt: number): Story {
    const { route, attempts, call } = this.session;
    this.count += 1;
    const { id: channelId } = route.channel;
    const direct = { channelId, credentialId: route.credential.id, status: 101, errorCode: null, reason: null };
    return {
      call: { ...call, id: this.turnId(), createdAt, group, model },
      price: null,
      attempts: this.count === 1 ? attempts : [{ ...direct, startedAt: createdAt, durationMs: 0 }],
      route,
      firstByteAt: null,
      dropped: null,
      hold: null,
    };
  }

  /** `<handshake>.<n>`, for as long as that fits where ids are kept. */
  private turnId(): string {
    return this.count <= MAX_NUMBERED ? `${this.session.id}.${this.count}` : newRequestId();
  }
}

export const answered: Outcome = outcomeOf('completed');
