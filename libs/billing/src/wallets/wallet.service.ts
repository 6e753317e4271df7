import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { conflict, newId } from '@app/core';
import { LedgerRepository, type LedgerRow } from '@app/logs';
import { ChangeBus } from '@app/platform/bus';
import { transact } from '@app/platform/database';
import type { DataSource, EntityManager } from 'typeorm';
import type { BudgetPeriod, Wallet } from './wallet.entity';
import { WalletRepository } from './wallet.repository';

const RECALL_MS = 1_500;
const RECALL_STEP_MS = 100;

export const userWallet = (userId: string): string => `user:${userId}`;
export const keyWallet = (keyId: string): string => `key:${keyId}`;

export type WalletView = Pick<
  Wallet,
  'id' | 'fundsNano' | 'spentNano' | 'periodSpentNano' | 'requestCount' | 'budgetNano' | 'period' | 'resetsAt'
>;

export interface Adjustment {
  readonly userId: string;
  /** Positive adds, negative takes; nano-USD. */
  readonly amountNano: number;
  readonly kind: 'topup' | 'adjustment';
  readonly reason: string;
  /** Who did it; null for the system. */
  readonly actorId: string | null;
}

/** Balances and budgets for those who show or change them; calls are charged through `HoldService`. */
@Injectable()
export class WalletService {
  constructor(
    @InjectDataSource() private readonly db: DataSource,
    private readonly wallets: WalletRepository,
    private readonly ledger: LedgerRepository,
    private readonly bus: ChangeBus,
  ) {}

  /** Creates a wallet unless it exists. `fundsNano` null: unlimited, only counted. */
  async open(
    owner: { walletId: string; fundsNano: number | null; period?: BudgetPeriod },
    manager?: EntityManager,
  ): Promise<void> {
    const { walletId: id, fundsNano, period = 'none' } = owner;
    const budgetNano = id.startsWith('key:') ? fundsNano : null;
    await this.wallets.open({ id, fundsNano, budgetNano, period }, manager);
  }

  async balances(walletIds: readonly string[]): Promise<Map<string, WalletView>> {
    const now = Date.now();
    const found = await this.wallets.find(walletIds);
    return new Map(found.map((wallet) => [wallet.id, renewed(wallet, now)]));
  }

  /** Books a top-up or correction. 409 when it would take more than there is, or what running calls hold. */
  async adjust(adjustment: Adjustment): Promise<LedgerRow> {
    const walletId = userWallet(adjustment.userId);
    if (adjustment.amountNano < 0) await this.recall(walletId);
    const row = await transact(this.db, (manager) => this.book(adjustment, manager));
    await this.bus.publish('wallets.changed', { walletId });
    return row;
  }

  /** Asks every node for what it has on lease and does not need, and gives the others the time to hear it. */
  private async recall(walletId: string): Promise<void> {
    await this.bus.publish('wallets.changed', { walletId });
    for (let waited = 0; waited < RECALL_MS; waited += RECALL_STEP_MS) {
      const [wallet] = await this.wallets.find([walletId]);
      if (!wallet || wallet.escrowNano === 0) return;
      await new Promise((resolve) => setTimeout(resolve, RECALL_STEP_MS));
    }
  }

  /** The same inside a transaction of the caller's, for a wallet no node spends from yet. */
  async book(adjustment: Adjustment, manager: EntityManager): Promise<LedgerRow> {
    const walletId = userWallet(adjustment.userId);
    await this.open({ walletId, fundsNano: 0 }, manager);
    const balanceAfterNano = await this.wallets.credit(manager, walletId, adjustment.amountNano);
    if (balanceAfterNano === null)
      throw conflict('The balance is smaller than the amount to take, or running calls hold part of it.');
    const row: LedgerRow = { ...adjustment, id: newId(), createdAt: Date.now(), balanceAfterNano, requestId: null };
    await this.ledger.insertMany(manager, [row]);
    return row;
  }

  /** Sets or removes (null) an API key's budget. */
  async setBudget(keyId: string, budgetNano: number | null, period: BudgetPeriod): Promise<void> {
    await this.wallets.setBudget(keyWallet(keyId), budgetNano, period);
    await this.bus.publish('wallets.changed', { walletId: keyWallet(keyId) });
  }
}

/** A budget whose period is over shows as unspent, before the next call really starts the new period. */
function renewed(wallet: Wallet, now: number): WalletView {
  if (wallet.resetsAt === null || wallet.resetsAt > now) return wallet;
  return { ...wallet, periodSpentNano: 0, fundsNano: wallet.budgetNano };
}
