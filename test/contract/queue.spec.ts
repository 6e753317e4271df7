import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { platformEntities, platformMigrations } from '@app/platform/migrations';
import {
  type Job,
  type JobOptions,
  type JobQueue,
  type JobWorker,
  openQueue,
  openWorker,
  UnrecoverableError,
} from '@app/platform/queue';
import { Logger } from '@nestjs/common';
import { eventually, Gate, PATIENCE_MS } from '../support/eventually';
import { forgetKeys } from '../support/redis-keys';
import { describeDatabases, describeRedis } from './support';

// What is logged here is expected.
Logger.overrideLogger(false);

/** Names this run among others on the same Redis. */
const run = `test-${randomUUID()}`;

/** When a job that waits for its next attempt is due; of the drivers' own kind, good for comparing two. */
function pauseOf(job: Job): number {
  const { row, delay } = job as Job & { row?: { runAt: number }; delay?: number };
  return row?.runAt ?? delay ?? NaN;
}

type Handler = (job: Job<{ n: number }>, signal?: AbortSignal) => Promise<unknown>;

interface WorkerOptions {
  readonly concurrency?: number;
  /** The default cannot end while a test runs. */
  readonly leaseMs?: number;
  /** How often the worker looks for jobs whose lease has ended. */
  readonly reapMs?: number;
  readonly maxStalledCount?: number;
}

/** The queue of one test, with nodes that each have a connection of their own. */
class Bench {
  readonly name = `${run}-${randomUUID()}`;
  private readonly open: { close(force?: boolean): Promise<void> }[] = [];

  constructor(
    private readonly connect: () => Promise<unknown>,
    private readonly defaults: JobOptions = {},
  ) {}

  async queue(): Promise<JobQueue<{ n: number }>> {
    const queue = openQueue(this.name, { connection: await this.connect(), defaultJobOptions: this.defaults });
    this.open.push(queue);
    return queue as JobQueue<{ n: number }>;
  }

  async worker(
    handler: Handler,
    { concurrency, leaseMs = 300_000, reapMs = 300_000, maxStalledCount }: WorkerOptions = {},
    connect = this.connect,
  ): Promise<JobWorker> {
    const worker = openWorker(this.name, (job, _token, signal) => handler(job as Job<{ n: number }>, signal), {
      connection: await connect(),
      ...(concurrency === undefined ? {} : { concurrency }),
      ...(maxStalledCount === undefined ? {} : { maxStalledCount }),
      lockDuration: leaseMs,
      stalledInterval: reapMs,
    });
    worker.on('error', () => undefined);
    this.open.push(worker);
    return worker;
  }

  async stop(): Promise<void> {
    await Promise.all(this.open.reverse().map((each) => each.close(true)));
  }
}

/**
 * `connect` gives the connection of a node; nodes of one test share nothing else. A worker on one of `deaf` does not ask by itself
 * whether there is a job.
 */
