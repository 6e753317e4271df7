import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Settings } from '@app/config';
import { newId } from '@app/core';
import { logSettings, UsageLogRepository } from '@app/logs';
import { ENV, type Env } from '@app/platform/env';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, In } from 'typeorm';
import { DEAD_LETTERS } from '../settlement/dead-letters';
import { surveyJournals } from './journal-survey';
import { type Difference, ReconciliationReport } from './reconciliation-report.entity';
import { ReconciliationRepository } from './reconciliation.repository';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A little more than the time between two runs. */
const RECENT_MS = 26 * HOUR_MS;
const MOST_DIFFERENCES = 200;
const REPORTS_KEPT = 400;

export type StartedBy = ReconciliationReport['startedBy'];

/**
 * Compares all that says what calls cost: ledger and balances, budgets, leases, the usage log and the journals on this disk. It
 * reports what differs and repairs nothing: a difference is a fault somebody has to understand first.
 */
@Injectable()
export class Reconciliation {
  private readonly log = new Logger('Reconciliation');
  private running: Promise<ReconciliationReport> | null = null;

  constructor(
    @Inject(ENV) private readonly env: Env,
    @InjectDataSource() private readonly db: DataSource,
    private readonly usage: UsageLogRepository,
    private readonly settings: Settings,
  ) {}

  /** One at a time on a node: whoever asks meanwhile gets the same report. */
  run(startedBy: StartedBy): Promise<ReconciliationReport> {
    this.running ??= this.compare(startedBy).finally(() => (this.running = null));
    return this.running;
  }

  /** Newest first. */
  list(limit: number): Promise<ReconciliationReport[]> {
    return this.reports.find({ order: { createdAt: 'DESC' }, take: limit });
  }

  find(id: string): Promise<ReconciliationReport | null> {
    return this.reports.findOneBy({ id });
  }

  private async compare(startedBy: StartedBy): Promise<ReconciliationReport> {
    const createdAt = Date.now();
    const found: Difference[] = [];
    let differenceCount = 0;
    const report = (difference: Difference): void => {
      differenceCount += 1;
      if (found.length < MOST_DIFFERENCES) found.push(difference);
    };
    const counts = await this.look(createdAt, report);
    const row: ReconciliationReport = {
      id: newId(),
      createdAt,
      durationMs: Math.max(0, Date.now() - createdAt),
      nodeId: this.env.nodeId,
      startedBy,
      status: differenceCount === 0 ? 'clean' : 'differences',
      differenceCount,
      counts,
      differences: found,
    };
    await this.keep(row);
    this.tell(row);
    return row;
  }

  private async look(now: number, report: (difference: Difference) => void) {
    const repository = new ReconciliationRepository(this.db);
    const since = now - this.recentMs();
    const wallets = await repository.compareWallets(report);
    await repository.compareCharges(since, report);
    await repository.findStaleLeases(report);
    const known = (ids: readonly string[]) => this.usage.existingIds(this.db.manager, ids);
    const surveyed = await surveyJournals(join(this.env.dataDir, 'journal'), known, report, now);
    this.countDeadLetters(report);
    return { wallets, ...surveyed, ...(await repository.counts(since)) };
  }

  /** The usage log may be kept for a day only: what it has forgotten is no difference. */
  private recentMs(): number {
    const days = this.settings.get(logSettings.retentionDays);
    return days === 0 ? RECENT_MS : Math.min(RECENT_MS, days * DAY_MS - 2 * HOUR_MS);
  }

  private countDeadLetters(report: (difference: Difference) => void): void {
    const file = join(this.env.dataDir, DEAD_LETTERS);
    if (!existsSync(file)) return;
    const actual = readFileSync(file, 'utf8').split('\n').filter(Boolean).length;
    if (actual > 0) report({ kind: 'dead_letter', subject: this.env.nodeId, expected: 0, actual, detail: file });
  }

  private async keep(row: ReconciliationReport): Promise<void> {
    await this.reports.insert(row);
    const old = await this.reports.find({
      select: { id: true },
      order: { createdAt: 'DESC' },
      skip: REPORTS_KEPT,
      take: 100,
    });
    if (old.length > 0) await this.reports.delete({ id: In(old.map(({ id }) => id)) });
  }

  private tell({ id, status, differenceCount, differences, counts }: ReconciliationReport): void {
    const looked = `${counts.wallets} wallets, ${counts.recentCalls} recent calls`;
    if (status === 'clean') return this.log.log(`nothing differs (${looked})`);
    const first = differences.slice(0, 3).map(({ kind, subject }) => `${kind} ${subject}`);
    this.log.error(`${differenceCount} differences (${looked}): ${first.join(', ')}; report ${id}`);
  }

  private get reports() {
    return this.db.getRepository(ReconciliationReport);
  }
}
