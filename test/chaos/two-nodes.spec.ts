import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDatabase, describeService, services, type TemporaryDatabase } from '../contract/support';
import { expectExact, expectReconciled } from '../support/accounts';
import { type Callers, startCallers } from '../support/callers';
import { type AdminApi, type Gateway, setupRoot, startGateway, until } from '../support/gateway';
import { startSimulator } from '../support/simulator/simulator.mjs';
import { TcpProxy } from '../support/tcp-proxy';
import { PRICES, type Simulator } from '../support/world';

/**
 * Two nodes on PostgreSQL and Redis under mixed load, while nodes are killed, Redis stands still (as under CLIENT PAUSE), loses its
 * connections and goes away, and PostgreSQL stands still and goes away.
 */
const MODELS = [
  'sim-fast@two',
  'sim-echo-delay-20@two',
  'sim-chunks-20-gap-5@two',
  'sim-echo-no-usage@two',
  'sim-chunks-6-cut-3@two',
];

describeService('postgres', 'two nodes', () =>
  describeService('redis', 'with Redis', () => {
    let database: TemporaryDatabase;
    let postgres: TcpProxy;
    let redis: TcpProxy;
    let simulator: Simulator;
    let env: Record<string, string>;
    const nodes: Gateway[] = [];
    const owners: Gateway[] = [];
    let callers: Callers | undefined;

    beforeAll(async () => {
      simulator = await startSimulator();
      database = await createDatabase('postgres');
      postgres = await TcpProxy.before(database.url);
      redis = await TcpProxy.before(services.redis);
      env = {
        DATABASE_URL: postgres.address,
        REDIS_URL: redis.address,
        MASTER_KEY: randomBytes(32).toString('base64'),
      };
      for (let node = 0; node < 2; node += 1) {
        nodes[node] = await startGateway({ env });
        owners[node] = nodes[node]!;
      }
    });
    afterAll(async () => {
      await callers?.stop();
      for (const node of [...nodes, ...owners]) await node.discard();
      for (const proxy of [postgres, redis]) await proxy?.close();
      await database?.drop();
      await simulator?.close();
    });

    const kill = (node: 0 | 1) => async (): Promise<void> => {
      const { dataDir, port } = nodes[node]!;
      await nodes[node]!.kill9();
      nodes[node] = await startGateway({ env, dataDir, port });
    };
    const during = (proxy: () => TcpProxy, fault: 'cut' | 'silence', ms: number) => async (): Promise<void> => {
      proxy()[fault]();
      await sleep(ms);
      proxy().heal();
    };
    const faults: readonly (readonly [string, () => Promise<void>])[] = [
      ['node 0 killed', kill(0)],
      ['Redis stands still', during(() => redis, 'silence', 1_500)],
      ['node 1 killed', kill(1)],
      ['Redis away', during(() => redis, 'cut', 1_500)],
      ['PostgreSQL away', during(() => postgres, 'cut', 3_000)],
      ['node 1 killed again', kill(1)],
      ['PostgreSQL stands still', during(() => postgres, 'silence', 2_000)],
      ['node 0 killed again', kill(0)],
    ];

    async function prepare(api: AdminApi): Promise<string> {
      for (const model of MODELS) await api.setPrice(model, PRICES);
      const keys = ['sim-key-a', 'sim-key-b'];
      await api.createChannel({ name: 'two', baseUrl: `${simulator.url}/v1`, keys, models: MODELS });
      await api.adjust((await api.me()).id, 10_000);
      return (await api.createKey()).key;
    }

    it('lose no received answer, charge none twice, and hold nothing in the end', async () => {
      const api = await setupRoot(nodes[0]!.url);
      const me = await api.me();
      const key = await prepare(api);
      const running = (callers = startCallers(6, { key, models: MODELS, urlOf: (call) => nodes[call % 2]!.url }));
      for (const [fault, happens] of faults) {
        const before = running.received.size;
        await until(`answers before: ${fault}`, async () => running.received.size > before + 20, 60_000);
        await happens();
      }
      const before = running.received.size;
      await until('answers after all of it', async () => running.received.size > before + 20, 60_000);
      await running.stop();
      expect(running.received.size).toBeGreaterThan(150);
      await expectExact(api, me.id, running.received);
      await expectReconciled(api);

      for (const node of nodes) await node.stop('SIGTERM');
      const db = await database.open({ entities: [], migrations: [] });
      expect(await db.query('SELECT * FROM allowances WHERE amount_nano <> 0')).toEqual([]);
      expect(await db.query('SELECT * FROM wallets WHERE escrow_nano <> 0')).toEqual([]);
      for (const { dataDir } of nodes) expect(readdirSync(join(dataDir, 'journal'))).toEqual([]);
    }, 400_000);
  }),
);