function contract(connect: () => Promise<unknown>, deaf = connect): void {
  let bench: Bench;
  let queue: JobQueue<{ n: number }>;
  beforeEach(async () => {
    bench = new Bench(connect);
    queue = await bench.queue();
  });
  afterEach(() => bench.stop());

  it('runs every job once, with two workers', async () => {
    const runs: number[] = [];
    const by = [0, 0];
    const bothAtWork = new Gate();
    const handle =
      (node: number): Handler =>
      async ({ data }) => {
        runs.push(data.n);
        by[node]! += 1;
        if (Math.min(...by) > 0) bothAtWork.open();
        await bothAtWork.opened;
      };
    await bench.worker(handle(0), { concurrency: 5 });
    await bench.worker(handle(1), { concurrency: 5 });
    await queue.addBulk(Array.from({ length: 100 }, (_, n) => ({ name: 'count', data: { n } })));
    for (let n = 100; n < 200; n++) await queue.add('count', { n });
    await eventually(async () => (await queue.getJobCounts()).completed === 200);
    expect([...runs].sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, n) => n));
    expect(Math.min(...by)).toBeGreaterThan(0);
  });

  it('hands over name, data and id, and keeps the result', async () => {
    const seen: unknown[] = [];
    await bench.worker(async (job) => {
      seen.push([job.id, job.name, job.queueName, job.data, job.attemptsMade, job.opts.attempts]);
      return { doubled: job.data.n * 2 };
    });
    const { id } = await queue.add('double', { n: 21 }, { jobId: 'a-1', attempts: 3 });
    await eventually(async () => (await queue.getJob('a-1'))?.finishedOn !== undefined);
    expect(id).toBe('a-1');
    expect(seen).toEqual([['a-1', 'double', bench.name, { n: 21 }, 0, 3]]);
    const job = (await queue.getJob('a-1'))!;
    expect(job).toMatchObject({ returnvalue: { doubled: 42 }, attemptsMade: 1 });
    expect(await job.getState()).toBe('completed');
    expect(await queue.getJob('nobody')).toBeUndefined();
  });

  it('wakes for a job that is added in its own process', async () => {
    let [ran, drained] = [0, 0];
    const worker = await bench.worker(async () => void (ran += 1), {}, deaf);
    worker.on('drained', () => (drained += 1));
    const near = openQueue(bench.name, { connection: (worker.opts as { connection: unknown }).connection });
    for (let n = 0; n < 3; n++) {
      await eventually(() => drained > n);
      await near.add('soon', { n });
      await eventually(() => ran === n + 1);
    }
    await near.close();
  });

  it('finds a job that another process has added', async () => {
    let [ran, drained] = [false, false];
    const worker = await bench.worker(async () => void (ran = true));
    worker.on('drained', () => (drained = true));
    await eventually(() => drained);
    await queue.add('far', { n: 1 });
    await eventually(() => ran);
  });

  it('runs a delayed job at its time', async () => {
    await queue.add('much-later', { n: 0 }, { delay: 3_600_000 });
    expect(await queue.getJobCounts()).toMatchObject({ delayed: 1, waiting: 0 });
    const late: number[] = [];
    await bench.worker(async ({ data }) => void late.push(Date.now() - data.n));
    await queue.add('later', { n: Date.now() + 500 }, { delay: 500 });
    await eventually(() => late.length === 1);
    expect(late[0]).toBeGreaterThanOrEqual(-5);
  });

  it('runs what is more important first, and the same importance in order', async () => {
    for (const [n, priority] of [3, 1, 2, 1, 3].entries()) await queue.add('ranked', { n }, { priority });
    await queue.add('ranked', { n: 5 });
    const order: number[] = [];
    await bench.worker(async ({ data }) => void order.push(data.n));
    await eventually(() => order.length === 6);
    expect(order).toEqual([5, 1, 3, 2, 0, 4]);
  });

  it('tries again after an error, with growing pauses, and fails in the end', async () => {
    const times: number[] = [];
    const failed: [number, string][] = [];
    const worker = await bench.worker(async () => {
      times.push(performance.now());
      throw new Error(`try ${times.length}`);
    });
    worker.on('failed', (job: Job | undefined, error: Error) => failed.push([job!.attemptsMade, error.message]));
    const { id } = await queue.add('broken', { n: 1 }, { attempts: 3, backoff: { type: 'exponential', delay: 200 } });
    await eventually(() => failed.length === 3);
    expect(await (await queue.getJob(id!))!.getState()).toBe('failed');
    const [first = 0, second = 0] = times.slice(1).map((time, n) => time - times[n]!);
    expect(times).toHaveLength(3);
    expect(first).toBeGreaterThanOrEqual(195);
    expect(second).toBeGreaterThanOrEqual(395);
    expect(failed).toEqual([
      [1, 'try 1'],
      [2, 'try 2'],
      [3, 'try 3'],
    ]);
    expect(await queue.getJob(id!)).toMatchObject({ failedReason: 'try 3', attemptsMade: 3 });
  });

  it('spreads the retries of jobs that failed together', async () => {
    let failed = 0;
    const worker = await bench.worker(
      async () => {
        throw new Error('upstream down');
      },
      { concurrency: 20 },
    );
    worker.on('failed', () => (failed += 1));
    const hour = 3_600_000;
    const opts = { attempts: 2, backoff: { type: 'fixed', delay: hour, jitter: 1 } };
    const added = await queue.addBulk(
      Array.from({ length: 20 }, (_, n) => ({ name: 'storm', data: { n }, opts: { ...opts, jobId: `storm-${n}` } })),
    );
    await eventually(() => failed === 20);
    const pauses = await Promise.all(added.map(async ({ id }) => pauseOf((await queue.getJob(id!))!)));
    expect(Math.max(...pauses) - Math.min(...pauses)).toBeGreaterThan(hour / 3);
  });

  it('succeeds at last when an attempt does', async () => {
    let tries = 0;
    const done: unknown[] = [];
    const worker = await bench.worker(async () => {
      tries += 1;
      if (tries < 3) throw new Error('not yet');
      return 'at last';
    });
    worker.on('completed', (_job: unknown, result: unknown) => done.push(result));
    const { id } = await queue.add('flaky', { n: 1 }, { attempts: 5, backoff: 10 });
    await eventually(() => done.length === 1);
    expect(await queue.getJob(id!)).toMatchObject({ returnvalue: 'at last', attemptsMade: 3 });
  });

  it('does not repeat what its handler calls unrecoverable, until someone asks for it', async () => {
    let tries = 0;
    await bench.worker(async () => {
      tries += 1;
      if (tries === 1) throw new UnrecoverableError('wrong model');
      return 'fine';
    });
    const { id } = await queue.add('hopeless', { n: 1 }, { attempts: 5, backoff: 1 });
    await eventually(async () => (await (await queue.getJob(id!))!.getState()) === 'failed');
    expect(tries).toBe(1);
    expect(await queue.getJobCounts()).toMatchObject({ waiting: 0, delayed: 0, active: 0 });
    await (await queue.getJob(id!))!.retry();
    await eventually(async () => (await (await queue.getJob(id!))!.getState()) === 'completed');
  });

  it('adds one job per id while that job is kept', async () => {
    const other = await bench.queue();
    await Promise.all([...Array(10)].map((_, n) => (n % 2 ? queue : other).add('once', { n: 7 }, { jobId: 'same' })));
    await queue.addBulk([
      { name: 'once', data: { n: 7 }, opts: { jobId: 'same' } },
      { name: 'once', data: { n: 8 }, opts: { jobId: 'else' } },
    ]);
    const runs: number[] = [];
    await bench.worker(async ({ data }) => void runs.push(data.n));
    await eventually(() => runs.length === 2);
    await queue.add('once', { n: 7 }, { jobId: 'same' });
    await queue.add('once', { n: 9 });
    await eventually(() => runs.includes(9)); // which comes after whatever was added before it
    expect(runs.sort()).toEqual([7, 8, 9]);
    await eventually(async () => (await queue.remove('same')) === 1);
    await queue.add('once', { n: 7 }, { jobId: 'same' });
    await eventually(() => runs.length === 4);
  });

  it('never runs more at a time than its concurrency', async () => {
    let [running, most, done] = [0, 0, 0];
    const gate = new Gate();
    const handle: Handler = async () => {
      running += 1;
      most = Math.max(most, running);
      await gate.opened;
      running -= 1;
      done += 1;
    };
    await bench.worker(handle, { concurrency: 4 });
    await queue.addBulk(Array.from({ length: 40 }, (_, n) => ({ name: 'busy', data: { n } })));
    await eventually(() => running === 4);
    expect(await queue.getJobCounts()).toMatchObject({ active: 4, waiting: 36 });
    gate.open();
    await eventually(() => done === 40);
    expect(most).toBe(4);
  });

  it('gives the job of a worker that died to another, and lets the dead finish nothing', async () => {
    const runs: string[] = [];
    const dead = new Gate();
    const dying = await bench.worker(
      async () => {
        runs.push('first');
        await dead.opened;
        return 'from the dead';
      },
      { leaseMs: 2_000, reapMs: 200 },
    );
    const { id } = await queue.add('orphan', { n: 1 });
    await eventually(() => runs.length === 1);
    await dying.close(true);
    await bench.worker(
      async () => {
        runs.push('second');
        dead.open();
        await sleep(300); // time for the dead to do what it should not
        return 'from the heir';
      },
      { reapMs: 200 },
    );
    await eventually(async () => (await queue.getJob(id!))?.finishedOn !== undefined);
    expect((await queue.getJob(id!))!.returnvalue).toBe('from the heir');
    await queue.add('next', { n: 2 });
    await eventually(() => runs.length === 3);
    expect(runs).toEqual(['first', 'second', 'second']);
    expect((await queue.getJob(id!))!.returnvalue).toBe('from the heir');
  });

  it('keeps a long job that runs longer than its lease', async () => {
    let runs = 0;
    const leaseMs = 2_000;
    const handle: Handler = async () => {
      runs += 1;
      await sleep(leaseMs * 2.2);
      return 'whole';
    };
    await bench.worker(handle, { leaseMs, reapMs: leaseMs / 4 });
    await bench.worker(handle, { leaseMs, reapMs: leaseMs / 4 });
    const { id } = await queue.add('long', { n: 1 });
    await eventually(async () => (await queue.getJob(id!))?.returnvalue === 'whole');
    expect(runs).toBe(1);
  });

  it('fails a job that kills its worker again and again', async () => {
    const options = { leaseMs: 1_500, reapMs: 300, maxStalledCount: 2 };
    const { id } = await queue.add('poison', { n: 1 }, { attempts: 10 });
    let runs = 0;
    for (let n = 0; n < 3; n++) {
      const worker = await bench.worker(async () => {
        runs += 1;
        await new Promise(() => undefined);
      }, options);
      await eventually(() => runs === n + 1);
      await worker.close(true);
    }
    await bench.worker(async () => void (runs += 1), options);
    await eventually(async () => (await (await queue.getJob(id!))!.getState()) === 'failed');
    expect(runs).toBe(3);
    expect((await queue.getJob(id!))!.failedReason).toContain('stalled');
  });

  it('finishes what it runs before it closes, and takes nothing new', async () => {
    const gate = new Gate();
    const steps: unknown[] = [];
    const worker = await bench.worker(async ({ data }) => {
      await gate.opened;
      steps.push(data.n);
    });
    await queue.add('last', { n: 1 });
    await queue.add('last', { n: 2 });
    await eventually(async () => (await queue.getJobCounts()).active === 1);
    const closed = worker.close().then(() => steps.push('closed'));
    expect(await queue.getJobCounts()).toMatchObject({ completed: 0, active: 1 });
    gate.open();
    await closed;
    expect(steps).toEqual([1, 'closed']);
    expect(await queue.getJobCounts()).toMatchObject({ completed: 1, waiting: 1, active: 0 });
  });

  it('drains what waits, and with a flag what is delayed', async () => {
    await queue.add('wait', { n: 1 });
    await queue.add('later', { n: 2 }, { delay: 60_000 });
    await queue.drain();
    expect(await queue.getJobCounts()).toMatchObject({ waiting: 0, delayed: 1 });
    await queue.drain(true);
    expect(await queue.getJobCounts()).toMatchObject({ waiting: 0, delayed: 0 });
  });

  it('keeps as many finished jobs as asked', async () => {
    let [completed, failed] = [0, 0];
    const worker = await bench.worker(async ({ data }) => {
      if (data.n % 2) throw new Error('odd');
    });
    worker.on('completed', () => (completed += 1));
    worker.on('failed', () => (failed += 1));
    const keep = { removeOnComplete: { count: 3 }, removeOnFail: 2 };
    for (let n = 0; n < 20; n++) await queue.add('many', { n }, keep);
    await eventually(() => completed + failed === 20);
    await eventually(async () => {
      const counts = await queue.getJobCounts();
      return counts.completed! <= 3 && counts.failed! <= 2;
    });
    await queue.add('gone', { n: 0 }, { removeOnComplete: true, jobId: 'gone' });
    await eventually(() => completed === 11);
    await eventually(async () => (await queue.getJob('gone')) === undefined);
  });

  it('reports progress', async () => {
    const seen: unknown[] = [];
    const worker = await bench.worker(async (job) => {
      await job.updateProgress(50);
      await job.updateProgress({ step: 'render', percent: 80 });
    });
    worker.on('progress', (_job: unknown, progress: unknown) => seen.push(progress));
    const { id } = await queue.add('slow', { n: 1 });
    await eventually(async () => (await queue.getJob(id!))?.finishedOn !== undefined);
    expect(seen).toEqual([50, { step: 'render', percent: 80 }]);
    expect((await queue.getJob(id!))!.progress).toEqual({ step: 'render', percent: 80 });
  });
}

