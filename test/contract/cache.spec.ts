import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AppCache,
  CacheModule,
  memoryTier,
  redisTier,
  TieredCache,
  AppCache as AppCacheToken,
} from '@app/platform/cache';
import { ChangeBus, type ChangeHandler, type Json } from '@app/platform/bus';
import { ENV } from '@app/platform/env';
import { CACHE_MANAGER, type Cache } from '@nestjs/cache-manager';
import { Global, Logger, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { Keyv } from 'keyv';
import { eventually, Gate, PATIENCE_MS } from '../support/eventually';
import { forgetKeys } from '../support/redis-keys';
import { TcpProxy } from '../support/tcp-proxy';
import { describeRedis } from './support';

// What is logged here is expected.
Logger.overrideLogger(false);

/** The promises of `ChangeBus` between the nodes of one test: here at once, there a little later. */
class TestBus extends ChangeBus {
  private readonly handlers = new Set<ChangeHandler>();
  private readonly deliveries: Promise<void>[] = [];

  constructor(private readonly peers: TestBus[]) {
    super();
    peers.push(this);
  }

  override async publish(_topic: string, payload: Json = null): Promise<void> {
    for (const peer of this.peers) {
      if (peer !== this) this.deliveries.push(sleep(20).then(() => peer.hear(payload)));
    }
    await this.hear(payload);
  }

  /** When the others have heard all that was published here. */
  async delivered(): Promise<void> {
    await Promise.all(this.deliveries.splice(0));
  }

  override subscribe(_topic: string, handler: ChangeHandler): () => void {
    this.handlers.add(handler);
    return () => this.handlers.delete(handler);
  }

  private async hear(payload: Json): Promise<void> {
    await Promise.all([...this.handlers].map(async (handler) => handler(payload)));
  }
}

/** Nodes that hear each other; `shared` opens a node's second tier. */
class Nodes {
  private readonly buses: TestBus[] = [];
  private readonly tiers: Keyv[] = [];

  constructor(private readonly openShared: () => Keyv | undefined) {}

  async start(entries?: number): Promise<TieredCache> {
    const shared = this.openShared();
    if (shared !== undefined) this.tiers.push(shared);
    const cache = new TieredCache(new TestBus(this.buses), memoryTier(entries), shared);
    cache.onModuleInit();
    if (shared !== undefined) await usable(shared);
    return cache;
  }

  /** When every node has heard what the others have published. */
  async delivered(): Promise<void> {
    await Promise.all(this.buses.map((bus) => bus.delivered()));
  }

  async stop(): Promise<void> {
    await Promise.all(this.tiers.map((tier) => tier.disconnect()));
  }
}

const MINUTE = 60_000;

/** While its connection is being made, everything is a miss. */
async function usable(tier: Keyv): Promise<void> {
  const key = randomUUID();
  await eventually(async () => {
    await tier.set(key, 'here', MINUTE);
    return (await tier.get(key)) === 'here';
  });
}

function contract(openShared: () => Keyv | undefined): void {
  let nodes: Nodes;
  let cache: AppCache;
  beforeEach(async () => {
    nodes = new Nodes(openShared);
    cache = await nodes.start();
  });
  afterEach(() => nodes.stop());
  const key = (): string => `k:${randomUUID()}`;

  it('loads once for 200 that ask at the same time, and keeps it', async () => {
    const name = key();
    const gate = new Gate();
    const load = jest.fn(async () => {
      await gate.opened;
      return { n: 1 };
    });
    const asked = Array.from({ length: 200 }, () => cache.wrap(name, MINUTE, load));
    await eventually(() => load.mock.calls.length > 0);
    gate.open();
    const answers = await Promise.all(asked);
    expect(load).toHaveBeenCalledTimes(1);
    expect(answers.every(({ n }) => n === 1)).toBe(true);
    expect(await cache.wrap(name, MINUTE, load)).toEqual({ n: 1 });
    expect(load).toHaveBeenCalledTimes(1);
  });

  it('gives the error of a load to all who wait for it, and does not keep it', async () => {
    const name = key();
    const gate = new Gate();
    let calls = 0;
    const load = async (): Promise<string> => {
      calls += 1;
      await gate.opened;
      if (calls === 1) throw new Error('database down');
      return 'fine';
    };
    const asked = Promise.allSettled([cache.wrap(name, MINUTE, load), cache.wrap(name, MINUTE, load)]);
    await eventually(() => calls > 0);
    gate.open();
    const answers = await asked;
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await cache.wrap(name, MINUTE, load)).toBe('fine');
  });

  it.each([
    ['null', null],
    ['false', false],
    ['0', 0],
    ['an empty text', ''],
    ['an object', { a: [1, { b: 'ü' }], c: null }],
  ])('keeps %s', async (_title, value) => {
    const name = key();
    const load = jest.fn(async () => value);
    expect(await cache.wrap(name, MINUTE, load)).toEqual(value);
    expect(await cache.wrap(name, MINUTE, load)).toEqual(value);
    expect(await cache.get(name)).toEqual(value);
    expect(load).toHaveBeenCalledTimes(1);
  });

  it('does not keep undefined', async () => {
    const name = key();
    const load = jest.fn(async () => undefined);
    await cache.wrap(name, MINUTE, load);
    await cache.wrap(name, MINUTE, load);
    expect(load).toHaveBeenCalledTimes(2);
  });

  it('forgets after the time to live', async () => {
    const name = key();
    await cache.set(name, 'old', 2_000);
    expect(await cache.get(name)).toBe('old');
    await eventually(async () => (await cache.get(name)) === undefined);
  });

  it('hands out values that callers may change', async () => {
    const name = key();
    await cache.set(name, { list: [1] }, MINUTE);
    (await cache.get<{ list: number[] }>(name))!.list.push(2);
    expect(await cache.get(name)).toEqual({ list: [1] });
  });

  it('forgets a deleted key on every node', async () => {
    const other = await nodes.start();
    const name = key();
    let stored = 'old';
    const load = async (): Promise<string> => stored;
    await cache.wrap(name, MINUTE, load);
    await other.wrap(name, MINUTE, load);
    stored = 'new';
    await cache.del(name);
    expect(await cache.wrap(name, MINUTE, load)).toBe('new');
    await nodes.delivered();
    expect(await other.wrap(name, MINUTE, load)).toBe('new');
  });

  it('forgets on other nodes what was set here', async () => {
    const other = await nodes.start();
    const name = key();
    await other.set(name, 'old', MINUTE);
    await nodes.delivered();
    await cache.set(name, 'new', MINUTE);
    expect(await cache.get(name)).toBe('new');
    await nodes.delivered();
    expect(await other.wrap(name, MINUTE, async () => 'new')).toBe('new');
  });

  it('does not keep what was read from the database before the key was deleted', async () => {
    const other = await nodes.start();
    const name = key();
    let stored = 'old';
    let reads = 0;
    const gate = new Gate();
    const load = async (): Promise<string> => stored;
    const slowLoad = async (): Promise<string> => {
      const read = stored;
      reads += 1;
      await gate.opened;
      return read;
    };
    const slow = [cache.wrap(name, MINUTE, slowLoad), other.wrap(name, MINUTE, slowLoad)];
    await eventually(() => reads === 2);
    stored = 'new';
    await cache.del(name);
    await nodes.delivered();
    expect(await cache.wrap(name, MINUTE, load)).toBe('new');
    gate.open();
    expect(await Promise.all(slow)).toEqual(['old', 'old']);
    expect(await cache.wrap(name, MINUTE, load)).toBe('new');
    expect(await other.wrap(name, MINUTE, load)).toBe('new');
  });

  it('keeps a bounded number of entries in memory', async () => {
    const small = await nodes.start(50);
    const names = Array.from({ length: 500 }, key);
    for (const name of names) await small.wrap(name, MINUTE, async () => name);
    const store = (small as unknown as { memory: Keyv }).memory.store as { store: { size: number } };
    expect(store.store.size).toBe(50);
  });
}

