import type { KeepJobs } from 'bullmq';
import type { DataSource, FindOptionsWhere, UpdateQueryBuilder } from 'typeorm';
import { isTransactionConflict, isUniqueViolation, rawNumber } from '../database';
import { JobRow, type JobState } from './job.entity';

export type JobChange = Partial<Omit<JobRow, 'queue' | 'id'>>;

const CLAIM_TRIES = 4;

/** All SQL of the queue in the database. Statements are single and conditional: what they change is theirs. */
export class JobRepository {
  constructor(readonly dataSource: DataSource) {}

  /** Adds what is not there yet; false where the id exists. */
  async insert(row: JobRow): Promise<boolean> {
    try {
      await this.insertAll([row]);
      return true;
    } catch (error) {
      if (isUniqueViolation(error)) return false;
      throw error;
    }
  }

  /** All or nothing: throws a unique violation when one id exists. */
  async insertAll(rows: readonly JobRow[]): Promise<void> {
    const insert = this.dataSource.createQueryBuilder().insert().into(JobRow);
    // TypeORM's type of a row refuses unknown JSON.
    await insert
      .values(rows as never)
      .updateEntity(false)
      .execute();
  }

  find(queue: string, id: string): Promise<JobRow | null> {
    return this.dataSource.getRepository(JobRow).findOneBy({ queue, id });
  }

  async counts(queue: string): Promise<Partial<Record<JobState, number>>> {
    const query = this.dataSource.createQueryBuilder(JobRow, 'job').where('job.queue = :queue', { queue });
    query.select('job.state', 'state').addSelect('COUNT(*)', 'count').groupBy('job.state');
    const rows = await query.getRawMany<{ state: JobState; count: unknown }>();
    return Object.fromEntries(rows.map(({ state, count }) => [state, rawNumber(count)]));
  }

  /** Delayed jobs whose time has come wait from now on. */
  async promote(queue: string, now: number): Promise<void> {
    const update = this.update({ state: 'waiting' }, { queue, state: 'delayed' });
    await update.andWhere('run_at <= :now', { now }).execute();
  }

  /** When the next delayed job is due. */
  async nextDue(queue: string): Promise<number | null> {
    const query = this.dataSource.createQueryBuilder(JobRow, 'job').select('MIN(job.runAt)', 'due');
    const row = await query.where({ queue, state: 'delayed' }).getRawOne<{ due: unknown }>();
    return row?.due == null ? null : rawNumber(row.due);
  }

  /**
   * Takes up to `limit` waiting jobs in their order. Two workers may look at the same rows; the conditional update gives each
   * row to one of them. `contended`: another took what was there, look again.
   */
  async claim(queue: string, limit: number, claim: string, lease: { now: number; until: number }) {
    const candidates = await this.candidates(queue, limit);
    if (candidates.length === 0) return { jobs: [], contended: false };
    const change: JobChange = { state: 'active', claim, leaseUntil: lease.until, startedAt: lease.now };
    const taken = await onConflictAgain(() =>
      this.update(change, { queue, state: 'waiting' })
        .andWhere('id IN (:...candidates)', { candidates: [...candidates].sort() })
        .execute(),
    );
    if (taken.affected === 0) return { jobs: [], contended: true };
    const jobs = await this.dataSource.getRepository(JobRow).findBy({ queue, state: 'active', claim });
    const order = new Map(candidates.map((id, place) => [id, place]));
    return { jobs: jobs.sort((a, b) => order.get(a.id)! - order.get(b.id)!), contended: false };
  }

  /** Prolongs all leases of a worker (its claims begin with `worker`); returns the claims it still holds, as `claim/id`. */
  async renew(queue: string, worker: string, until: number): Promise<Set<string>> {
    const held = { queue, state: 'active' as const };
    const own = { worker: `${worker}:%` };
    await this.update({ leaseUntil: until }, held).andWhere('claim LIKE :worker', own).execute();
    const query = this.dataSource.createQueryBuilder(JobRow, 'job').select(['job.id', 'job.queue', 'job.claim']);
    const rows = await query.where(held).andWhere('job.claim LIKE :worker', own).getMany();
    return new Set(rows.map(({ id, claim }) => `${claim}/${id}`));
  }

