import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import {
  type JobsOptions,
  type Processor,
  Queue,
  type QueueOptions,
  type RedisOptions,
  Worker,
  type WorkerOptions,
} from 'bullmq';

/** Longest a caller waits for Redis to take a job. */
const ADD_WAIT_MS = 5_000;
/** Longest a worker waits for its jobs when it closes, and a queue for Redis. */
const WORKER_CLOSE_WAIT_MS = 20_000;
const QUEUE_CLOSE_WAIT_MS = 2_000;
const LOG_INTERVAL_MS = 30_000;

/** BullMQ's queue, except that adding fails in time while Redis is away. */
export class BullQueue extends Queue {
  constructor(name: string, options: QueueOptions) {
    const connection = { ...(options.connection as RedisOptions), enableOfflineQueue: false, maxRetriesPerRequest: 1 };
    super(name, { ...options, connection });
    // Workers are given the queue's connection by @nestjs/bullmq; theirs waits for ever.
    this.opts.connection = options.connection;
    this.on('error', throttled(new Logger(`Queue ${name}`)));
  }

  override add(name: string, data: unknown, options?: JobsOptions): ReturnType<Queue['add']> {
    return inTime(super.add(name, data, options), this.name);
  }

  override addBulk(jobs: Parameters<Queue['addBulk']>[0]): ReturnType<Queue['addBulk']> {
    return inTime(super.addBulk(jobs), this.name);
  }

  override async close(): Promise<void> {
    await orAfter(QUEUE_CLOSE_WAIT_MS, super.close());
    await orAfter(QUEUE_CLOSE_WAIT_MS, this.disconnect());
  }
}

/** BullMQ's worker, except that closing does not wait for ever for a job that hangs, and three deaths of workers are forgiven. */
export class BullWorker extends Worker {
  private ending: Promise<void> | undefined;

  constructor(name: string, processor: Processor, options: WorkerOptions) {
    super(name, processor, { maxStalledCount: 3, ...options });
    this.on('error', throttled(new Logger(`Worker ${name}`)));
  }

  override close(force = false): Promise<void> {
    this.ending ??= this.end(super.close(force));
    return this.ending;
  }

  private async end(closed: Promise<void>): Promise<void> {
    await orAfter(WORKER_CLOSE_WAIT_MS, closed);
    await orAfter(QUEUE_CLOSE_WAIT_MS, this.disconnect());
  }
}

/** Waits for the work, but not longer than that, and not for its success. */
async function orAfter(ms: number, work: Promise<unknown>): Promise<void> {
  const done = work.catch(() => undefined);
  await Promise.race([done, sleep(ms, undefined, { ref: false })]);
}

async function inTime<T>(added: Promise<T>, queue: string): Promise<T> {
  const given = new AbortController();
  const late = sleep(ADD_WAIT_MS, undefined, { signal: given.signal }).then(() => {
    throw new Error(`queue ${queue}: Redis has not answered for ${ADD_WAIT_MS} ms`);
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([added, late]);
  } finally {
    added.catch(() => undefined);
    given.abort();
  }
}

/** Reconnecting repeats the same error several times a second. */
function throttled(log: Logger): (error: Error) => void {
  let loggedAt = -Infinity;
  return (error) => {
    if (Date.now() - loggedAt < LOG_INTERVAL_MS) return;
    loggedAt = Date.now();
    log.error(error.message);
  };
}
