import { randomBytes } from 'node:crypto';
import { createDatabase, describeService, services, type TemporaryDatabase } from '../contract/support';
import { type Gateway, startGateway, until } from '../support/gateway';
import { nano, readSse, type Served, World } from '../support/world';

/** The same gateway on the shared databases, alone and as two nodes. */
const dollarACall = { inputPerMTok: 0, outputPerMTok: 100_000 };

async function start(dialect: 'postgres' | 'mysql', more: Record<string, string> = {}) {
  const database = await createDatabase(dialect);
  const env = { DATABASE_URL: database.url, MASTER_KEY: randomBytes(32).toString('base64'), ...more };
  try {
    return { database, env, world: await World.start({ env }) };
  } catch (error) {
    await database.drop();
    throw error;
  }
}

const alone = (['postgres', 'mysql'] as const).flatMap((dialect) =>
  [false, true].map((redis) => ({ dialect, redis, title: `one node on ${dialect}${redis ? ' and Redis' : ''}` })),
);

for (const { dialect, redis, title } of alone) {
  const suite = (body: () => void): void =>
    redis
      ? describeService(dialect, title, () => describeService('redis', 'with Redis', body))
      : describeService(dialect, title, body);
  suite(() => {
    let world: World;
    let database: TemporaryDatabase;
    beforeAll(async () => {
      ({ world, database } = await start(dialect, redis ? { REDIS_URL: services.redis } : {}));
    });
    afterAll(async () => {
      await world?.close();
      await database?.drop();
    });

    it('answers, fails over, charges and logs', async () => {
      const served = await world.serve('sim-echo', [{ keys: ['500'], priority: 10 }, {}]);
      const account = await world.account(5);
      for (const stream of [false, true]) {
        const answer = await world.chat(served.model, { key: account.key.key, text: '你好 🎈', stream });
        expect(answer.status).toBe(200);
        if (stream) expect(readSse(answer.text)).toMatchObject({ said: '你好 🎈', done: true });
        expect(await world.usage(answer.requestId)).toMatchObject({
          status: 'ok',
          userId: account.user.id,
          attempts: [{}, {}],
        });
      }
      await expectLedgerOf(world, account.user.id, 3);
    });

    it('pays 10 of 200 parallel calls from a balance for 10', async () => {
      const served = await world.serve('sim-chunks-100-delay-200', [{}], dollarACall);
      const account = await world.account(10);
      const ask = () => world.chat(served.model, { key: account.key.key, max_tokens: 10 });
      const statuses = (await Promise.all(Array.from({ length: 200 }, ask))).map(({ status }) => status);
      expect([
        statuses.filter((status) => status === 200).length,
        statuses.filter((status) => status === 402).length,
      ]).toEqual([10, 190]);
      await expectLedgerOf(world, account.user.id, 11);
    });
  });
}

async function expectLedgerOf(world: World, userId: string, entries: number): Promise<void> {
  const ledger = await until(`${entries} ledger entries`, async () => {
    const seen = await world.api.ledger(userId);
    return seen.length >= entries ? seen : null;
  });
  expect(ledger).toHaveLength(entries);
  const { balanceUsd } = await world.api.user(userId);
  expect(ledger.reduce((sum, { amountUsd }) => sum + nano(amountUsd), 0)).toBe(nano(balanceUsd));
}

const pairs = [
  { title: 'over PostgreSQL alone', redis: false },
  { title: 'over PostgreSQL and Redis', redis: true },
];

