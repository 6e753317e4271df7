import type { JobsOptions } from 'bullmq';

export { UnrecoverableError } from 'bullmq';

/** BullMQ's options that every driver keeps. Times in milliseconds; `priority` 0 (the default) runs first, then 1, 2, … */
export type JobOptions = Pick<
  JobsOptions,
  'jobId' | 'delay' | 'priority' | 'attempts' | 'backoff' | 'removeOnComplete' | 'removeOnFail' | 'timestamp'
>;

/** A job as its handler sees it, of BullMQ's `Job` what every driver has. */
export interface Job<Data = unknown> {
  readonly id?: string;
  readonly name: string;
  readonly queueName: string;
  readonly data: Data;
  readonly opts: JobOptions;
  /** Attempts that have ended: 0 in the first. */
  readonly attemptsMade: number;
  readonly timestamp: number;
  readonly progress: unknown;
  readonly returnvalue: unknown;
  readonly failedReason?: string;
  readonly processedOn?: number;
  readonly finishedOn?: number;
  updateProgress(progress: number | object): Promise<void>;
  /** `waiting`, `prioritized`, `delayed`, `active`, `completed`, `failed` or `unknown`. */
  getState(): Promise<string>;
  remove(): Promise<void>;
  /** Runs a failed job once more. */
  retry(): Promise<void>;
}

/**
 * What libs ask of a queue, injected with `@InjectQueue(name)`: of BullMQ's `Queue` what every driver has.
 *
 * A job runs at least once: again after an error while it has attempts, and again when its worker died, so handlers are safe to
 * run twice. Data is ids and plain values. With a `jobId`, adding is idempotent as long as the earlier job is kept; the id holds
 * no colon.
 */
export interface JobQueue<Data = unknown> {
  readonly name: string;
  add(name: string, data: Data, options?: JobOptions): Promise<Job<Data>>;
  addBulk(jobs: { name: string; data: Data; opts?: JobOptions }[]): Promise<Job<Data>[]>;
  getJob(id: string): Promise<Job<Data> | undefined>;
  /** Jobs by state. */
  getJobCounts(): Promise<Record<string, number>>;
  /** 1 when the job was there and not running. */
  remove(id: string): Promise<number>;
  /** Takes out what waits; with `delayed`, also what waits for its time. */
  drain(delayed?: boolean): Promise<void>;
  close(): Promise<void>;
}

/** What runs the jobs of one queue. Usually behind `@Processor` and `@OnWorkerEvent`. */
export interface JobWorker {
  readonly name: string;
  readonly opts: object;
  /** `active`, `completed`, `failed`, `progress`, `stalled`, `error`, …, with BullMQ's arguments. */
  on(event: string, listener: (...args: never[]) => void): unknown;
  /** Takes no more jobs and waits for those that run; with `force` it does not wait. */
  close(force?: boolean): Promise<void>;
}

/** A failed job is tried five times within about half a minute; finished ones are kept long enough to look at. */
export const defaultJobOptions = {
  attempts: 5,
  backoff: { type: 'exponential', delay: 1_000, jitter: 0.5 },
  removeOnComplete: { age: 3_600, count: 1_000 },
  removeOnFail: { age: 7 * 86_400, count: 10_000 },
} satisfies JobOptions;
