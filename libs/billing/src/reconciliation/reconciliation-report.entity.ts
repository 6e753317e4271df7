import { bigintColumn, jsonColumn } from '@app/platform/database';
import { Column, Entity, PrimaryColumn } from 'typeorm';

export type DifferenceKind =
  /** The sum of a user's ledger is not its balance. */
  | 'balance'
  /** What is left of an API key's budget is not the budget less what was spent of it. */
  | 'budget'
  /** A wallet's escrow is not the sum of the allowances nodes have on lease from it. */
  | 'escrow'
  /** An allowance whose node stopped renewing it, and that nobody has taken back. */
  | 'stale_lease'
  /** A charge in the ledger without its call in the usage log. */
  | 'charge_without_log'
  /** A call that cost something without its charge. */
  | 'log_without_charge'
  /** A charge of another amount than its call cost. */
  | 'charge_amount'
  /** A hold in the journal of a call that should long have ended. */
  | 'stale_hold'
  /** Ended calls that lie in a journal and have not reached the database. */
  | 'journal_backlog'
  /** Ended calls that no database took. */
  | 'dead_letter';

/** Amounts in nano-USD. `subject`: a wallet, a request, a node. */
export interface Difference {
  readonly kind: DifferenceKind;
  readonly subject: string;
  readonly expected?: number;
  readonly actual?: number;
  readonly detail?: string;
}

/** What was looked at: wallets, entries of the ledger, calls, allowances, records of journals. */
export type ReconciliationCounts = Readonly<
  Record<'wallets' | 'recentCharges' | 'recentCalls' | 'allowances' | 'journalledCalls' | 'openHolds', number>
>;

/** One comparison of all that says what calls cost. It changes nothing but this table. */
@Entity('reconciliation_reports')
export class ReconciliationReport {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  @Column(bigintColumn({ name: 'created_at' }))
  createdAt: number;

  @Column(bigintColumn({ name: 'duration_ms' }))
  durationMs: number;

  @Column({ name: 'node_id', type: 'varchar', length: 100 })
  nodeId: string;

  @Column({ name: 'started_by', type: 'varchar', length: 16 })
  startedBy: 'schedule' | 'request' | 'command';

  @Column({ type: 'varchar', length: 16 })
  status: 'clean' | 'differences';

  /** All there were; `differences` has the first of them. */
  @Column({ name: 'difference_count', type: 'int' })
  differenceCount: number;

  @Column(jsonColumn<ReconciliationCounts>())
  counts: ReconciliationCounts;

  @Column(jsonColumn<readonly Difference[]>())
  differences: readonly Difference[];
}
