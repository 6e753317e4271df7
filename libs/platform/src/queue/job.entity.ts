import type { JobsOptions } from 'bullmq';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigintColumn, jsonColumn } from '../database';

/** `delayed` until its time has come, `waiting` for a worker, `active` while a worker holds the lease; then finished. */
export type JobState = 'delayed' | 'waiting' | 'active' | 'completed' | 'failed';

/** One job of the queue that lives in the database. */
@Entity('jobs')
export class JobRow {
  @PrimaryColumn({ type: 'varchar', length: 100 })
  queue: string;

  /** Unique within its queue: adding it again while it is here changes nothing. */
  @PrimaryColumn({ type: 'varchar', length: 190 })
  id: string;

  @Column({ type: 'varchar', length: 150 })
  name: string;

  @Column(jsonColumn<unknown>({ nullable: true }))
  data: unknown;

  @Column(jsonColumn<JobsOptions>())
  options: JobsOptions;

  @Column({ type: 'varchar', length: 12 })
  state: JobState;

  /** Lower runs first; 0 is the highest and the default. */
  @Column({ type: 'int' })
  priority: number;

  @Column(bigintColumn({ name: 'run_at' }))
  runAt: number;

  /** Attempts that have ended. */
  @Column({ name: 'attempts_made', type: 'int' })
  attemptsMade: number;

  /** How often its worker vanished while it ran. */
  @Column({ name: 'stalled_count', type: 'int' })
  stalledCount: number;

  /** Who runs it: every claim is different, so that a worker that lost its lease cannot finish another's attempt. */
  @Column({ type: 'varchar', length: 80, nullable: true })
  claim: string | null;

  @Column(bigintColumn({ name: 'lease_until', nullable: true }))
  leaseUntil: number | null;

  @Column(jsonColumn<unknown>({ nullable: true }))
  progress: unknown;

  @Column(jsonColumn<unknown>({ nullable: true }))
  result: unknown;

  @Column({ name: 'failed_reason', type: 'text', nullable: true })
  failedReason: string | null;

  @Column(bigintColumn({ name: 'created_at' }))
  createdAt: number;

  @Column(bigintColumn({ name: 'started_at', nullable: true }))
  startedAt: number | null;

  @Column(bigintColumn({ name: 'finished_at', nullable: true }))
  finishedAt: number | null;
}
