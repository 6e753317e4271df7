import { randomUUID } from 'node:crypto';
import {
  type ChangeBus,
  ChangeEvent,
  ChangeEventRepository,
  DatabaseChangeBus,
  type Doorbell,
  type Json,
  RedisDoorbell,
} from '@app/platform/bus';
import { runMigrations } from '@app/platform/database';
import { platformEntities, platformMigrations } from '@app/platform/migrations';
import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { TcpProxy } from '../support/tcp-proxy';
import { createDatabase, describeDatabases, describeRedis, type DatabaseUnderTest } from './support';

const platformSchema = { entities: platformEntities, migrations: platformMigrations };
// What is logged here is expected.
Logger.overrideLogger(false);

const sleep = (ms: number): Promise<void> => new Promise((wake) => setTimeout(wake, ms));

/** Waits until the condition holds; returns how long that took. */
async function until(condition: () => boolean, limitMs = 3_000): Promise<number> {
  const start = performance.now();
  while (!condition()) {
    if (performance.now() - start > limitMs) throw new Error(`not within ${limitMs} ms`);
    await sleep(5);
  }
  return performance.now() - start;
}

class Nodes {
  private readonly open: DatabaseChangeBus[] = [];

  constructor(private readonly database: { open(schema: typeof platformSchema): Promise<DataSource> }) {}

  /** A node with its own connection to the database. */
  async start(doorbell?: (nodeId: string) => Doorbell): Promise<DatabaseChangeBus> {
    const nodeId = randomUUID();
    const events = new ChangeEventRepository(await this.database.open(platformSchema));
    const bus = new DatabaseChangeBus(events, nodeId, doorbell?.(nodeId));
    await bus.onModuleInit();
    this.open.push(bus);
    return bus;
  }

  async stop(): Promise<void> {
    await Promise.all(this.open.splice(0).map((bus) => bus.beforeApplicationShutdown()));
  }
}

function hear(bus: ChangeBus, topic: string): Json[] {
  const heard: Json[] = [];
  bus.subscribe(topic, (payload) => void heard.push(payload));
  return heard;
}

/** What holds on every database, with and without a doorbell. `withinMs`: how soon other nodes hear. */
function contract(
  database: DatabaseUnderTest,
  doorbell: ((nodeId: string) => Doorbell) | undefined,
  withinMs: number,
): void {
  const nodes = new Nodes(database);
  const topic = (): string => `test.${randomUUID()}`;
  afterEach(() => nodes.stop());

  it('is heard by other nodes in time, once, with its payload', async () => {
    const [a, b] = [await nodes.start(doorbell), await nodes.start(doorbell)];
    await sleep(300);
    const name = topic();
    const [here, there] = [hear(a, name), hear(b, name)];
    const payload = { userId: 'u1', nested: [1, 'zwei', null, { drei: true }] };
    await a.publish(name, payload);
    expect(here).toEqual([payload]);
    expect(await until(() => there.length > 0)).toBeLessThan(withinMs);
    expect(there).toEqual([payload]);
    await b.publish(name);
    await until(() => here.length > 1);
    expect(here).toEqual([payload, null]);
    await sleep(900);
    expect([here.length, there.length]).toEqual([2, 2]);
  });

  it('is heard here before publish returns, and worked off before it resolves', async () => {
    const bus = await nodes.start(doorbell);
    const name = topic();
    const steps: string[] = [];
    bus.subscribe(name, () => void steps.push('heard'));
    bus.subscribe(name, async () => {
      await sleep(50);
      steps.push('reloaded');
    });
    const published = bus.publish(name);
    expect(steps).toEqual(['heard']);
    await published;
    expect(steps).toEqual(['heard', 'reloaded']);
  });

  it('reaches the other subscribers when one throws', async () => {
    const [a, b] = [await nodes.start(doorbell), await nodes.start(doorbell)];
    const name = topic();
    const log = jest.spyOn(Logger.prototype, 'error');
    for (const bus of [a, b]) {
      bus.subscribe(name, () => {
        throw new Error('subscriber down');
      });
      bus.subscribe(name, () => Promise.reject(new Error('subscriber down')));
    }
    const [here, there] = [hear(a, name), hear(b, name)];
    await a.publish(name, 1);
    await a.publish(name, 2);
    await until(() => there.length === 2);
    expect([here, there]).toEqual([
      [1, 2],
      [1, 2],
    ]);
    expect(log).toHaveBeenCalledTimes(8);
    log.mockRestore();
  });

  it('ends with its subscription', async () => {
    const bus = await nodes.start(doorbell);
    const heard: Json[] = [];
    const end = bus.subscribe('test.end', (payload) => void heard.push(payload));
    await bus.publish('test.end', 1);
    end();
    end();
    await bus.publish('test.end', 2);
    expect(heard).toEqual([1]);
  });

  it('brings a burst larger than a batch to every node, each change once', async () => {
    const [a, b, c] = [await nodes.start(doorbell), await nodes.start(doorbell), await nodes.start(doorbell)];
    const name = topic();
    const heard = [a, b, c].map((bus) => hear(bus, name));
    const burst = (bus: ChangeBus, from: number): Promise<void>[] =>
      Array.from({ length: 400 }, (_, n) => bus.publish(name, from + n));
    await Promise.all([...burst(a, 0), ...burst(b, 1_000)]);
    await until(() => heard.every(({ length }) => length >= 800), 10_000);
    for (const each of heard) expect(new Set(each).size).toBe(each.length);
  }, 20_000);
}

