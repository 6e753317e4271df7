import { Injectable } from '@nestjs/common';
import { newId } from '@app/core';
import { ChannelUsageRepository } from '@app/channels';
import { LedgerRepository, UsageLogRepository, type LedgerRow } from '@app/logs';
import { InjectDataSource } from '@nestjs/typeorm';
import { isTransactionConflict, isUnreachable, transact } from '@app/platform/database';
import { DataSource, type EntityManager } from 'typeorm';
import { type Charge, type Charged, WalletRepository } from '../wallets/wallet.repository';
import { DeadLetters } from './dead-letters';
import type { EndRecord } from './records';

interface WriteOptions {
  /** Some of the records may be in the database already: after a doubtful commit, or a crash. */
  readonly checkDuplicates: boolean;
}

/** Puts ended calls into usage log, ledger, wallets and channel totals. The usage row's id makes it happen once. */
@Injectable()
export class SettlementRepository {
  constructor(
    @InjectDataSource() private readonly db: DataSource,
    private readonly deadLetters: DeadLetters,
    private readonly wallets: WalletRepository,
    private readonly usage: UsageLogRepository,
    private readonly ledger: LedgerRepository,
    private readonly channels: ChannelUsageRepository,
  ) {}

  /**
   * Writes a batch in one transaction; a batch that fails for what is in it is written record by record, and what still fails
   * is set aside. Returns, per wallet, how far the charges went beyond the node's allowance. Throws only where trying again helps.
   */
  async settle(nodeId: string, records: readonly EndRecord[], options: WriteOptions): Promise<Map<string, number>> {
    try {
      return await transact(this.db, (manager) => this.write(manager, nodeId, records, options));
    } catch (error) {
      if (isUnreachable(error) || isTransactionConflict(error) || !(await this.answers())) throw error;
      if (records.length === 1) {
        this.deadLetters.put(records[0] as EndRecord, error);
        return new Map();
      }
    }
    const overdrawn = new Map<string, number>();
    for (const record of records) {
      const beyond = await this.settle(nodeId, [record], { checkDuplicates: true });
      for (const [walletId, nano] of beyond) overdrawn.set(walletId, (overdrawn.get(walletId) ?? 0) + nano);
    }
    return overdrawn;
  }

  /** Whether the database itself is well, so that a failure was the record's. */
  private answers(): Promise<boolean> {
    return this.db.query('SELECT 1').then(
      () => true,
      () => false,
    );
  }

  /** Returns, per wallet, how far the charges went beyond the node's allowance. Call inside a transaction. */
  private async write(
    manager: EntityManager,
    nodeId: string,
    records: readonly EndRecord[],
    options: WriteOptions,
  ): Promise<Map<string, number>> {
    const fresh = options.checkDuplicates ? await this.withoutKnown(manager, records) : records;
    if (fresh.length === 0) return new Map();
    await this.usage.insertMany(
      manager,
      fresh.map(({ row }) => row),
    );
    const charges = chargesOf(fresh);
    const charged = await this.wallets.charge(manager, nodeId, charges);
    await this.ledger.insertMany(manager, ledgerRows(fresh, charged));
    await this.channels.addUsed(manager, channelTotals(fresh));
    return overdrawn(charges, charged);
  }

  private async withoutKnown(manager: EntityManager, records: readonly EndRecord[]): Promise<EndRecord[]> {
    const known = await this.usage.existingIds(
      manager,
      records.map(({ row }) => row.id),
    );
    return records.filter(({ row }) => !known.has(row.id));
  }
}

function chargesOf(records: readonly EndRecord[]): Map<string, Charge> {
  const charges = new Map<string, { nano: number; heldNano: number; requests: number }>();
  const add = (walletId: string, nano: number, heldNano: number): void => {
    const charge = charges.get(walletId) ?? { nano: 0, heldNano: 0, requests: 0 };
    charge.nano += nano;
    charge.heldNano += heldNano;
    charge.requests += 1;
    charges.set(walletId, charge);
  };
  for (const { row, pays, counts } of records) {
    for (const walletId of pays) add(walletId, row.costNano, row.costNano);
    for (const walletId of counts) add(walletId, row.costNano, 0);
  }
  return charges;
}

/**
 * One row per charged call of a user's balance, each with the balance right after it. Booked now, whenever the call was: in the
 * order of the ledger each balance is the one before it plus the amount.
 */
function ledgerRows(records: readonly EndRecord[], charged: ReadonlyMap<string, Charged>): LedgerRow[] {
  const bookedAt = Date.now();
  const balances = new Map<string, number>();
  const charges: { row: EndRecord['row']; balanceAfterNano: number }[] = [];
  for (const { row, pays } of [...records].reverse()) {
    const walletId = pays.find((id) => id.startsWith('user:'));
    const after = walletId === undefined ? undefined : (balances.get(walletId) ?? charged.get(walletId)?.fundsNano);
    if (walletId === undefined || after == null || row.costNano === 0) continue;
    balances.set(walletId, after + row.costNano);
    charges.push({ row, balanceAfterNano: after });
  }
  return charges.reverse().map(({ row, balanceAfterNano }) => ledgerRow(row, balanceAfterNano, bookedAt));
}

function ledgerRow(row: EndRecord['row'], balanceAfterNano: number, createdAt: number): LedgerRow {
  return {
    id: newId(),
    createdAt,
    userId: row.userId,
    kind: 'charge',
    amountNano: -row.costNano,
    balanceAfterNano,
    requestId: row.id,
    reason: row.model,
    actorId: null,
  };
}

function channelTotals(records: readonly EndRecord[]): Map<string, number> {
  const totals = new Map<string, number>();
  for (const { row } of records) {
    if (row.channelId && row.costNano > 0) totals.set(row.channelId, (totals.get(row.channelId) ?? 0) + row.costNano);
  }
  return totals;
}

function overdrawn(charges: ReadonlyMap<string, Charge>, charged: ReadonlyMap<string, Charged>): Map<string, number> {
  const result = new Map<string, number>();
  for (const [walletId, { fromAllowance }] of charged) {
    const beyond = (charges.get(walletId)?.heldNano ?? 0) - fromAllowance;
    if (beyond > 0) result.set(walletId, beyond);
  }
  return result;
}
