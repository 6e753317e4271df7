import { type DataSource, IsNull } from 'typeorm';
import { isUniqueViolation } from '../database';
import { JobLease } from './job-lease.entity';

const MAX_ERROR = 4_000;

/** One tick of one job, asked for by one node. Times are epoch milliseconds. */
export interface TickClaim {
  readonly name: string;
  readonly tick: number;
  readonly nodeId: string;
  readonly now: number;
  readonly leaseUntil: number;
}

/** All SQL of `job_leases`. Every statement is one conditional write: who changes the row has won. */
export class JobLeaseRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** True for exactly one of all who ask for this tick; false while an earlier one is still running. */
  async take({ name, tick, nodeId, now, leaseUntil }: TickClaim): Promise<boolean> {
    const started = { tick, nodeId, leaseUntil, startedAt: now, finishedAt: null };
    const update = this.dataSource.createQueryBuilder().update(JobLease).set(started).where({ name });
    const taken = await update.andWhere('tick < :tick AND lease_until <= :now', { tick, now }).execute();
    if (taken.affected === 1) return true;
    if (await this.exists(name)) return false;
    return this.insert({ name, ...started, error: null });
  }

  /** Keeps the job while it runs; false when another node has taken it over. */
  async renew(name: string, nodeId: string, leaseUntil: number): Promise<boolean> {
    const update = this.dataSource.createQueryBuilder().update(JobLease).set({ leaseUntil });
    const renewed = await update.where({ name, nodeId, finishedAt: IsNull() }).execute();
    return renewed.affected === 1;
  }

  async finish(name: string, nodeId: string, finishedAt: number, error: string | null): Promise<void> {
    const ended = { leaseUntil: 0, finishedAt, error: error?.slice(0, MAX_ERROR) ?? null };
    await this.dataSource.createQueryBuilder().update(JobLease).set(ended).where({ name, nodeId }).execute();
  }

  private exists(name: string): Promise<boolean> {
    return this.dataSource.getRepository(JobLease).existsBy({ name });
  }

  private async insert(row: JobLease): Promise<boolean> {
    try {
      await this.dataSource.createQueryBuilder().insert().into(JobLease).values(row).updateEntity(false).execute();
      return true;
    } catch (error) {
      if (isUniqueViolation(error)) return false;
      throw error;
    }
  }
}
