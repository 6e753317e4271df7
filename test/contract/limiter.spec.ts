import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Admission,
  type Granted,
  type Limiter,
  type LimiterOptions,
  MemoryLimiter,
  RedisLimiter,
} from '@app/platform/limiter';
import { RedisLink } from '@app/platform/redis';
import { Logger } from '@nestjs/common';
import { eventually, PATIENCE_MS } from '../support/eventually';
import { forgetKeys } from '../support/redis-keys';
import { TcpProxy } from '../support/tcp-proxy';
import { describeRedis } from './support';

// What is logged here is expected.
Logger.overrideLogger(false);

/** Names this run among others on the same Redis. */
const run = `test:${randomUUID()}`;

interface Driver {
  open(options?: Partial<LimiterOptions>): Promise<Limiter>;
  close(): void;
}

function memoryDriver(): Driver {
  return { open: async (options) => new MemoryLimiter(options), close: () => undefined };
}

/** Every limiter it opens is a node of its own on the same Redis. */
function redisDriver(redisUrl: string): Driver {
  const prefix = `${run}:${randomUUID()}:`;
  const nodes: RedisLimiter[] = [];
  return {
    async open(options) {
      // A command that came too late on a busy machine would be counted by this node alone.
      const link = new RedisLink(redisUrl, 'limiter-test', 'test', { commandTimeout: PATIENCE_MS });
      await link.settled(PATIENCE_MS);
      const node = new RedisLimiter(link, new MemoryLimiter(options), options, prefix);
      nodes.push(node);
      return node;
    },
    close: () => nodes.forEach((node) => node.onApplicationShutdown()),
  };
}

const burst = (count: number, acquire: (n: number) => Admission | Promise<Admission>): Promise<Admission[]> =>
  Promise.all(Array.from({ length: count }, async (_, n) => acquire(n)));

const admitted = async (answer: Admission | Promise<Admission>): Promise<Granted> => {
  const admission = await answer;
  if (!admission.ok) throw new Error(`refused: ${admission.reason}`);
  return admission;
};

/** When all releases before this call have reached the store. */
async function released(limiter: Limiter): Promise<void> {
  const rules = [{ key: randomUUID(), concurrency: 1 }];
  (await admitted(limiter.acquire(rules, 0))).release(0);
  await eventually(async () => (await limiter.acquire(rules, 0)).ok);
}

/** An answer, and between which moments the limiter gave it: its own clock stood somewhere there. */
interface Timed {
  readonly answer: Admission;
  readonly from: number;
  readonly to: number;
}

async function timed(acquire: () => Admission | Promise<Admission>): Promise<Timed> {
  const from = performance.now();
  const answer = await acquire();
  return { answer, from, to: performance.now() };
}

/** Between this process's clock and the limiter's, in whole milliseconds both. */
const CLOCKS_APART_MS = 10;

/** Expects a refusal to name the moment at which `charge` has left the window. */
function expectWait({ answer, from, to }: Timed, charge: Timed, windowMs: number): void {
  if (answer.ok) throw new Error('admitted above the limit');
  expect(answer.retryAfterMs).toBeGreaterThanOrEqual(charge.from + windowMs - to - CLOCKS_APART_MS);
  expect(answer.retryAfterMs).toBeLessThanOrEqual(charge.to + windowMs - from + CLOCKS_APART_MS);
}