describe.each(pairs)('two nodes $title', ({ redis }) => {
  const suite = redis ? describeBoth : (title: string, body: () => void) => describeService('postgres', title, body);
  suite('behave as one', () => {
    let here: World;
    let there: World;
    /** The second node; started again after a kill, the first of them owns the data folder. */
    const others: Gateway[] = [];
    const startOther = async (place?: { dataDir: string; port: number }) => {
      const other = await startGateway({ env, ...place });
      others.push(other);
      return other;
    };
    let database: TemporaryDatabase;
    let env: Record<string, string>;
    beforeAll(async () => {
      ({ world: here, database, env } = await start('postgres', redis ? { REDIS_URL: services.redis } : {}));
      there = here.through(await startOther());
    });
    afterAll(async () => {
      for (const other of others.reverse()) await other.discard();
      await here?.close();
      await database?.drop();
    });

    /** Nodes hear of changes in order: then all that was changed before is known there too. */
    const knownThere = ({ model }: Served) =>
      until('the model there', async () => (await there.get(`/v1/models/${encodeURIComponent(model)}`)).status === 200);

    it("know each other's channels, keys, prices and settings", async () => {
      const served = await here.serve('sim-fast');
      await until('the channel there', async () => (await there.chat(served.model)).status === 200);
      const { id, key } = await here.api.createKey();
      await until('the key there', async () => (await there.chat(served.model, { key })).status === 200);
      await here.api.changeKey(id, { status: 'disabled' });
      await until('the key disabled there', async () => (await there.chat(served.model, { key })).status === 401);
      await here.api.changeChannel(served.channels[0]!.id, { status: 'disabled' });
      await until('the channel disabled there', async () => (await there.chat(served.model)).status === 404);
      await here.api.changeSettings({ relay: { timeout: { firstByteMs: 2_000 } } });
      const silent = await here.serve('sim-hang');
      await knownThere(silent);
      expect((await there.chat(silent.model)).status).toBe(504);
      await here.api.changeSettings({ relay: { timeout: { firstByteMs: 120_000 } } });
    });

    it('share one balance', async () => {
      const served = await here.serve('sim-chunks-100-delay-200', [{}], dollarACall);
      const account = await here.account(10);
      await knownThere(served);
      const ask = (node: World) => node.chat(served.model, { key: account.key.key, max_tokens: 10 });
      const answers = await Promise.all(Array.from({ length: 60 }, (_, index) => ask(index % 2 ? here : there)));
      const paid = answers.filter(({ status }) => status === 200).length;
      expect(paid).toBeLessThanOrEqual(10);
      expect(answers.every(({ status }) => status === 200 || status === 402)).toBe(true);
      // What a node leased and did not need comes back: the rest of the money can be spent, to the last call.
      let spent = paid;
      await until('the whole balance spent', async () => {
        for (const node of [here, there]) if (spent < 10 && (await ask(node)).status === 200) spent++;
        return spent === 10;
      });
      expect((await ask(here)).status).toBe(402);
      expect((await ask(there)).status).toBe(402);
      await expectLedgerOf(here, account.user.id, 11);
    });

    it('rest a credential together', async () => {
      const served = await here.serve('sim-fast', [{ keys: ['429-retry-300'], priority: 10 }, {}]);
      await knownThere(served);
      expect((await here.chat(served.model)).status).toBe(200);
      await knownThere(await here.serve('sim-fast'));
      const before = served.seen().length;
      expect((await there.chat(served.model)).status).toBe(200);
      expect(served.seen()).toHaveLength(before + 1);
    });

    // Without Redis each node counts for itself.
    if (redis)
      it('share one limit of requests', async () => {
        const served = await here.serve('sim-fast');
        const { key } = await here.api.createKey({ rpm: 5 });
        await knownThere(served);
        const statuses = [];
        for (let call = 0; call < 8; call++)
          statuses.push((await (call % 2 ? here : there).chat(served.model, { key })).status);
        expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429, 429]);
      });

    it('outlive one another: what a killed node held is given back', async () => {
      const served = await here.serve('sim-stall-1', [{}], dollarACall);
      const account = await here.account(1);
      await knownThere(served);
      const hanging = there
        .chat(served.model, { key: account.key.key, max_tokens: 10, stream: true })
        .catch(() => null);
      await until('the call upstream', async () => served.seen().length === 1);
      const { dataDir, port } = there.gateway;
      await there.gateway.kill9();
      await hanging;
      await startOther({ dataDir, port });
      const good = await here.serve('sim-chunks-100', [{}], dollarACall);
      await until(
        'the money back',
        async () => (await here.chat(good.model, { key: account.key.key, max_tokens: 10 })).status === 200,
      );
      await expectLedgerOf(here, account.user.id, 2);
    });
  });
});

function describeBoth(title: string, body: () => void): void {
  describeService('postgres', title, () => describeService('redis', 'with Redis', body));
}
