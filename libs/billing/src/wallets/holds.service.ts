import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { messageOf } from '@app/core';
import { ChangeBus } from '@app/platform/bus';
import { ENV, type Env } from '@app/platform/env';
import type { UsageRow } from '@app/logs';
import { BillingUnavailable, InsufficientFunds } from '../billing.errors';
import type { OpenHold } from '../settlement/open-holds';
import type { OpenCall } from '../settlement/records';
import { advance, isEnd, type SettlementState } from '../settlement/settlement-state';
import { SettlementWriter } from '../settlement/settlement.writer';
import { Purse } from './purse';
import { WalletRepository } from './wallet.repository';

const IDLE_RETURN_MS = 2_000;
const RENEW_MS = 60_000;

export interface HoldOrder {
  readonly call: OpenCall;
  /** Wallets that must all be able to pay: the user's, and the key's when it has a budget. */
  readonly pays: readonly string[];
  /** Wallets that only count what is spent: a key without a budget. */
  readonly counts: readonly string[];
  /** The most the call is expected to cost, in nano-USD. */
  readonly amount: number;
  /** The least a last call must find: what its input alone costs. Asked only where money is short. */
  readonly least: () => number;
}

/** Money reserved for one call, on its way through the states of a settlement. A step the table does not know throws. */
export class Hold {
  private at: SettlementState = 'held';

  constructor(
    private readonly order: HoldOrder,
    private readonly taken: readonly (readonly [Purse, number])[],
    private readonly opened: OpenHold,
    private readonly writer: SettlementWriter,
  ) {}

  /** An upstream is asked. */
  dispatched(): void {
    this.at = advance(this.at, 'dispatched');
  }

  /** An upstream has begun to answer. */
  firstByte(): void {
    this.at = advance(this.at, 'first-byte');
  }

  /**
   * Charges `row.costNano` and hands the row to the log. `usage`: whether the upstream said it, or it was estimated. When this
   * returns, both survive the death of the process. Call it before the caller receives the last byte.
   */
  settle(row: UsageRow, usage: 'known' | 'unknown'): void {
    if (!(row.costNano >= 0)) throw new RangeError(`a call cannot cost ${row.costNano} nano-USD`);
    const counted = advance(this.at, usage === 'known' ? 'usage-known' : 'usage-unknown');
    this.end(row, advance(counted, 'settled'));
  }

  /** Gives the money back and hands the row, which must cost nothing, to the log. Durable as `settle` is. */
  release(row: UsageRow): void {
    if (row.costNano !== 0) throw new RangeError(`a released call cannot cost ${row.costNano} nano-USD`);
    this.end(row, advance(this.at, 'released'));
  }

  /** The call it was placed for. */
  get call(): OpenCall {
    return this.order.call;
  }

  get state(): SettlementState {
    return this.at;
  }

  get isOpen(): boolean {
    return !isEnd(this.at);
  }

  private end(row: UsageRow, state: SettlementState): void {
    this.at = state;
    const now = Date.now();
    this.writer.append({ kind: 'end', row, pays: this.order.pays, counts: this.order.counts }, this.opened);
    for (const [purse, nano] of this.taken) purse.end(nano, row.costNano, now);
  }
}

/** Places holds against the purses of this node: in memory when there is money, else after leasing some from the database. */
@Injectable()
export class HoldService implements OnApplicationBootstrap {
  private readonly purses = new Map<string, Purse>();
  private readonly log = new Logger('Billing');
  private readonly timers: NodeJS.Timeout[] = [];

  constructor(
    @Inject(ENV) private readonly env: Env,
    private readonly wallets: WalletRepository,
    private readonly writer: SettlementWriter,
    private readonly bus: ChangeBus,
  ) {}

  onApplicationBootstrap(): void {
    this.writer.onCharged((walletId, overdrawn) => {
      this.purses.get(walletId)?.overdrew(overdrawn);
    });
    this.bus.subscribe('wallets.changed', (payload) =>
      this.recall((payload as { walletId?: string } | null)?.walletId),
    );
    this.every(IDLE_RETURN_MS, () => this.returnIdle());
    this.every(RENEW_MS, () => this.renew());
  }

  /** Throws InsufficientFunds or BillingUnavailable. Synchronous while the purses have money. */
  place(order: HoldOrder): Hold | Promise<Hold> {
    this.writer.assertAccepting();
    const purses = order.amount > 0 ? order.pays.map((id) => this.purse(id)) : [];
    if (purses.every((purse) => purse.available >= order.amount)) {
      return this.open(
        order,
        purses.map((purse) => (purse.take(order.amount), [purse, order.amount] as const)),
      );
    }
    return this.placeLeasing(order, purses);
  }

