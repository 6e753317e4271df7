import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { type AdvancedOptions, Backoffs, UnrecoverableError } from 'bullmq';
import type { JobChange, JobRepository } from './job.repository';
import type { JobOptions } from './queue';
import type { Retention } from './retention';
import type { TaskJob } from './task.job';

/** Written down within about six seconds, or the job runs again. */
const WRITE_TRIES = 6;
const MAX_REASON = 4_000;

export interface EndOptions {
  readonly removeOnComplete?: JobOptions['removeOnComplete'];
  readonly removeOnFail?: JobOptions['removeOnFail'];
  readonly settings?: AdvancedOptions;
}

/** What becomes of a job when an attempt ends. Each method returns false when the job is no longer this worker's. */
export class AttemptEnd {
  private readonly log: Logger;

  constructor(
    private readonly jobs: JobRepository,
    private readonly retention: Retention,
    private readonly queue: string,
    private readonly options: EndOptions,
  ) {
    this.log = new Logger(`Worker ${queue}`);
  }

  async completed(job: TaskJob, result: unknown): Promise<boolean> {
    const keep = keepOf(job.opts.removeOnComplete ?? this.options.removeOnComplete);
    const attemptsMade = job.attemptsMade + 1;
    const ended = { attemptsMade, finishedAt: Date.now(), result: result ?? null, failedReason: null };
    return this.finish(job, 'completed', keep, ended);
  }

  /** Again later, or failed for good. */
  async broken(job: TaskJob, error: Error): Promise<boolean> {
    const attemptsMade = job.attemptsMade + 1;
    const failedReason = error.message.slice(0, MAX_REASON);
    const now = Date.now();
    const delay = this.pauseAfter(job, attemptsMade, error);
    if (delay === null) {
      const keep = keepOf(job.opts.removeOnFail ?? this.options.removeOnFail);
      return this.finish(job, 'failed', keep, { attemptsMade, failedReason, finishedAt: now });
    }
    const state = delay > 0 ? 'delayed' : 'waiting';
    return this.write(job, { state, runAt: now + delay, attemptsMade, failedReason });
  }

  private async finish(
    job: TaskJob,
    state: 'completed' | 'failed',
    keep: ReturnType<typeof keepOf>,
    change: JobChange,
  ): Promise<boolean> {
    if (typeof keep === 'object') this.retention.note(state, keep);
    return this.write(job, { ...change, state }, keep === 'none');
  }

  /** Milliseconds until the next attempt; null when there is none. */
  private pauseAfter(job: TaskJob, attemptsMade: number, error: Error): number | null {
    if (attemptsMade >= (job.opts.attempts ?? 1) || isUnrecoverable(error)) return null;
    const backoff = Backoffs.normalize(job.opts.backoff ?? 0);
    if (backoff === undefined) return 0;
    // A strategy of one's own is called with the job; what BullMQ's job has beyond a TaskJob's is not there.
    const pause = Backoffs.calculate(
      backoff,
      attemptsMade,
      error,
      job as never,
      this.options.settings?.backoffStrategy,
    );
    const delay = typeof pause === 'number' ? pause : 0;
    return delay < 0 ? null : delay;
  }

  /** Through a short outage of the database too. */
  private async write(job: TaskJob, change: JobChange, remove = false): Promise<boolean> {
    for (let tries = 1; ; tries++) {
      try {
        const ours = await (remove ? this.jobs.deleteHeld(job.row) : this.jobs.conclude(job.row, change));
        if (ours) Object.assign(job.row, change);
        else this.log.warn(`job ${job.id} of ${this.queue} took longer than its lease and was taken over`);
        return ours;
      } catch (error) {
        if (tries === WRITE_TRIES) throw error;
        await sleep(200 * 2 ** (tries - 1));
      }
    }
  }
}

const isUnrecoverable = (error: Error): boolean =>
  error instanceof UnrecoverableError || error.name === 'UnrecoverableError';

/** `all` (BullMQ's default), `none`, or a bound. */
function keepOf(option: JobOptions['removeOnComplete']) {
  if (option === undefined || option === false) return 'all';
  if (option === true || option === 0) return 'none';
  return typeof option === 'number' ? { count: option } : option;
}