function contract(makeDriver: () => Driver): void {
  let driver: Driver;
  let limiter: Limiter;
  beforeEach(async () => {
    driver = makeDriver();
    limiter = await driver.open();
  });
  afterEach(() => driver.close());

  it('admits exactly 10 of 200 parallel requests under a limit of 10', async () => {
    const answers = await burst(200, () => limiter.acquire([{ key: 'k', rpm: 10 }], 0));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(10);
    const refused = answers.filter((answer) => !answer.ok);
    expect(new Set(refused.map(({ reason }) => reason))).toEqual(new Set(['requests']));
  });

  it('admits exactly 10 of 200 parallel requests under a concurrency of 10, and as many as were released after that', async () => {
    const rules = [{ key: 'k', concurrency: 10 }];
    const answers = await burst(200, () => limiter.acquire(rules, 0));
    const granted = answers.filter((answer) => answer.ok);
    expect(granted).toHaveLength(10);
    granted.slice(0, 3).forEach((admission) => admission.release(0));
    await released(limiter);
    const again = await burst(20, () => limiter.acquire(rules, 0));
    expect(again.filter(({ ok }) => ok)).toHaveLength(3);
  });

  it('charges none of the rules when one refuses', async () => {
    const open = { key: 'open', rpm: 2, tpm: 100, concurrency: 2 };
    await admitted(limiter.acquire([{ key: 'full', rpm: 1 }], 0));
    for (let n = 0; n < 5; n++) {
      expect(await limiter.acquire([open, { key: 'full', rpm: 1 }], 50)).toMatchObject({
        ok: false,
        reason: 'requests',
      });
    }
    const { state } = await admitted(limiter.acquire([open], 50));
    expect(state).toMatchObject({ remainingRequests: 1, remainingTokens: 50 });
    await admitted(limiter.acquire([open], 50));
  });

  it('reserves the estimate and corrects it to what was used', async () => {
    const rules = [{ key: 'k', tpm: 1_000 }];
    const first = await admitted(limiter.acquire(rules, 900));
    expect(await limiter.acquire(rules, 200)).toMatchObject({ ok: false, reason: 'tokens' });
    first.release(100);
    await released(limiter);
    const second = await admitted(limiter.acquire(rules, 200));
    expect(second.state).toMatchObject({ limitTokens: 1_000, remainingTokens: 700 });
    second.release(900);
    await released(limiter);
    expect(await limiter.acquire(rules, 0)).toMatchObject({
      ok: false,
      reason: 'tokens',
      state: { remainingTokens: 0 },
    });
  });

  it('lets one request whose estimate is above the whole limit pass, alone', async () => {
    const rules = [{ key: 'k', tpm: 1_000 }];
    await admitted(limiter.acquire(rules, 50_000));
    expect(await limiter.acquire(rules, 1)).toMatchObject({ ok: false, reason: 'tokens' });
  });

  it('counts a release once', async () => {
    const rules = [{ key: 'k', tpm: 1_000, concurrency: 2 }];
    const [one] = [await admitted(limiter.acquire(rules, 100)), await admitted(limiter.acquire(rules, 100))];
    one.release(200);
    one.release(200);
    one.release(0);
    await released(limiter);
    const { state } = await admitted(limiter.acquire(rules, 100));
    expect(state).toMatchObject({ remainingTokens: 600 });
    expect(await limiter.acquire(rules, 100)).toMatchObject({ ok: false, reason: 'concurrency' });
  });

  it('names the wait after which a repeated request passes, and no earlier', async () => {
    const windowMs = 3_000;
    limiter = await driver.open({ windowMs });
    const ask = () => timed(() => limiter.acquire([{ key: 'k', rpm: 2 }], 0));
    const first = await ask();
    await sleep(200);
    const second = await ask();
    expect([first.answer.ok, second.answer.ok]).toEqual([true, true]);
    expectWait(await ask(), first, windowMs);
    for (let asked = await ask(); ; asked = await ask()) {
      if (asked.answer.ok) {
        expect(asked.to).toBeGreaterThanOrEqual(first.from + windowMs - CLOCKS_APART_MS);
        break;
      }
      expect(asked.from).toBeLessThanOrEqual(first.to + windowMs + CLOCKS_APART_MS);
      await sleep(5);
    }
  });

  it('names the wait until enough tokens are free, not until the first are', async () => {
    const windowMs = 20_000;
    limiter = await driver.open({ windowMs });
    const ask = (tokens: number) => timed(() => limiter.acquire([{ key: 'k', tpm: 100 }], tokens));
    const first = await ask(40);
    await sleep(windowMs / 30 + CLOCKS_APART_MS); // into another cell
    const second = await ask(60);
    expectWait(await ask(30), first, windowMs);
    expectWait(await ask(80), second, windowMs);
  });

  it('tells the longest of several waits', async () => {
    const rules = [
      { key: 'a', concurrency: 1 },
      { key: 'b', rpm: 1 },
    ];
    await admitted(limiter.acquire(rules, 0));
    expect(await limiter.acquire(rules, 0)).toMatchObject({ ok: false, reason: 'requests' });
    expect(await limiter.acquire([rules[0]!], 0)).toMatchObject({ reason: 'concurrency', retryAfterMs: 1_000 });
  });

  it('never admits more than the limit in any window', async () => {
    const windowMs = 400;
    limiter = await driver.open({ windowMs });
    const passed: Timed[] = [];
    while (passed.length < 50) {
      const asked = await timed(() => limiter.acquire([{ key: 'k', rpm: 20 }], 0));
      if (asked.answer.ok) passed.push(asked);
      else await sleep(3);
    }
    const within = ({ from }: Timed) =>
      passed.filter((one) => one.from >= from && one.to < from + windowMs - CLOCKS_APART_MS).length;
    expect(Math.max(...passed.map(within))).toBeLessThanOrEqual(20);
  });

  it('reports the state of the tightest rule, separately for requests and tokens', async () => {
    const rules = [
      { key: 'key', rpm: 10, tpm: 100_000 },
      { key: 'group', rpm: 500, tpm: 2_000 },
    ];
    const { state } = await admitted(limiter.acquire(rules, 300));
    expect(state).toMatchObject({
      limitRequests: 10,
      remainingRequests: 9,
      limitTokens: 2_000,
      remainingTokens: 1_700,
    });
    expect(state.resetRequestsMs).toBeGreaterThan(60_000 - PATIENCE_MS);
    expect(state.resetRequestsMs).toBeLessThanOrEqual(60_000);
    expect(state.resetTokensMs).toBeLessThanOrEqual(60_000);
  });

  it('has no state for units that no rule limits', async () => {
    const { state } = await admitted(limiter.acquire([{ key: 'k', concurrency: 5 }], 100));
    expect(state).toEqual({});
  });

  it('answers without a promise and without a counter when nothing is limited', () => {
    const admission = limiter.acquire([{ key: 'k' }, { key: 'l', rpm: null }], 1_000_000);
    expect(admission).not.toBeInstanceOf(Promise);
    expect(admission).toMatchObject({ ok: true, state: {} });
    expect(admission).toBe(limiter.acquire([], 5));
  });

  it('lets nothing pass a limit of 0', async () => {
    for (const rule of [{ rpm: 0 }, { tpm: 0 }, { concurrency: 0 }]) {
      const answer = await limiter.acquire([{ key: 'k', ...rule }], 0);
      expect(answer.ok).toBe(false);
      if (!answer.ok) expect(answer.retryAfterMs).toBeGreaterThan(0);
    }
  });

  it('frees a slot that was never released', async () => {
    const maxHoldMs = 3_000;
    limiter = await driver.open({ leaseMs: maxHoldMs / 2, maxHoldMs });
    const rules = [{ key: 'k', concurrency: 1 }];
    const since = performance.now();
    await admitted(limiter.acquire(rules, 0));
    await eventually(async () => (await limiter.acquire(rules, 0)).ok);
    expect(performance.now() - since).toBeGreaterThanOrEqual(maxHoldMs - CLOCKS_APART_MS);
  });
}