const schema = { entities: platformEntities, migrations: platformMigrations };

describeDatabases('queue', schema, (database) => {
  contract(
    async () => ({ dataSource: await database.open() }),
    async () => ({ dataSource: await database.open(), pollMs: 3_600_000 }),
  );

  it('refuses what it cannot keep', async () => {
    const bench = new Bench(async () => ({ dataSource: database.dataSource }));
    const queue = await bench.queue();
    await expect(queue.add('x', { n: 1 }, { lifo: true } as JobOptions)).rejects.toThrow('lifo');
    await expect(queue.add('x', { n: 1 }, { jobId: 'a:b' })).rejects.toThrow('colon');
    await expect(queue.add('x', { n: 1, big: 'x'.repeat(1_100_000) } as { n: number })).rejects.toThrow('1 MiB');
    const { dataSource } = database;
    const limited = { connection: { dataSource }, limiter: { max: 1, duration: 1 } };
    expect(() => openWorker('x', async () => undefined, limited)).toThrow('REDIS_URL');
    await bench.stop();
  });
});

describeRedis('queue', (url) => {
  afterAll(() => forgetKeys(url, `bull:${run}-*`));

  contract(async () => ({ url, maxRetriesPerRequest: null }));

  it('refuses a job in time while Redis is away', async () => {
    const bench = new Bench(async () => ({ url: 'redis://127.0.0.1:1', maxRetriesPerRequest: null }));
    const queue = await bench.queue();
    const start = performance.now();
    await expect(queue.add('x', { n: 1 })).rejects.toThrow();
    await bench.stop();
    expect(performance.now() - start).toBeLessThan(PATIENCE_MS);
  });
});
