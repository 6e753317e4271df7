import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigintColumn } from '../database';

/** The last run of one recurring job. Whoever writes the next tick into it runs that tick. */
@Entity('job_leases')
export class JobLease {
  @PrimaryColumn({ type: 'varchar', length: 150 })
  name: string;

  /** The start of the interval that ran last, epoch milliseconds. */
  @Column(bigintColumn())
  tick: number;

  /** The process that runs or ran it. */
  @Column({ name: 'node_id', type: 'varchar', length: 190 })
  nodeId: string;

  /** While in the future, that process is still running it. */
  @Column(bigintColumn({ name: 'lease_until' }))
  leaseUntil: number;

  @Column(bigintColumn({ name: 'started_at' }))
  startedAt: number;

  @Column(bigintColumn({ name: 'finished_at', nullable: true }))
  finishedAt: number | null;

  /** Why the last finished run failed; null when it did not. */
  @Column({ type: 'text', nullable: true })
  error: string | null;
}
