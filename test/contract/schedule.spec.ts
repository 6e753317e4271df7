import { randomUUID } from 'node:crypto';
import { ENV } from '@app/platform/env';
import { platformEntities, platformMigrations } from '@app/platform/migrations';
import { JobLease, JobLeaseRepository, Recurring, RecurringModule, Ticker } from '@app/platform/schedule';
import { Global, type INestApplicationContext, Injectable, Logger, Module, type Type } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { Test } from '@nestjs/testing';
import { getDataSourceToken } from '@nestjs/typeorm';
import { eventually, Gate } from '../support/eventually';
import { describeDatabases } from './support';

// What is logged here is expected.
Logger.overrideLogger(false);

const schema = { entities: platformEntities, migrations: platformMigrations };

/** Remembers which ticks were asked for, and who got them. */
class WatchedLeases extends JobLeaseRepository {
  readonly taken: number[] = [];
  refused = 0;

  override async take(claim: Parameters<JobLeaseRepository['take']>[0]): Promise<boolean> {
    const taken = await super.take(claim);
    if (taken) this.taken.push(claim.tick);
    else this.refused += 1;
    return taken;
  }
}

interface Node {
  readonly ticker: Ticker;
  readonly leases: WatchedLeases;
}

describeDatabases('schedule', schema, (database) => {
  const tickers: Ticker[] = [];
  const rows = () => database.dataSource.getRepository(JobLease);

  /** A node with its own connection. */
  async function node(nodeId: string = randomUUID()): Promise<Node> {
    const leases = new WatchedLeases(await database.open());
    const ticker = new Ticker(leases, nodeId, new SchedulerRegistry());
    tickers.push(ticker);
    return { ticker, leases };
  }

  afterEach(async () => {
    jest.restoreAllMocks();
    await Promise.all(tickers.splice(0).map((ticker) => ticker.close()));
  });

  it('runs each tick once on three nodes', async () => {
    const name = randomUUID();
    let runs = 0;
    const run = (): void => void (runs += 1);
    const nodes = [await node(), await node(), await node()];
    for (const { ticker } of nodes) ticker.start({ name, everyMs: 300, run });
    const asked = ({ leases }: Node): number => leases.taken.length + leases.refused;
    await eventually(() => runs >= 3 && nodes.every((each) => asked(each) >= 3));
    await Promise.all(nodes.map(({ ticker }) => ticker.close()));
    const ticks = nodes.flatMap(({ leases }) => leases.taken);
    expect(new Set(ticks).size).toBe(ticks.length);
    expect(runs).toBe(ticks.length);
  });

  it('starts no run while one is under way, on any node', async () => {
    const name = randomUUID();
    const gate = new Gate();
    let [running, most, runs] = [0, 0, 0];
    const run = async (): Promise<void> => {
      running += 1;
      runs += 1;
      most = Math.max(most, running);
      await gate.opened;
      running -= 1;
    };
    const nodes = [await node(), await node()];
    for (const { ticker } of nodes) ticker.start({ name, everyMs: 100, run });
    await eventually(() => runs === 1);
    // The one that does not run it asks at every tick, in vain.
    await eventually(() => nodes.some(({ leases }) => leases.refused >= 5));
    expect(runs).toBe(1);
    gate.open();
    await eventually(() => runs >= 3);
    expect(most).toBe(1);
  });

  it('runs a daily job when a node starts and today was missed, and not again today', async () => {
    const name = randomUUID();
    const day = 86_400_000;
    let runs = 0;
    const job = { name, everyMs: day, run: () => void (runs += 1) };
    jest.spyOn(Math, 'random').mockReturnValue(0); // else each would first wait for up to 5 s
    const [first, second, third] = [await node(), await node(), await node()];
    first.ticker.start(job);
    await eventually(async () => (await rows().findOneBy({ name }))?.finishedAt != null);
    expect(runs).toBe(1);
    second.ticker.start(job);
    await eventually(() => second.leases.refused === 1);
    expect(runs).toBe(1);
    await rows().update({ name }, { tick: Date.now() - 2 * day });
    third.ticker.start(job);
    await eventually(() => runs === 2);
  });

  it('goes on elsewhere when the node that ran it has died', async () => {
    const name = randomUUID();
    const leases = new JobLeaseRepository(database.dataSource);
    const now = Date.now();
    const claim = { name, nodeId: 'dead', now, leaseUntil: now + 700, tick: now - 10_000 };
    expect(await leases.take(claim)).toBe(true);
    let ranAt = 0;
    (await node()).ticker.start({ name, everyMs: 100, run: () => void (ranAt ||= Date.now()) });
    await eventually(() => ranAt > 0);
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
    const gate = new Gate();
    let runs = 0;
    const run = async (): Promise<void> => {
      runs += 1;
      if (runs === 1) throw new Error('disk full');
      await gate.opened;
    };
    (await node('n1')).ticker.start({ name, everyMs: 100, run });
    await eventually(() => runs === 2);
    expect((await rows().findOneByOrFail({ name })).error).toBe('disk full');
    gate.open();
    await eventually(async () => (await rows().findOneByOrFail({ name })).error === null);
  });

  it('waits for the run under way when it closes', async () => {
    const name = randomUUID();
    const gate = new Gate();
    const steps: string[] = [];
    const { ticker } = await node();
    const run = async (): Promise<void> => {
      steps.push('started');
      await gate.opened;
      steps.push('ended');
    };
    ticker.start({ name, everyMs: 100, run });
    await eventually(() => steps.length === 1);
    const closed = ticker.close().then(() => steps.push('closed'));
    // A close that did not wait would be done before the database has answered.
    expect((await rows().findOneByOrFail({ name })).finishedAt).toBeNull();
    gate.open();
    await closed;
    expect(steps).toEqual(['started', 'ended', 'closed']);
    expect((await rows().findOneByOrFail({ name })).leaseUntil).toBe(0);
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
      const armed = (app: INestApplicationContext) => app.get(SchedulerRegistry, { strict: false }).getTimeouts();
      const server = await start('external', 'server', [Sweeper]);
      expect(armed(server)).toEqual([]);
      const worker = await start('external', 'worker', [Sweeper]);
      await eventually(() => runs.length >= 2);
      expect(armed(server)).toEqual([]);
      expect(new Set(runs)).toEqual(new Set(['swept']));
      await Promise.all([server.close(), worker.close()]);
      expect(armed(worker)).toEqual([]);
    });

    it('fails at boot on two jobs of one name and on intervals that cannot be', async () => {
      const boot = start('embedded', 'server', [Sweeper, Twin]);
      await expect(boot).rejects.toThrow(
        /two methods are @Recurring as "test.sweep".*"test.never" recurs every 0.5 ms/s,
      );
    });
  });
});