  /** Ends an attempt, if this claim still holds the job. */
  async conclude(job: JobRow, change: JobChange): Promise<boolean> {
    const done = await this.update({ claim: null, leaseUntil: null, ...change }, held(job)).execute();
    return done.affected === 1;
  }

  async deleteHeld(job: JobRow): Promise<boolean> {
    const done = await this.dataSource.getRepository(JobRow).delete(held(job));
    return done.affected === 1;
  }

  expired(queue: string, now: number): Promise<JobRow[]> {
    const query = this.dataSource.createQueryBuilder(JobRow, 'job').where({ queue, state: 'active' });
    return query.andWhere('job.leaseUntil < :now', { now }).limit(100).getMany();
  }

  async setProgress(queue: string, id: string, progress: unknown): Promise<void> {
    await this.update({ progress }, { queue, id }).execute();
  }

  /** A failed job waits again, for one more attempt. */
  async revive(queue: string, id: string, now: number): Promise<boolean> {
    const fresh: JobChange = { state: 'waiting', runAt: now, failedReason: null, finishedAt: null };
    const done = await this.update(fresh, { queue, id, state: 'failed' }).execute();
    return done.affected === 1;
  }

  /** Deletes a job that is not running. */
  async remove(queue: string, id: string): Promise<number> {
    const query = this.dataSource.createQueryBuilder().delete().from(JobRow).where({ queue, id });
    const done = await query.andWhere('state <> :active', { active: 'active' }).execute();
    return done.affected ?? 0;
  }

  async removeAll(queue: string, state: JobState): Promise<void> {
    await this.dataSource.getRepository(JobRow).delete({ queue, state });
  }

  /** Deletes finished jobs beyond what is to be kept. `keep.age` is in seconds. */
  async trim(queue: string, state: 'completed' | 'failed', keep: KeepJobs, now: number): Promise<void> {
    const age = 'age' in keep ? now - keep.age * 1_000 : 0;
    const limit = Math.max(age, keep.count === undefined ? 0 : await this.beyond(queue, state, keep.count));
    if (limit === 0) return;
    const query = this.dataSource.createQueryBuilder().delete().from(JobRow).where({ queue, state });
    await query.andWhere('finished_at <= :limit', { limit }).execute();
  }

  /** When the youngest of those beyond the newest `count` finished; 0 when there are no more than that. */
  private async beyond(queue: string, state: JobState, count: number): Promise<number> {
    const query = this.dataSource
      .createQueryBuilder(JobRow, 'job')
      .select('job.finishedAt', 'at')
      .where({ queue, state });
    const row = await query.orderBy('job.finishedAt', 'DESC').offset(count).limit(1).getRawOne<{ at: unknown }>();
    return rawNumber(row?.at);
  }

  private async candidates(queue: string, limit: number): Promise<string[]> {
    const query = this.dataSource
      .createQueryBuilder(JobRow, 'job')
      .select('job.id', 'id')
      .where({ queue, state: 'waiting' });
    query.orderBy('job.priority').addOrderBy('job.runAt').addOrderBy('job.id');
    const rows = await query.limit(limit).getRawMany<{ id: string }>();
    return rows.map(({ id }) => id);
  }

  private update(change: JobChange, where: FindOptionsWhere<JobRow>): UpdateQueryBuilder<JobRow> {
    return this.dataSource
      .createQueryBuilder()
      .update(JobRow)
      .set(change as never)
      .where(where);
  }
}

const held = ({ queue, id, claim }: JobRow): FindOptionsWhere<JobRow> => ({
  queue,
  id,
  state: 'active',
  claim: claim ?? '',
});

/** Workers that take overlapping rows may be each other's deadlock. */
async function onConflictAgain<T>(statement: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await statement();
    } catch (error) {
      if (tries === CLAIM_TRIES || !isTransactionConflict(error)) throw error;
    }
  }
}
