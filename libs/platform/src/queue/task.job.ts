import type { JobRow } from './job.entity';
import type { JobRepository } from './job.repository';
import type { Job, JobOptions } from './queue';

/** A row of `jobs` in the shape of BullMQ's job. */
export class TaskJob<Data = unknown> implements Job<Data> {
  constructor(
    private readonly jobs: JobRepository,
    readonly row: JobRow,
    private readonly onProgress: (job: TaskJob<Data>, progress: unknown) => void = () => undefined,
  ) {}

  get id(): string {
    return this.row.id;
  }

  get name(): string {
    return this.row.name;
  }

  get queueName(): string {
    return this.row.queue;
  }

  get data(): Data {
    return this.row.data as Data;
  }

  get opts(): JobOptions {
    return this.row.options;
  }

  get attemptsMade(): number {
    return this.row.attemptsMade;
  }

  get timestamp(): number {
    return this.row.createdAt;
  }

  get progress(): unknown {
    return this.row.progress ?? 0;
  }

  get returnvalue(): unknown {
    return this.row.result;
  }

  get failedReason(): string | undefined {
    return this.row.failedReason ?? undefined;
  }

  get processedOn(): number | undefined {
    return this.row.startedAt ?? undefined;
  }

  get finishedOn(): number | undefined {
    return this.row.finishedAt ?? undefined;
  }

  async updateProgress(progress: number | object): Promise<void> {
    await this.jobs.setProgress(this.row.queue, this.row.id, progress);
    this.row.progress = progress;
    this.onProgress(this, progress);
  }

  async getState(): Promise<string> {
    const row = await this.jobs.find(this.row.queue, this.row.id);
    if (row === null) return 'unknown';
    return row.state === 'waiting' && row.priority > 0 ? 'prioritized' : row.state;
  }

  async remove(): Promise<void> {
    const removed = await this.jobs.remove(this.row.queue, this.row.id);
    if (removed === 0) throw new Error(`Job ${this.row.id} could not be removed because it is running or gone`);
  }

  async retry(): Promise<void> {
    const revived = await this.jobs.revive(this.row.queue, this.row.id, Date.now());
    if (!revived) throw new Error(`Job ${this.row.id} has not failed: only failed jobs are retried`);
  }
}
