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
import { eventually, Gate } from '../support/eventually';
import { TcpProxy } from '../support/tcp-proxy';
import { createDatabase, describeDatabases, describeRedis, type DatabaseUnderTest } from './support';

const platformSchema = { entities: platformEntities, migrations: platformMigrations };
// What is logged here is expected.
Logger.overrideLogger(false);

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

/** What holds on every database, with and without a doorbell. */
function contract(database: DatabaseUnderTest, doorbell?: (nodeId: string) => Doorbell): void {
  const nodes = new Nodes(database);
  const topic = (): string => `test.${randomUUID()}`;
  afterEach(() => nodes.stop());

  it('is heard by other nodes, once, with its payload', async () => {
    const [a, b] = [await nodes.start(doorbell), await nodes.start(doorbell)];
    const name = topic();
    const [here, there] = [hear(a, name), hear(b, name)];
    const payload = { userId: 'u1', nested: [1, 'zwei', null, { drei: true }] };
    await a.publish(name, payload);
    expect(here).toEqual([payload]);
    await eventually(() => there.length > 0);
    expect(there).toEqual([payload]);
    await b.publish(name);
    await eventually(() => here.length > 1);
    // What came twice would come before what was told after it.
    await a.publish(name, 'last of a');
    await eventually(() => there.includes('last of a'));
    await b.publish(name, 'last of b');
    await eventually(() => here.includes('last of b'));
    expect(here).toEqual([payload, null, 'last of a', 'last of b']);
    expect(there).toEqual(here);
  });

  it('is heard here before publish returns, and worked off before it resolves', async () => {
    const bus = await nodes.start(doorbell);
    const name = topic();
    const gate = new Gate();
    const steps: string[] = [];
    bus.subscribe(name, () => void steps.push('heard'));
    bus.subscribe(name, async () => {
      await gate.opened;
      steps.push('reloaded');
    });
    const published = bus.publish(name).then(() => steps.push('published'));
    expect(steps).toEqual(['heard']);
    gate.open();
    await published;
    expect(steps).toEqual(['heard', 'reloaded', 'published']);
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
    await eventually(() => there.length === 2 && log.mock.calls.length >= 8);
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
    await eventually(() => heard.every(({ length }) => length >= 800));
    for (const each of heard) expect(new Set(each).size).toBe(each.length);
  });
}

describeDatabases('bus', platformSchema, (database) => {
  contract(database);

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
    await eventually(() => heard.length === 1);
    await rows.insert({ ...row, id: next, payload: 'first' });
    await eventually(() => heard.length === 2);
    await rows.insert({ ...row, id: next + 2, payload: 'third' });
    await eventually(() => heard.includes('third'));
    expect(heard).toEqual(['second', 'first', 'third']);
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
    await events.insert([{ topic: 'test.old', payload: 3, nodeId: 'elsewhere', createdAt: Date.now() }]);
    await eventually(() => heard.includes(3));
    expect(heard).toEqual([3]);
    await events.deleteBefore(Date.now() - day);
    const left = await database.dataSource.getRepository(ChangeEvent).findBy({ topic: 'test.old' });
    expect(left.map(({ payload }) => payload)).toEqual([2, 3]);
    await nodes.stop();
  });
});

/** Counts the rings it hears. */
class CountedDoorbell extends RedisDoorbell {
  heard = 0;

  override onRing(listener: () => void): void {
    super.onRing(() => {
      this.heard += 1;
      listener();
    });
  }
}

describeRedis('bus', (redisUrl) => {
  describeDatabases('bus with a doorbell', platformSchema, (database) =>
    contract(database, (nodeId) => new RedisDoorbell(redisUrl, nodeId)),
  );

  it.each(['cut', 'silence'] as const)(
    'polls when Redis is gone (%s), and rings again when it is back',
    async (fault) => {
      const proxy = await TcpProxy.before(redisUrl);
      const database = await createDatabase('sqlite');
      await runMigrations(await database.open(platformSchema));
      const nodes = new Nodes(database);
      let doorbell: CountedDoorbell | undefined;
      const a = await nodes.start((nodeId) => new RedisDoorbell(proxy.address, nodeId));
      const b = await nodes.start((nodeId) => (doorbell = new CountedDoorbell(proxy.address, nodeId)));
      const there = hear(b, 'test.fault');
      const rung = async (payload: Json): Promise<boolean> => {
        const before = doorbell!.heard;
        await a.publish('test.fault', payload);
        await eventually(() => there.at(-1) === payload);
        return doorbell!.heard > before;
      };
      let n = 0;
      await eventually(() => rung(++n));
      proxy[fault]();
      await rung('while away');
      proxy.heal();
      await eventually(() => rung(++n));
      await nodes.stop();
      await database.drop();
      await proxy.close();
    },
  );
});

describe('bus whose database breaks', () => {
  it('is still heard here, and by the others when the database is back', async () => {
    let down = false;
    let asked = 0;
    const stored: { id: number; topic: string; payload: ChangeEvent['payload']; nodeId: string; createdAt: number }[] =
      [];
    const events = {
      insert: async (rows: readonly Omit<ChangeEvent, 'id'>[]) => {
        if (down) throw new Error('connect ECONNREFUSED');
        rows.forEach((row) => stored.push({ ...row, id: stored.length + 1 }));
      },
      after: async (position: number) => {
        asked += 1;
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
    asked = 0;
    await eventually(() => asked >= 2);
    expect(there).toEqual([]);
    down = false;
    await eventually(() => there.length === 2);
    expect(there).toEqual([1, 2]);
    expect(here).toEqual([1, 2]);
    await Promise.all([a.beforeApplicationShutdown(), b.beforeApplicationShutdown()]);
  });
});
