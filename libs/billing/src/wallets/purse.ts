import type { WalletRepository } from './wallet.repository';

/** How long the answer "not that much" of the database counts, so that an empty wallet's callers do not queue up there. */
const SHORT_MS = 100;

/** A lease takes money for so many calls more than the one at hand … */
const FEW_AHEAD = 63;
/** … and where that was spent within a second, for more: a busy wallet need not ask the database a hundred times a second. */
const MANY_AHEAD = 16_383;
const SOON_MS = 1_000;

/**
 * One wallet's money on this node: what is leased and not yet held. `available` may dip below zero when a call costs more than
 * its hold; the next lease covers that first.
 */
export class Purse {
  available = 0;
  openHolds = 0;
  /** When money was last taken or returned here. */
  lastUsedAt = 0;
  private waiting = 0;
  private turn: Promise<void> = Promise.resolve();
  private ahead = FEW_AHEAD;
  private leasedAt = 0;
  private short = { of: Infinity, until: 0 };

  constructor(
    readonly walletId: string,
    private readonly nodeId: string,
    private readonly wallets: Pick<WalletRepository, 'lease' | 'giveBack'>,
  ) {}

  /** Takes `amount` out of memory, without waiting. */
  take(amount: number): boolean {
    if (this.available < amount) return false;
    this.available -= amount;
    this.openHolds += 1;
    this.lastUsedAt = Date.now();
    return true;
  }

  /**
   * Takes `amount`, leasing more when needed; returns what was taken. With no other call open it settles for whatever is left,
   * if that is at least `least`. Null: not enough. One caller at a time, so that two never lease for the same shortage.
   */
  takeOrLease(amount: number, least: number): Promise<number | null> {
    return this.exclusively(async () => {
      if (this.take(amount)) return amount;
      const alone = this.openHolds === 0;
      if (amount - this.available >= this.short.of && Date.now() < this.short.until) return null;
      const order = { need: amount - this.available, least: least - this.available, alone, ahead: this.lookAhead() };
      this.available += await this.wallets.lease({ nodeId: this.nodeId, walletId: this.walletId, ...order });
      if (this.take(amount)) return amount;
      const rest = this.available;
      if (alone && this.openHolds === 0 && rest > 0 && rest >= least && this.take(rest)) return rest;
      this.short = { of: amount - rest, until: Date.now() + SHORT_MS };
      await this.returnFree();
      return null;
    });
  }

  /** Ends a hold: what it took comes back less what the call cost. */
  end(held: number, cost: number, now: number): void {
    this.available += held - cost;
    this.openHolds -= 1;
    this.lastUsedAt = now;
    this.short.until = 0;
  }

  /**
   * The database took `nano` more than this node's allowance held. A call beyond its own hold left that much of a debt here, which
   * is thereby paid. Money that is here all the same is no longer ours: the allowance was taken back while we could not renew it.
   */
  overdrew(nano: number): void {
    this.available = this.available > 0 ? 0 : Math.min(0, this.available + nano);
  }

  /** Returns the unused money to the wallet, where other nodes can lease it. */
  giveBack(): Promise<void> {
    this.short.until = 0;
    return this.exclusively(() => this.returnFree());
  }

  /**
   * Returns all this node has of the wallet, once nothing is held and nothing is still to be charged: then the database knows
   * better what that is. A charge whose commit was answered by silence, or that no database takes, leaves a debt here nobody owes.
   */
  close(isPending: () => boolean): Promise<void> {
    return this.exclusively(async () => {
      if (this.openHolds > 0 || isPending()) return;
      await this.emptied(Infinity);
      this.short.until = 0;
    });
  }

  /** Nobody holds, has or waits for anything here. */
  get isUnused(): boolean {
    return this.openHolds === 0 && this.available === 0 && this.waiting === 0;
  }

  private lookAhead(): number {
    const now = Date.now();
    this.ahead = now - this.leasedAt < SOON_MS ? Math.min(this.ahead * 4 + 3, MANY_AHEAD) : FEW_AHEAD;
    this.leasedAt = now;
    return this.ahead;
  }

  private async returnFree(): Promise<void> {
    if (this.available > 0) await this.emptied(this.available);
  }

  /** Has `nano`, or what there is of it, given back. Meanwhile nobody can take anything here. */
  private async emptied(nano: number): Promise<void> {
    const before = this.available;
    this.available = 0;
    try {
      await this.wallets.giveBack(this.nodeId, this.walletId, nano);
    } catch (error) {
      this.available += before;
      throw error;
    }
  }

  private exclusively<T>(action: () => Promise<T>): Promise<T> {
    this.waiting += 1;
    const result = this.turn.then(action).finally(() => (this.waiting -= 1));
    this.turn = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }
}