describe('limiter · memory', () => contract(memoryDriver));

describeRedis('limiter', (redisUrl) => {
  afterAll(() => forgetKeys(redisUrl, `${run}:*`));

  contract(() => redisDriver(redisUrl));

  it('shares the limit between nodes', async () => {
    const driver = redisDriver(redisUrl);
    const nodes = [await driver.open(), await driver.open()];
    const answers = await burst(200, (n) => nodes[n % 2]!.acquire([{ key: 'k', rpm: 10, concurrency: 100 }], 0));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(10);
    driver.close();
  });

  it('keeps the slots of a living node and frees those of a dead one', async () => {
    const driver = redisDriver(redisUrl);
    const options = { leaseMs: 2_000 };
    const [dying, living] = [(await driver.open(options)) as RedisLimiter, await driver.open(options)];
    const rules = [{ key: 'k', concurrency: 2 }];
    await admitted(dying.acquire(rules, 0));
    await admitted(living.acquire(rules, 0));
    dying.onApplicationShutdown();
    await eventually(async () => (await living.acquire(rules, 0)).ok);
    expect((await living.acquire(rules, 0)).ok).toBe(false);
    driver.close();
  });

  it.each(['cut', 'silence'] as const)(
    'counts locally when Redis is gone (%s), and shared when it is back',
    async (fault) => {
      const proxy = await TcpProxy.before(redisUrl);
      const link = new RedisLink(proxy.address, 'limiter-test', 'test');
      await link.settled(PATIENCE_MS);
      const limiter = new RedisLimiter(link, new MemoryLimiter(), {}, `${run}:${randomUUID()}:`);
      const rules = [{ key: 'k', rpm: 3 }];
      await admitted(limiter.acquire(rules, 0));

      proxy[fault]();
      const first = await burst(10, () => limiter.acquire(rules, 0));
      expect(first.filter(({ ok }) => ok)).toHaveLength(3);
      // From then on nobody waits for Redis.
      expect(limiter.acquire(rules, 0)).not.toBeInstanceOf(Promise);

      proxy.heal();
      await link.settled(PATIENCE_MS);
      expect((await limiter.acquire(rules, 0)).state.limitRequests).toBe(3);
      expect(link.usable).toBe(true);
      limiter.onApplicationShutdown();
      await proxy.close();
    },
  );
});

describe('limiter with an unreachable Redis', () => {
  it('admits locally from the first request on', () => {
    const link = new RedisLink('redis://127.0.0.1:1', 'limiter-test', 'test');
    const limiter = new RedisLimiter(link, new MemoryLimiter());
    expect(limiter.acquire([{ key: 'k', rpm: 1 }], 0)).toMatchObject({ ok: true });
    expect(limiter.acquire([{ key: 'k', rpm: 1 }], 0)).toMatchObject({ ok: false });
    limiter.onApplicationShutdown();
  });
});
