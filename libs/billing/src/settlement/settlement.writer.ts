import { Inject, Injectable, Logger } from '@nestjs/common';
import { messageOf } from '@app/core';
import type { UsageRow } from '@app/logs';
import { ENV, type Env } from '@app/platform/env';
import { Journal, type Segment } from '@app/platform/journal';
import { join } from 'node:path';
import { BillingUnavailable } from '../billing.errors';
import type { EndRecord, HoldRecord } from './records';
import { type OpenHold, OpenHolds } from './open-holds';
import { SettlementRepository } from './settlement.repository';

const BATCH_ROWS = 200;
const FLUSH_MS = 400;
const MAX_BACKOFF_MS = 5_000;
/** With this many ended calls not yet in the database, new ones are refused: the spool must not grow without end. */
const MAX_PENDING = 50_000;

interface Pending {
  readonly record: EndRecord;
  readonly segments: readonly Segment[];
}

type ChargedListener = (walletId: string, overdrawnNano: number) => void;

/**
 * Ended calls on their way to the database: first into the journal, at once; then, in batches and in order, into usage log,
 * ledger and wallets, one transaction per batch. While the database is away they wait, in memory and in the journal.
 */
@Injectable()
export class SettlementWriter {
  private readonly log = new Logger('Settlement');
  private readonly journal: Journal;
  private readonly holds: OpenHolds;
  private pending: Pending[] = [];
  private readonly waiting = new Map<string, number>();
  private timer: NodeJS.Timeout | null = null;
  private flushing: Promise<void> | null = null;
  private failures = 0;
  private doubtful = false;
  private charged: ChargedListener = () => undefined;

  constructor(
    @Inject(ENV) private readonly env: Env,
    private readonly settlements: SettlementRepository,
  ) {
    this.journal = new Journal(join(env.dataDir, 'journal'), env.nodeId);
    this.holds = new OpenHolds((record) => this.journal.append(record));
  }

  /** Told, after each batch, how far a wallet's charges went beyond this node's allowance. */
  onCharged(listener: ChargedListener): void {
    this.charged = listener;
  }

  assertAccepting(): void {
    if (this.pending.length >= MAX_PENDING) throw new BillingUnavailable('Too many ended calls wait for the database.');
  }

  /** Notes a hold, and journals it if it lasts. Throws when the disk has no room for the records of another call. */
  open(record: HoldRecord): OpenHold {
    this.journal.assertRoom();
    return this.holds.add(record);
  }

  /** Journals an ended call and queues it. `opened`: its hold, when it had one. */
  append(record: EndRecord, opened?: OpenHold): void {
    if (opened) this.holds.ended(opened);
    const segments = opened?.segment ? [opened.segment] : [];
    try {
      segments.push(this.journal.append(record));
    } catch (error) {
      this.log.error(`journal: ${messageOf(error)}; call ${record.row.id} is kept in memory until the database has it`);
    }
    this.pending.push({ record, segments });
    for (const walletId of record.pays) this.waiting.set(walletId, (this.waiting.get(walletId) ?? 0) + 1);
    if (this.pending.length >= BATCH_ROWS) this.wake(0);
    else this.wake(FLUSH_MS);
  }

  /** A row without money at stake (refused before a hold). */
  record(row: UsageRow): void {
    this.append({ kind: 'end', row, pays: [], counts: [] });
  }

  /** The wallet has charges that are not in the database yet. */
  isPending(walletId: string): boolean {
    return this.waiting.has(walletId);
  }

  get pendingCount(): number {
    return this.pending.length;
  }

  /** Writes everything out; rejects when the database does not take it within `deadlineMs` (the journal then keeps it). */
  async drain(deadlineMs: number): Promise<void> {
    const deadline = Date.now() + deadlineMs;
    while (this.pending.length > 0) {
      if (Date.now() > deadline)
        throw new BillingUnavailable(`${this.pending.length} ended calls stay in the journal.`);
      await this.flush();
      if (this.failures > 0) await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  close(): void {
    if (this.timer) clearTimeout(this.timer);
    this.holds.close();
    this.journal.close();
  }

  private wake(afterMs: number): void {
    if (this.timer && afterMs > 0) return;
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), afterMs);
  }

  private flush(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.flushing ??= this.writeBatch().finally(() => {
      this.flushing = null;
      if (this.pending.length > 0 && !this.timer) this.wake(this.nextDelay());
    });
    return this.flushing;
  }

  private nextDelay(): number {
    if (this.failures > 0) return Math.min(MAX_BACKOFF_MS, FLUSH_MS * 2 ** this.failures);
    return this.pending.length >= BATCH_ROWS ? 1 : FLUSH_MS;
  }

  private async writeBatch(): Promise<void> {
    const batch = this.pending.slice(0, BATCH_ROWS);
    if (batch.length === 0) return;
    try {
      const records = batch.map(({ record }) => record);
      const overdrawn = await this.settlements.settle(this.env.nodeId, records, { checkDuplicates: this.doubtful });
      this.written(batch);
      overdrawn.forEach((nano, walletId) => this.charged(walletId, nano));
      if (this.failures > 0) this.log.log('database is back, settlements are being written again');
      this.failures = 0;
      this.doubtful = false;
    } catch (error) {
      this.failures += 1;
      this.doubtful = true; // the commit may have gone through although its answer was lost
      if (this.failures === 1) this.log.error(`settlements wait in the journal: ${messageOf(error)}`);
    }
  }

  private written(batch: readonly Pending[]): void {
    this.pending = this.pending.slice(batch.length);
    for (const { record, segments } of batch) {
      for (const segment of segments) this.journal.done(segment);
      for (const walletId of record.pays) this.noLongerWaiting(walletId);
    }
  }

  private noLongerWaiting(walletId: string): void {
    const left = (this.waiting.get(walletId) ?? 1) - 1;
    if (left > 0) this.waiting.set(walletId, left);
    else this.waiting.delete(walletId);
  }
}
