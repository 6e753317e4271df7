import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDatabase, describeService, type TemporaryDatabase } from '../contract/support';
import { expectExact, expectInOrder, expectReconciled } from '../support/accounts';
import { type Callers, startCallers } from '../support/callers';
import { type AdminApi, type Gateway, loginRoot, setupRoot, startGateway, until } from '../support/gateway';
import { startSimulator } from '../support/simulator/simulator.mjs';
import { TcpProxy } from '../support/tcp-proxy';
import { PRICES, type Simulator } from '../support/world';

/** What a gateway does while something it stands on is not there. */
const MODELS = ['sim-fast@out', 'sim-chunks-20-gap-5@out', 'sim-echo-no-usage@out'];

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator?.close());

interface Stand {
  readonly api: AdminApi;
  readonly userId: string;
  readonly callers: Callers;
}

/** A gateway with a root account whose callers do not stop. */
async function begin(gateway: Gateway): Promise<Stand> {
  const api = await setupRoot(gateway.url);
  for (const model of MODELS) await api.setPrice(model, PRICES);
  await api.createChannel({ name: 'out', baseUrl: `${simulator.url}/v1`, keys: ['sim-key-a'], models: MODELS });
  const { id: userId } = await api.me();
  await api.adjust(userId, 10_000);
  const { key } = await api.createKey();
  return { api, userId, callers: startCallers(4, { key, models: MODELS, urlOf: () => gateway.url }) };
}

async function more({ received }: Callers, what: string, count = 20): Promise<void> {
  const before = received.size;
  await until(`answers ${what}`, async () => received.size > before + count, 60_000);
}

for (const dialect of ['postgres', 'mysql'] as const) {
  describeService(dialect, `a database away (${dialect})`, () => {
    let database: TemporaryDatabase;
    let proxy: TcpProxy;
    let gateway: Gateway;
    beforeAll(async () => {
      database = await createDatabase(dialect);
      proxy = await TcpProxy.before(database.url);
      gateway = await startGateway({ env: { DATABASE_URL: proxy.address } });
    });
    afterAll(async () => {
      await gateway?.discard();
      await proxy?.close();
      await database?.drop();
    });

    it('is waited for: calls go on with the money on lease, and are written in order when it is back', async () => {
      const { api, userId, callers } = await begin(gateway);
      await more(callers, 'before');
      proxy.cut();
      await more(callers, 'while the database is away', 40);
      await sleep(6_000);
      proxy.heal();
      await more(callers, 'after');
      await callers.stop();
      await expectExact(api, userId, callers.received);
      await expectInOrder(api, userId);
      await expectReconciled(api);
      for (const [status, body] of callers.refusals)
        expect([status, body]).toEqual([503, { error: expect.anything() }]);
    }, 240_000);
  });
}

describe('a full disk', () => {
  const folder = mkdtempSync(join(tmpdir(), 'disk-'));
  const state = join(folder, 'state');
  let gateway: Gateway;
  beforeAll(async () => {
    const nodeArguments = ['--require', resolve('test/support/disk-full.cjs')];
    gateway = await startGateway({ nodeArguments, env: { DISK_FULL: state } });
  });
  afterAll(async () => {
    await gateway?.discard();
    rmSync(folder, { recursive: true, force: true });
  });

  it('refuses new calls with 503 before money is at risk, loses no call under way, and recovers', async () => {
    const { api, userId, callers } = await begin(gateway);
    const refused = async (): Promise<void> => {
      const before = callers.statuses.get(503) ?? 0;
      await until('refusals', async () => (callers.statuses.get(503) ?? 0) > before + 5, 60_000);
      expect(callers.refusals.get(503)).toMatchObject({ error: { code: 'unavailable' } });
    };
    for (const fullness of ['nearly', 'full']) {
      await more(callers, `before it is ${fullness}`);
      writeFileSync(state, fullness);
      await refused();
      const upstream = simulator.requests().length;
      await refused();
      // A call that had been let in may still be on its way there.
      expect(simulator.requests().length - upstream).toBeLessThanOrEqual(4);
      rmSync(state);
    }
    await more(callers, 'after');
    await callers.stop();
    await expectExact(api, userId, callers.received);
    await expectInOrder(api, userId);
    await expectReconciled(api);
  }, 240_000);
});

describe('a clock that is set', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clock-'));
  const shift = join(folder, 'shift');
  let gateway: Gateway;
  beforeAll(async () => {
    const nodeArguments = ['--require', resolve('test/support/clock-shift.cjs')];
    gateway = await startGateway({ nodeArguments, env: { CLOCK_SHIFT: shift } });
  });
  afterAll(async () => {
    await gateway?.discard();
    rmSync(folder, { recursive: true, force: true });
  });

  it('forth and back by an hour makes no time negative, no id twice, and no charge wrong', async () => {
    const { userId, callers } = await begin(gateway);
    for (const minutes of [60, -60, 5, 0, -5, 0]) {
      await more(callers, `before the clock is set to ${minutes} minutes`);
      writeFileSync(shift, String(minutes * 60_000));
      process.kill(gateway.pid, 'SIGUSR2');
    }
    await more(callers, 'after');
    await callers.stop();
    const api = await loginRoot(gateway.url);
    await expectExact(api, userId, callers.received);
    await expectInOrder(api, userId);
    await expectReconciled(api);
  }, 240_000);
});