  /** Whether the wallets could pay the order now; nothing of it stays reserved. Throws as `place` does. */
  async assertFunds(order: HoldOrder): Promise<void> {
    this.writer.assertAccepting();
    const purses = order.amount > 0 ? order.pays.map((id) => this.purse(id)) : [];
    const taken = await this.takeOrLease(order, purses);
    for (const [purse, nano] of taken) purse.end(nano, 0, Date.now());
  }

  /** Gives everything back to the database; at shutdown, after the last call has ended and been written. */
  async close(): Promise<void> {
    this.timers.forEach(clearInterval);
    await this.wallets.releaseNode(this.env.nodeId);
    this.purses.clear();
  }

  /** Holds open on this node, for metrics and tests. */
  get openHolds(): number {
    return [...this.purses.values()].reduce((sum, purse) => sum + purse.openHolds, 0);
  }

  private async placeLeasing(order: HoldOrder, purses: readonly Purse[]): Promise<Hold> {
    return this.open(order, await this.takeOrLease(order, purses));
  }

  /** The order's amount out of each purse, or out of none. */
  private async takeOrLease(order: HoldOrder, purses: readonly Purse[]): Promise<[Purse, number][]> {
    const taken: [Purse, number][] = [];
    try {
      for (const purse of purses) {
        const nano = await purse.takeOrLease(order.amount, order.least());
        if (nano === null) throw new InsufficientFunds(purse.walletId);
        taken.push([purse, nano]);
      }
      return taken;
    } catch (error) {
      for (const [purse, nano] of taken) purse.end(nano, 0, Date.now());
      if (error instanceof InsufficientFunds) throw error;
      throw new BillingUnavailable('The account database cannot be reached.', error);
    }
  }

  private open(order: HoldOrder, taken: readonly (readonly [Purse, number])[]): Hold {
    try {
      const opened = this.writer.open({ kind: 'hold', call: order.call, pays: order.pays, counts: order.counts });
      return new Hold(order, taken, opened, this.writer);
    } catch (error) {
      for (const [purse, nano] of taken) purse.end(nano, 0, Date.now());
      throw new BillingUnavailable('The disk of the journal is full.', error);
    }
  }

  private purse(walletId: string): Purse {
    let purse = this.purses.get(walletId);
    if (!purse) this.purses.set(walletId, (purse = new Purse(walletId, this.env.nodeId, this.wallets)));
    return purse;
  }

  /** A wallet changed elsewhere (budget lowered, money taken): what is not in use goes back, so that the next hold asks again. */
  private async recall(walletId: string | undefined): Promise<void> {
    const purses = walletId === undefined ? [...this.purses.values()] : [this.purses.get(walletId)];
    for (const purse of purses) await purse?.giveBack();
  }

  private async returnIdle(): Promise<void> {
    const now = Date.now();
    const before = now - IDLE_RETURN_MS;
    for (const purse of [...this.purses.values()]) {
      const isPending = (): boolean => this.writer.isPending(purse.walletId);
      // Used later than now: the clock was set back, and who knows when it was.
      const isIdle = purse.lastUsedAt <= before || purse.lastUsedAt > now;
      if (!isIdle || purse.openHolds > 0 || isPending()) continue;
      await purse.close(isPending);
      // Whoever asked for it meanwhile is leasing into it: it must stay the one purse of its wallet.
      if (purse.isUnused) this.purses.delete(purse.walletId);
    }
  }

  /** Keeps this node's allowances alive and returns those of nodes that died without a successor on their disk. */
  private async renew(): Promise<void> {
    await this.wallets.renewAllowances(this.env.nodeId);
    const expired = await this.wallets.expiredAllowances();
    for (const nodeId of new Set(expired.map((allowance) => allowance.nodeId))) await this.wallets.releaseNode(nodeId);
  }

  private every(ms: number, action: () => Promise<void>): void {
    let running = false;
    const timer = setInterval(() => {
      if (running) return;
      running = true;
      action()
        .catch((error: unknown) => this.log.warn(`allowances: ${messageOf(error)}; trying again`))
        .finally(() => (running = false));
    }, ms);
    timer.unref();
    this.timers.push(timer);
  }
}
