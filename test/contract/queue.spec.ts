import { randomUUID } from 'node:crypto';
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
import { forgetKeys } from '../support/redis-keys';
import { describeDatabases, describeRedis } from './support';

// What is logged here is expected.
Logger.overrideLogger(false);

/** Names this run among others on the same Redis. */
const run = `test-${randomUUID()}`;

const sleep = (ms: number): Promise<void> => new Promise((wake) => setTimeout(wake, ms));

async function until(condition: () => boolean | Promise<boolean>, limitMs = 8_000): Promise<number> {
  const start = performance.now();
  while (!(await condition())) {
    if (performance.now() - start > limitMs) throw new Error(`not within ${limitMs} ms`);
    await sleep(5);
  }
  return performance.now() - start;
}

type Handler = (job: Job<{ n: number }>, signal?: AbortSignal) => Promise<unknown>;

interface WorkerOptions {
  readonly concurrency?: number;
  readonly leaseMs?: number;
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
    { concurrency, leaseMs = 30_000, maxStalledCount }: WorkerOptions = {},
  ): Promise<JobWorker> {
    const worker = openWorker(this.name, (job, _token, signal) => handler(job as Job<{ n: number }>, signal), {
      connection: await this.connect(),
      ...(concurrency === undefined ? {} : { concurrency }),
      ...(maxStalledCount === undefined ? {} : { maxStalledCount }),
      lockDuration: leaseMs,
      stalledInterval: Math.min(leaseMs / 2, 5_000),
    });
    worker.on('error', () => undefined);
    this.open.push(worker);
    return worker;
  }

  async stop(): Promise<void> {
    await Promise.all(this.open.reverse().map((each) => each.close(true)));
  }
}

