import { EventEmitter } from 'node:events';
import { newId } from '@app/core';
import type { QueueOptions } from 'bullmq';
import { isUniqueViolation } from '../database';
import type { JobRow } from './job.entity';
import { JobRepository } from './job.repository';
import type { Job, JobOptions, JobQueue } from './queue';
import { signalOf, type TaskConnection } from './task-connection';
import { TaskJob } from './task.job';

/** Job data is ids and plain values: what is larger belongs into a table of its own. */
const MAX_DATA_BYTES = 1_048_576;
const MAX_ID_LENGTH = 190;

const known = new Set<string>([
  'jobId',
  'delay',
  'priority',
  'attempts',
  'backoff',
  'removeOnComplete',
  'removeOnFail',
  'timestamp',
]);

interface NewJob {
  readonly name: string;
  readonly data: unknown;
  readonly opts?: JobOptions;
}

/** BullMQ's queue on the `jobs` table: see `JobQueue` for what it promises. */
export class TaskQueue extends EventEmitter implements JobQueue {
  private readonly jobs: JobRepository;

  constructor(
    readonly name: string,
    /** Read by @nestjs/bullmq: workers get the queue's connection. */
    readonly opts: Omit<QueueOptions, 'connection'> & { readonly connection: TaskConnection },
  ) {
    super();
    this.jobs = new JobRepository(opts.connection.dataSource);
  }

  async add<Data>(name: string, data: Data, options: JobOptions = {}): Promise<Job<Data>> {
    const row = this.rowOf({ name, data, opts: options });
    const added = await this.jobs.insert(row);
    if (added) this.wake();
    return new TaskJob<Data>(this.jobs, row);
  }

  async addBulk<Data>(jobs: { name: string; data: Data; opts?: JobOptions }[]): Promise<Job<Data>[]> {
    const rows = jobs.map((job) => this.rowOf(job));
    if (rows.length > 0) await this.insertTogether(rows);
    this.wake();
    return rows.map((row) => new TaskJob<Data>(this.jobs, row));
  }

  async getJob(id: string): Promise<Job | undefined> {
    const row = await this.jobs.find(this.name, id);
    return row === null ? undefined : new TaskJob(this.jobs, row);
  }

  async getJobCounts(): Promise<Record<string, number>> {
    return { waiting: 0, delayed: 0, active: 0, completed: 0, failed: 0, ...(await this.jobs.counts(this.name)) };
  }

  remove(id: string): Promise<number> {
    return this.jobs.remove(this.name, id);
  }

  async drain(delayed = false): Promise<void> {
    await this.jobs.removeAll(this.name, 'waiting');
    if (delayed) await this.jobs.removeAll(this.name, 'delayed');
  }

  async close(): Promise<void> {
    this.removeAllListeners();
  }

  /** One statement; one by one where some of the ids exist already. */
  private async insertTogether(rows: readonly JobRow[]): Promise<void> {
    try {
      await this.jobs.insertAll(rows);
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      for (const row of rows) await this.jobs.insert(row);
    }
  }

  private wake(): void {
    signalOf(this.opts.connection.dataSource).emit(this.name);
  }

  private rowOf({ name, data, opts }: NewJob): JobRow {
    const options: JobOptions = { ...this.opts.defaultJobOptions, ...opts };
    checkOptions(options);
    const now = Date.now();
    const delay = options.delay ?? 0;
    return {
      queue: this.name,
      id: options.jobId ?? newId(),
      name,
      data: checkedData(data),
      options,
      state: delay > 0 ? 'delayed' : 'waiting',
      priority: options.priority ?? 0,
      runAt: now + delay,
      createdAt: options.timestamp ?? now,
      ...untouched,
    };
  }
}

const untouched = {
  attemptsMade: 0,
  stalledCount: 0,
  claim: null,
  leaseUntil: null,
  progress: null,
  result: null,
  failedReason: null,
  startedAt: null,
  finishedAt: null,
};

function checkOptions(options: JobOptions): void {
  const foreign = Object.keys(options).filter((option) => !known.has(option));
  if (foreign.length > 0) throw new Error(`the queue in the database has no option ${foreign.join(', ')}`);
  const { jobId } = options;
  if (jobId !== undefined && (jobId === '' || jobId.length > MAX_ID_LENGTH || jobId.includes(':'))) {
    throw new Error(`a jobId has 1 to ${MAX_ID_LENGTH} characters and no colon: ${jobId}`);
  }
}

/** What the handler will see: the data as JSON gives it back. */
function checkedData(data: unknown): unknown {
  const text = JSON.stringify(data ?? null);
  if (Buffer.byteLength(text) > MAX_DATA_BYTES)
    throw new Error('the data of a job is larger than 1 MiB: store it and pass an id');
  return JSON.parse(text);
}
