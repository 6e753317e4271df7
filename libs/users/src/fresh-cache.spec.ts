import { FreshCache } from './fresh-cache';

interface Thing {
  readonly name: string;
}

/** A store whose answers are given by the test, one after the other. */
function setUp() {
  const clock = { time: 1_000, now: () => clock.time };
  const asked: { key: string; answer: (value: Thing | null) => void; fail: (error: Error) => void }[] = [];
  const cache = new FreshCache<Thing>({
    max: 3,
    refreshAfterMs: 60_000,
    absentForMs: 5_000,
    clock,
    load: (key) => new Promise((answer, fail) => asked.push({ key, answer, fail })),
  });
  return { clock, asked, cache };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('FreshCache', () => {
  it('asks the store once, however many ask at the same time', async () => {
    const { cache, asked } = setUp();
    const all = Promise.all([cache.get('a'), cache.get('a'), cache.get('a')]);
    asked[0]!.answer({ name: 'a' });
    expect(await all).toEqual([{ name: 'a' }, { name: 'a' }, { name: 'a' }]);
    expect(asked).toHaveLength(1);
    expect(cache.peek('a')).toEqual({ name: 'a' });
  });

  it('remembers for a while that there is none', async () => {
    const { cache, asked, clock } = setUp();
    const none = cache.get('a');
    asked[0]!.answer(null);
    expect(await none).toBeNull();
    expect(cache.peek('a')).toBeNull();
    clock.time += 5_000;
    expect(cache.peek('a')).toBeUndefined();
  });

  it('does not keep what was read before an invalidation', async () => {
    const { cache, asked } = setUp();
    const old = cache.get('a');
    cache.invalidate('a');
    const fresh = cache.get('a');
    asked[1]!.answer({ name: 'fresh' });
    await fresh;
    asked[0]!.answer({ name: 'stale' });
    await old;
    expect(cache.peek('a')).toEqual({ name: 'fresh' });
  });

  it('does not keep what was being read while values of its kind were invalidated', async () => {
    const { cache, asked } = setUp();
    const old = cache.get('a');
    cache.invalidateWhere(() => false);
    asked[0]!.answer({ name: 'stale' });
    await old;
    expect(cache.peek('a')).toBeUndefined();
  });

  it('drops only the values that match', async () => {
    const { cache, asked } = setUp();
    for (const name of ['a', 'b']) {
      const load = cache.get(name);
      asked.at(-1)!.answer({ name });
      await load;
    }
    cache.invalidateWhere(({ name }) => name === 'a');
    expect([cache.peek('a'), cache.peek('b')]).toEqual([undefined, { name: 'b' }]);
  });

  it('heals a lost invalidation, answering with the old value meanwhile', async () => {
    const { cache, asked, clock } = setUp();
    const load = cache.get('a');
    asked[0]!.answer({ name: 'old' });
    await load;
    clock.time += 60_001;
    expect(cache.peek('a')).toEqual({ name: 'old' });
    expect(cache.peek('a')).toEqual({ name: 'old' });
    expect(asked).toHaveLength(2);
    asked[1]!.answer({ name: 'new' });
    await settled();
    expect(cache.peek('a')).toEqual({ name: 'new' });
  });

  it('forgets on refresh what is no longer there', async () => {
    const { cache, asked, clock } = setUp();
    const load = cache.get('a');
    asked[0]!.answer({ name: 'old' });
    await load;
    clock.time += 60_001;
    cache.peek('a');
    asked[1]!.answer(null);
    await settled();
    expect(cache.peek('a')).toBeNull();
  });

  it('keeps what it has while the store is down', async () => {
    const { cache, asked, clock } = setUp();
    const load = cache.get('a');
    asked[0]!.answer({ name: 'old' });
    await load;
    clock.time += 60_001;
    cache.peek('a');
    asked[1]!.fail(new Error('store is down'));
    await settled();
    expect(cache.peek('a')).toEqual({ name: 'old' });
  });

  it('hands the failure of the store to whoever asked, and asks again for the next', async () => {
    const { cache, asked } = setUp();
    const failed = cache.get('a');
    asked[0]!.fail(new Error('store is down'));
    await expect(failed).rejects.toThrow('store is down');
    const second = cache.get('a');
    asked[1]!.answer({ name: 'a' });
    expect(await second).toEqual({ name: 'a' });
  });

  it('refuses a flood of unknown keys instead of passing it on', async () => {
    const { cache, asked } = setUp();
    const flood = Array.from({ length: 1_200 }, (_, i) => cache.get(`k${i}`).catch((error: unknown) => error));
    expect(asked).toHaveLength(1_000);
    for (const { answer } of asked) answer(null);
    expect((await Promise.all(flood)).filter((result) => result !== null)).toHaveLength(200);
  });
});