/** `connect` gives the connection of a node; nodes of one test share nothing else. */
function contract(connect: () => Promise<unknown>): void {
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
    const handle =
      (node: number): Handler =>
      async ({ data }) => {
        runs.push(data.n);
        by[node]! += 1;
        await sleep(50);
      };
    await bench.worker(handle(0), { concurrency: 5 });
    await bench.worker(handle(1), { concurrency: 5 });
    await queue.addBulk(Array.from({ length: 100 }, (_, n) => ({ name: 'count', data: { n } })));
    for (let n = 100; n < 200; n++) await queue.add('count', { n });
    await until(() => runs.length >= 200, 20_000);
    await sleep(200);
    expect([...runs].sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, n) => n));
    expect(Math.min(...by)).toBeGreaterThan(0);
    await until(async () => (await queue.getJobCounts()).completed === 200);
  }, 30_000);

  it('hands over name, data and id, and keeps the result', async () => {
    const seen: unknown[] = [];
    await bench.worker(async (job) => {
      seen.push([job.id, job.name, job.queueName, job.data, job.attemptsMade, job.opts.attempts]);
      return { doubled: job.data.n * 2 };
    });
    const { id } = await queue.add('double', { n: 21 }, { jobId: 'a-1', attempts: 3 });
    await until(async () => (await queue.getJob('a-1'))?.finishedOn !== undefined);
    expect(id).toBe('a-1');
    expect(seen).toEqual([['a-1', 'double', bench.name, { n: 21 }, 0, 3]]);
    const job = (await queue.getJob('a-1'))!;
    expect(job).toMatchObject({ returnvalue: { doubled: 42 }, attemptsMade: 1 });
    expect(await job.getState()).toBe('completed');
    expect(await queue.getJob('nobody')).toBeUndefined();
  });

  it('starts a job soon after it is added', async () => {
    const latencies: number[] = [];
    const worker = await bench.worker(async ({ data }) => void latencies.push(performance.now() - data.n));
    await sleep(300);
    const near = openQueue(bench.name, { connection: (worker.opts as { connection: unknown }).connection });
    for (let n = 0; n < 5; n++) {
      await near.add('soon', { n: performance.now() });
      await until(() => latencies.length === n + 1);
      await sleep(30);
    }
    await near.close();
    expect(Math.min(...latencies)).toBeLessThan(100);
  });

  it('finds a job that another process has added, within a little more than a second', async () => {
    let ran = false;
    await bench.worker(async () => void (ran = true));
    await sleep(300);
    await queue.add('far', { n: 1 });
    expect(await until(() => ran)).toBeLessThan(1_500);
  });

  it('runs a delayed job at its time', async () => {
    const late: number[] = [];
    await bench.worker(async ({ data }) => void late.push(Date.now() - data.n));
    await queue.add('later', { n: Date.now() + 700 }, { delay: 700 });
    expect(await queue.getJobCounts()).toMatchObject({ delayed: 1, waiting: 0 });
    await until(() => late.length === 1);
    expect(late[0]).toBeGreaterThanOrEqual(-5);
    expect(late[0]).toBeLessThan(600);
  });

  it('runs what is more important first, and the same importance in order', async () => {
    for (const [n, priority] of [3, 1, 2, 1, 3].entries()) await queue.add('ranked', { n }, { priority });
    await queue.add('ranked', { n: 5 });
    const order: number[] = [];
    await bench.worker(async ({ data }) => void order.push(data.n));
    await until(() => order.length === 6);
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
    await until(() => failed.length === 3);
    expect(await (await queue.getJob(id!))!.getState()).toBe('failed');
    const [first = 0, second = 0] = times.slice(1).map((time, n) => time - times[n]!);
    expect(times).toHaveLength(3);
    expect(first).toBeGreaterThanOrEqual(195);
    expect(second).toBeGreaterThanOrEqual(395);
    expect(second).toBeLessThan(4_000);
    expect(failed).toEqual([
      [1, 'try 1'],
      [2, 'try 2'],
      [3, 'try 3'],
    ]);
    expect(await queue.getJob(id!)).toMatchObject({ failedReason: 'try 3', attemptsMade: 3 });
  });

  it('spreads the retries of jobs that failed together', async () => {
    const again: number[] = [];
    await bench.worker(
      async ({ attemptsMade }) => {
        if (attemptsMade === 0) throw new Error('upstream down');
        again.push(performance.now());
      },
      { concurrency: 20 },
    );
    const opts = { attempts: 2, backoff: { type: 'fixed', delay: 600, jitter: 1 } };
    await queue.addBulk(Array.from({ length: 20 }, (_, n) => ({ name: 'storm', data: { n }, opts })));
    await until(() => again.length === 20);
    expect(Math.max(...again) - Math.min(...again)).toBeGreaterThan(200);
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
    await until(() => done.length === 1);
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
    await until(async () => (await (await queue.getJob(id!))!.getState()) === 'failed');
    await sleep(100);
    expect(tries).toBe(1);
    await (await queue.getJob(id!))!.retry();
    await until(async () => (await (await queue.getJob(id!))!.getState()) === 'completed');
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
    await until(() => runs.length === 2);
    await queue.add('once', { n: 7 }, { jobId: 'same' });
    await sleep(300);
    expect(runs.sort()).toEqual([7, 8]);
    expect(await queue.remove('same')).toBe(1);
    await queue.add('once', { n: 7 }, { jobId: 'same' });
    await until(() => runs.length === 3);
  });

  it('never runs more at a time than its concurrency', async () => {
    let [running, most, done] = [0, 0, 0];
    const worker: Handler = async () => {
      running += 1;
      most = Math.max(most, running);
      await sleep(10);
      running -= 1;
      done += 1;
    };
    await bench.worker(worker, { concurrency: 4 });
    await queue.addBulk(Array.from({ length: 40 }, (_, n) => ({ name: 'busy', data: { n } })));
    await until(() => done === 40);
    expect(most).toBe(4);
  });

  it('gives the job of a worker that died to another, and lets the dead finish nothing', async () => {
    const runs: string[] = [];
    let wakeDead: () => void = () => undefined;
    const dying = await bench.worker(
      async () => {
        runs.push('first');
        await new Promise<void>((resolve) => (wakeDead = resolve));
        return 'from the dead';
      },
      { leaseMs: 600 },
    );
    const { id } = await queue.add('orphan', { n: 1 });
    await until(() => runs.length === 1);
    await dying.close(true);
    const stalled: string[] = [];
    const heir = await bench.worker(
      async () => {
        runs.push('second');
        wakeDead();
        await sleep(300);
        return 'from the heir';
      },
      { leaseMs: 600 },
    );
    heir.on('stalled', (job: string) => stalled.push(job));
    await until(async () => (await queue.getJob(id!))?.finishedOn !== undefined);
    await sleep(200);
    expect(runs).toEqual(['first', 'second']);
    expect((await queue.getJob(id!))!.returnvalue).toBe('from the heir');
  }, 15_000);

  it('keeps a long job that runs longer than its lease', async () => {
    let runs = 0;
    const handle: Handler = async () => {
      runs += 1;
      await sleep(1_500);
      return 'whole';
    };
    await bench.worker(handle, { leaseMs: 400 });
    await bench.worker(handle, { leaseMs: 400 });
    const { id } = await queue.add('long', { n: 1 });
    await until(async () => (await queue.getJob(id!))?.returnvalue === 'whole');
    expect(runs).toBe(1);
  });

  it('fails a job that kills its worker again and again', async () => {
    const { id } = await queue.add('poison', { n: 1 }, { attempts: 10 });
    let runs = 0;
    for (let n = 0; n < 3; n++) {
      const worker = await bench.worker(
        async () => {
          runs += 1;
          await new Promise(() => undefined);
        },
        { leaseMs: 400, maxStalledCount: 2 },
      );
      await until(() => runs === n + 1);
      await worker.close(true);
    }
    await bench.worker(async () => void (runs += 1), { leaseMs: 400, maxStalledCount: 2 });
    await until(async () => (await (await queue.getJob(id!))!.getState()) === 'failed');
    expect(runs).toBe(3);
    expect((await queue.getJob(id!))!.failedReason).toContain('stalled');
  }, 20_000);

  it('finishes what it runs before it closes, and takes nothing new', async () => {
    const done: number[] = [];
    const worker = await bench.worker(async ({ data }) => {
      await sleep(300);
      done.push(data.n);
    });
    await queue.add('last', { n: 1 });
    await queue.add('last', { n: 2 });
    await until(async () => (await queue.getJobCounts()).active === 1);
    await worker.close();
    expect(done).toEqual([1]);
    await sleep(400);
    expect(done).toEqual([1]);
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
    await until(() => completed + failed === 20);
    await until(async () => {
      const counts = await queue.getJobCounts();
      return counts.completed! <= 3 && counts.failed! <= 2;
    });
    await queue.add('gone', { n: 0 }, { removeOnComplete: true, jobId: 'gone' });
    await until(() => completed === 11);
    await until(async () => (await queue.getJob('gone')) === undefined);
  });

  it('reports progress', async () => {
    const seen: unknown[] = [];
    const worker = await bench.worker(async (job) => {
      await job.updateProgress(50);
      await job.updateProgress({ step: 'render', percent: 80 });
    });
    worker.on('progress', (_job: unknown, progress: unknown) => seen.push(progress));
    const { id } = await queue.add('slow', { n: 1 });
    await until(async () => (await queue.getJob(id!))?.finishedOn !== undefined);
    expect(seen).toEqual([50, { step: 'render', percent: 80 }]);
    expect((await queue.getJob(id!))!.progress).toEqual({ step: 'render', percent: 80 });
  });
}

const schema = { entities: platformEntities, migrations: platformMigrations };

describeDatabases('queue', schema, (database) => {
  contract(async () => ({ dataSource: await database.open() }));

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
    expect(performance.now() - start).toBeLessThan(6_000);
    await bench.stop();
    expect(performance.now() - start).toBeLessThan(11_000);
  }, 15_000);
});