describeDatabases('bus', platformSchema, (database) => {
  contract(database, undefined, 1_000);

  it('hears a change whose id is below one it has already seen', async () => {
    const nodes = new Nodes(database);
    const bus = await nodes.start();
    const heard = hear(bus, 'test.late');
    const row = { topic: 'test.late', nodeId: 'elsewhere', createdAt: Date.now() };
    const rows = database.dataSource.getRepository(ChangeEvent);
    const [{ id: last = 0 } = {}] = await rows.find({ order: { id: 'DESC' }, take: 1 });
    const next = Number(last) + 1;
    // What happens when two transactions take ids 1 and 2 and the second commits first.
    await rows.insert({ ...row, id: next + 1, payload: 'second' });
    await until(() => heard.length === 1);
    await rows.insert({ ...row, id: next, payload: 'first' });
    await until(() => heard.length === 2);
    expect(heard).toEqual(['second', 'first']);
    await sleep(900);
    expect(heard).toHaveLength(2);
    await nodes.stop();
  });

  it('does not tell a new node what is long past, and forgets it after a day', async () => {
    const nodes = new Nodes(database);
    const events = new ChangeEventRepository(database.dataSource);
    const day = 24 * 3_600_000;
    await events.insert([{ topic: 'test.old', payload: 1, nodeId: 'elsewhere', createdAt: Date.now() - day - 1_000 }]);
    await events.insert([{ topic: 'test.old', payload: 2, nodeId: 'elsewhere', createdAt: Date.now() - day / 2 }]);
    const bus = await nodes.start();
    const heard = hear(bus, 'test.old');
    await sleep(900);
    expect(heard).toEqual([]);
    await events.deleteBefore(Date.now() - day);
    const left = await database.dataSource.getRepository(ChangeEvent).findBy({ topic: 'test.old' });
    expect(left.map(({ payload }) => payload)).toEqual([2]);
    await nodes.stop();
  });
});

describeRedis('bus', (redisUrl) => {
  const ringOn =
    (url: string) =>
    (nodeId: string): Doorbell =>
      new RedisDoorbell(url, nodeId);

  describeDatabases('bus with a doorbell', platformSchema, (database) => contract(database, ringOn(redisUrl), 250));

  it.each(['cut', 'silence'] as const)(
    'polls when Redis is gone (%s), and rings again when it is back',
    async (fault) => {
      const proxy = await TcpProxy.before(redisUrl);
      const database = await createDatabase('sqlite');
      await runMigrations(await database.open(platformSchema));
      const nodes = new Nodes(database);
      const [a, b] = [await nodes.start(ringOn(proxy.address)), await nodes.start(ringOn(proxy.address))];
      const there = hear(b, 'test.fault');
      proxy[fault]();
      await a.publish('test.fault', 'while away');
      expect(await until(() => there.length === 1)).toBeLessThan(1_000);

      proxy.heal();
      await sleep(3_000);
      const times: number[] = [];
      for (let n = 0; n < 5; n++) {
        await a.publish('test.fault', n);
        times.push(await until(() => there.length === n + 2));
      }
      // By polling alone, one of five takes longer with a probability of 99 %.
      expect(Math.max(...times)).toBeLessThan(150);
      await nodes.stop();
      await database.drop();
      await proxy.close();
    },
    20_000,
  );
});

describe('bus whose database breaks', () => {
  it('is still heard here, and by the others when the database is back', async () => {
    let down = false;
    const stored: { id: number; topic: string; payload: ChangeEvent['payload']; nodeId: string; createdAt: number }[] =
      [];
    const events = {
      insert: async (rows: readonly Omit<ChangeEvent, 'id'>[]) => {
        if (down) throw new Error('connect ECONNREFUSED');
        rows.forEach((row) => stored.push({ ...row, id: stored.length + 1 }));
      },
      after: async (position: number) => {
        if (down) throw new Error('connect ECONNREFUSED');
        return stored.filter(({ id }) => id > position);
      },
      positionAt: async () => 0,
      deleteBefore: async () => undefined,
    } as unknown as ChangeEventRepository;
    const [a, b] = [new DatabaseChangeBus(events, 'a'), new DatabaseChangeBus(events, 'b')];
    await Promise.all([a.onModuleInit(), b.onModuleInit()]);
    const [here, there] = [hear(a, 'test.down'), hear(b, 'test.down')];
    down = true;
    await a.publish('test.down', 1);
    await a.publish('test.down', 2);
    expect(here).toEqual([1, 2]);
    await sleep(1_000);
    expect(there).toEqual([]);
    down = false;
    await until(() => there.length === 2, 12_000);
    expect(there).toEqual([1, 2]);
    expect(here).toEqual([1, 2]);
    await Promise.all([a.beforeApplicationShutdown(), b.beforeApplicationShutdown()]);
  }, 20_000);
});
