import { randomUUID } from 'node:crypto';
import { ENV } from '@app/platform/env';
import { platformEntities, platformMigrations } from '@app/platform/migrations';
import { JobLease, JobLeaseRepository, Recurring, RecurringModule, Ticker } from '@app/platform/schedule';
import { Global, Injectable, Logger, Module, type Type } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { Test } from '@nestjs/testing';
import { getDataSourceToken } from '@nestjs/typeorm';
import { describeDatabases } from './support';

// What is logged here is expected.
Logger.overrideLogger(false);

const sleep = (ms: number): Promise<void> => new Promise((wake) => setTimeout(wake, ms));

const schema = { entities: platformEntities, migrations: platformMigrations };

describeDatabases('schedule', schema, (database) => {
  const tickers: Ticker[] = [];

  /** A node with its own connection. */
  async function node(nodeId: string = randomUUID()): Promise<Ticker> {
    const ticker = new Ticker(new JobLeaseRepository(await database.open()), nodeId, new SchedulerRegistry());
    tickers.push(ticker);
    return ticker;
  }

  afterEach(() => Promise.all(tickers.splice(0).map((ticker) => ticker.close())));

  it('runs each tick once on three nodes', async () => {
    const everyMs = 300;
    const name = randomUUID();
    let runs = 0;
    const run = (): void => void (runs += 1);
    const nodes = [await node(), await node(), await node()];
    const started = Date.now();
    for (const each of nodes) each.start({ name, everyMs, run });
    await sleep(3_000);
    // Each of the three for itself would make three times as many. On a busy machine a tick may come late, or be skipped.
    const ticks = Math.floor((Date.now() - started) / everyMs) + 1;
    expect(runs).toBeGreaterThanOrEqual(3);
    expect(runs).toBeLessThanOrEqual(ticks);
  });

  it('starts no run while one is under way, on any node', async () => {
    const name = randomUUID();
    let [running, most, runs] = [0, 0, 0];
    const run = async (): Promise<void> => {
      running += 1;
      runs += 1;
      most = Math.max(most, running);
      await sleep(450);
      running -= 1;
    };
    for (const each of [await node(), await node()]) each.start({ name, everyMs: 200, run });
    await sleep(2_500);
    expect(most).toBe(1);
    expect(runs).toBeGreaterThanOrEqual(3);
  });

  it('runs a daily job when a node starts and today was missed, and not again today', async () => {
    const name = randomUUID();
    const day = 86_400_000;
    let runs = 0;
    const job = { name, everyMs: day, run: () => void (runs += 1) };
    jest.spyOn(Math, 'random').mockReturnValue(0);
    (await node()).start(job);
    await sleep(300);
    expect(runs).toBe(1);
    (await node()).start(job);
    await sleep(300);
    expect(runs).toBe(1);
    await database.dataSource.getRepository(JobLease).update({ name }, { tick: Date.now() - 2 * day });
    (await node()).start(job);
    await sleep(300);
    expect(runs).toBe(2);
    jest.restoreAllMocks();
  });

  it('goes on elsewhere when the node that ran it has died', async () => {
    const name = randomUUID();
    const leases = new JobLeaseRepository(database.dataSource);
    const now = Date.now();
    const claim = { name, nodeId: 'dead', now, leaseUntil: now + 700, tick: now - 10_000 };
    expect(await leases.take(claim)).toBe(true);
    let ranAt = 0;
    (await node()).start({ name, everyMs: 100, run: () => void (ranAt ||= Date.now()) });
    await sleep(1_500);
    expect(ranAt).toBeGreaterThanOrEqual(now + 700);
    expect(await leases.renew(name, 'dead', now + 99_999)).toBe(false);
  });

  it('gives one tick to one of twenty who ask at the same time', async () => {
    const name = randomUUID();
    const leases = await Promise.all(
      Array.from({ length: 4 }, async () => new JobLeaseRepository(await database.open())),
    );
    for (const tick of [1_000, 2_000]) {
      const now = Date.now();
      const taken = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          leases[n % 4]!.take({ name, tick, nodeId: `n${n}`, now, leaseUntil: now }),
        ),
      );
      expect(taken.filter(Boolean)).toHaveLength(1);
    }
  });

  it('keeps the error of a failed run, and runs the next', async () => {
    const name = randomUUID();
    let runs = 0;
    const run = (): void => {
      runs += 1;
      if (runs === 1) throw new Error('disk full');
    };
    const rows = database.dataSource.getRepository(JobLease);
    const errors = new Set<string | null>();
    (await node('n1')).start({ name, everyMs: 150, run });
    const end = Date.now() + 2_000;
    while (Date.now() < end && runs < 3) {
      const row = await rows.findOneBy({ name });
      if (row?.finishedAt) errors.add(row.error);
      await sleep(10);
    }
    expect(runs).toBeGreaterThanOrEqual(3);
    expect(errors).toEqual(new Set(['disk full', null]));
  });

  it('waits for the run under way when it closes', async () => {
    let ended = false;
    const ticker = await node();
    const name = randomUUID();
    let started = false;
    const run = async (): Promise<void> => {
      started = true;
      await sleep(300);
      ended = true;
    };
    ticker.start({ name, everyMs: 100, run });
    while (!started) await sleep(5);
    await ticker.close();
    expect(ended).toBe(true);
    expect((await database.dataSource.getRepository(JobLease).findOneByOrFail({ name })).leaseUntil).toBe(0);
  });

  describe('its module', () => {
    const runs: string[] = [];

    @Injectable()
    class Sweeper {
      private readonly what = 'swept';

      @Recurring({ name: 'test.sweep', everyMs: 100 })
      async sweep(): Promise<void> {
        runs.push(this.what);
      }
    }

    @Injectable()
    class Twin {
      @Recurring({ name: 'test.sweep', everyMs: 100 })
      sweep(): void {}

      @Recurring({ name: 'test.never', everyMs: 0.5 })
      never(): void {}
    }

    async function start(worker: string, role: 'server' | 'worker', providers: Type[]) {
      const provided = [
        { provide: ENV, useValue: { worker, nodeId: randomUUID() } },
        { provide: getDataSourceToken(), useValue: database.dataSource },
      ];
      @Global()
      @Module({ providers: [...provided, ...providers], exports: provided.map(({ provide }) => provide) })
      class Surroundings {}
      const app = await Test.createTestingModule({ imports: [Surroundings, RecurringModule.forRoot(role)] }).compile();
      Logger.overrideLogger(false); // the testing module has set its own
      return app.init();
    }

    it('runs the marked methods where background jobs run', async () => {
      const server = await start('external', 'server', [Sweeper]);
      await sleep(400);
      expect(runs).toEqual([]);
      const worker = await start('external', 'worker', [Sweeper]);
      await sleep(600);
      expect(runs.length).toBeGreaterThanOrEqual(2);
      expect(new Set(runs)).toEqual(new Set(['swept']));
      await Promise.all([server.close(), worker.close()]);
      const { length } = runs;
      await sleep(300);
      expect(runs).toHaveLength(length);
    });

    it('fails at boot on two jobs of one name and on intervals that cannot be', async () => {
      const boot = start('embedded', 'server', [Sweeper, Twin]);
      await expect(boot).rejects.toThrow(
        /two methods are @Recurring as "test.sweep".*"test.never" recurs every 0.5 ms/s,
      );
    });
  });
});