describe('cache · memory', () => contract(() => undefined));

describeRedis('cache', (redisUrl) => {
  const prefix = `test:${randomUUID()}:`;
  const openShared = (): Keyv => redisTier(redisUrl, prefix);
  afterAll(() => forgetKeys(redisUrl, `${prefix}*`));
  contract(openShared);

  it('shares what one node has loaded, for the rest of its time', async () => {
    const nodes = new Nodes(openShared);
    const [a, b] = [await nodes.start(), await nodes.start()];
    const name = randomUUID();
    await a.wrap(name, 3_000, async () => ({ from: 'a' }));
    expect(await b.wrap(name, 10 * MINUTE, async () => ({ from: 'b' }))).toEqual({ from: 'a' });
    await eventually(async () => (await b.get(name)) === undefined);
    await nodes.stop();
  });

  it.each(['cut', 'silence'] as const)('answers from memory, at once, while Redis is gone (%s)', async (fault) => {
    const proxy = await TcpProxy.before(redisUrl);
    const nodes = new Nodes(() => redisTier(proxy.address, prefix));
    const cache = await nodes.start();
    const name = randomUUID();
    await cache.set(name, 'kept', MINUTE);
    proxy[fault]();
    expect(await cache.get(name)).toBe('kept');
    await cache.wrap(randomUUID(), MINUTE, async () => 1);
    const start = performance.now();
    for (let n = 0; n < 20; n++) {
      const other = randomUUID();
      expect(await cache.wrap(other, MINUTE, async () => n)).toBe(n);
      expect(await cache.get(other)).toBe(n);
      await cache.del(other);
      expect(await cache.get(other)).toBeUndefined();
    }
    // Waiting for Redis even once an operation would take 40 s.
    expect(performance.now() - start).toBeLessThan(PATIENCE_MS);
    proxy.heal();
    await nodes.stop();
    await proxy.close();
  });
});

describe('the cache module', () => {
  it.each([
    ['memory', undefined, 1],
    ['Redis, even an unreachable one', 'redis://127.0.0.1:1', 2],
  ])('gives Nest its cache manager over the same stores, with %s', async (_title, redisUrl, tiers) => {
    const bus = new TestBus([]);
    @Global()
    @Module({
      providers: [
        { provide: ENV, useValue: { redisUrl } },
        { provide: ChangeBus, useValue: bus },
      ],
      exports: [ENV, ChangeBus],
    })
    class Surroundings {}
    const app = await Test.createTestingModule({ imports: [Surroundings, CacheModule] }).compile();
    await app.init();
    const manager = app.get<Cache>(CACHE_MANAGER);
    expect(manager.stores).toHaveLength(tiers);
    const cache = app.get<AppCache>(AppCacheToken);
    await cache.set('k', { v: 1 }, MINUTE);
    expect(await manager.get('k')).toEqual({ v: 1 });
    await cache.del('k');
    expect(await manager.get('k')).toBeUndefined();
    await app.close();
  });
});
