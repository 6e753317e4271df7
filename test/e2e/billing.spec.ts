import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AdminApi,
  type LedgerEntry,
  loginRoot,
  setupRoot,
  startGateway,
  until,
  type UsageRow,
} from '../support/gateway';
import { type Account, nano, PRICES, readSse, useWorld, type World } from '../support/world';

/** Every answer is charged once, exactly, and never more than there is. */
let world: World;

useWorld((opened) => {
  world = opened;
});

const tokens = (text: string) => Math.ceil(text.length / 4);
const priceOf = (input: number, output: number) => (input * PRICES.inputPerMTok + output * PRICES.outputPerMTok) / 1e6;

/** Σ ledger = balance, and each entry says the balance it left. */
async function expectBalanced(api: AdminApi, userId: string): Promise<LedgerEntry[]> {
  const ledger = await api.ledger(userId);
  const { balanceUsd } = await api.user(userId);
  expect(ledger.reduce((sum, { amountUsd }) => sum + nano(amountUsd), 0)).toBe(nano(balanceUsd));
  let running = 0;
  for (const entry of [...ledger].reverse())
    expect(nano(entry.balanceAfterUsd)).toBe((running += nano(entry.amountUsd)));
  return ledger;
}

const charges = (ledger: readonly LedgerEntry[]) => ledger.filter(({ kind }) => kind === 'charge');

describe('one call', () => {
  it('is charged at its price, once, and logged in full', async () => {
    const served = await world.serve('sim-chunks-20-cached-3-delay-100');
    const account = await world.account(5);
    const answer = await world.chat(served.model, { key: account.key.key, text: 'x'.repeat(400), stream: true });
    const row = await world.usage(answer.requestId);
    const output = tokens(readSse(answer.text).said);
    expect(row).toEqual<UsageRow>({
      ...row,
      id: expect.any(String),
      requestId: answer.requestId!,
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      userId: account.user.id,
      tokenId: account.key.id,
      channelId: served.channels[0]!.id,
      model: served.model,
      upstreamModel: served.model,
      protocol: 'openai-chat',
      stream: true,
      status: 'ok',
      httpStatus: 200,
      inputTokens: 100,
      outputTokens: output,
      cacheReadTokens: 3,
      cacheWriteTokens: 0,
      reasoningTokens: 0,
      costUsd: expect.any(Number),
      durationMs: expect.any(Number),
      firstByteMs: expect.any(Number),
      attempts: [expect.objectContaining({ channelId: served.channels[0]!.id, status: 200 })],
      usageSource: 'upstream',
    });
    expect(row.firstByteMs).toBeGreaterThanOrEqual(95);
    expect(row.durationMs).toBeGreaterThanOrEqual(row.firstByteMs!);
    const [charge, ...more] = charges(await expectBalanced(world.api, account.user.id));
    expect([charge!.requestId, nano(charge!.amountUsd), more]).toEqual([answer.requestId, -nano(row.costUsd), []]);
    const user = await world.api.user(account.user.id);
    expect([nano(user.balanceUsd), nano(user.usedUsd), user.requestCount]).toEqual([
      nano(5 - row.costUsd),
      nano(row.costUsd),
      1,
    ]);
  });

  it('costs input × its price + output × its price, to the nano-dollar, streamed or not', async () => {
    const served = await world.serve('sim-echo', [{}], { inputPerMTok: 0.15, outputPerMTok: 0.6 });
    const text = 'y'.repeat(1_001);
    for (const stream of [false, true]) {
      const row = await world.usage((await world.chat(served.model, { text, stream })).requestId);
      expect(nano(row.costUsd)).toBe(251 * 150 + 251 * 600);
    }
  });

  it('reads the cache at its own price', async () => {
    const served = await world.serve('sim-fast-cached-50', [{}], {
      inputPerMTok: 1_000,
      outputPerMTok: 0,
      cacheReadPerMTok: 100,
    });
    const row = await world.usage((await world.chat(served.model, { text: 'z'.repeat(400) })).requestId);
    expect(nano(row.costUsd)).toBe(nano(0.05 + 0.005));
  });

  it("costs the group's multiple", async () => {
    await world.api.call('PUT', '/groups/dear', { priceMultiplier: 2.5 });
    const served = await world.serve('sim-fast', [{ groups: ['dear'] }]);
    const account = await world.account(5, {}, 'dear');
    const row = await world.usage(
      (await world.chat(served.model, { key: account.key.key, text: 'x'.repeat(40) })).requestId,
    );
    expect(nano(row.costUsd)).toBe(nano(2.5 * priceOf(10, 1)));
    await expectBalanced(world.api, account.user.id);
  });

  it('takes the new price from the next call on', async () => {
    const served = await world.serve('sim-fast', [{}], { inputPerMTok: 0, outputPerMTok: 1_000 });
    await world.chat(served.model);
    await world.api.setPrice(served.model, { inputPerMTok: 0, outputPerMTok: 3_000 });
    await until(
      'the new price',
      async () => nano((await world.usage((await world.chat(served.model)).requestId)).costUsd) === nano(0.003),
    );
  });

  it('is settled before its caller has the whole answer', async () => {
    const served = await world.serve('sim-fast');
    const account = await world.account(1);
    for (let call = 1; call <= 5; call++) {
      await world.chat(served.model, { key: account.key.key });
      await until('the charge', async () => (await world.api.user(account.user.id)).requestCount === call);
    }
    expect(charges(await expectBalanced(world.api, account.user.id))).toHaveLength(5);
  });
});

describe("the upstream's usage", () => {
  it.each([false, true])('is estimated and marked where it is missing (stream %s)', async (stream) => {
    const served = await world.serve('sim-echo-no-usage');
    const row = await world.usage((await world.chat(served.model, { stream, text: 'w'.repeat(4_000) })).requestId);
    expect(row).toMatchObject({ status: 'ok', usageSource: 'estimated' });
    expect(row.inputTokens).toBeGreaterThan(900);
    expect(row.inputTokens).toBeLessThan(1_200);
    expect(row.outputTokens).toBeGreaterThan(900);
    expect(row.outputTokens).toBeLessThan(1_200);
    expect(nano(row.costUsd)).toBe(nano(priceOf(row.inputTokens, row.outputTokens)));
  });

  it.each([false, true])('of zero is zero, not absent (stream %s)', async (stream) => {
    const served = await world.serve('sim-echo-zero-usage');
    const row = await world.usage((await world.chat(served.model, { stream })).requestId);
    expect(row).toMatchObject({ inputTokens: 0, outputTokens: 0, costUsd: 0, usageSource: 'upstream' });
  });

  it.each([false, true])('below zero never pays the caller (stream %s)', async (stream) => {
    const served = await world.serve('sim-echo-negative-usage');
    const row = await world.usage((await world.chat(served.model, { stream })).requestId);
    expect(row.costUsd).toBeGreaterThanOrEqual(0);
    expect(row.inputTokens).toBeGreaterThanOrEqual(0);
    expect(row.outputTokens).toBeGreaterThanOrEqual(0);
  });
});

describe('a caller who leaves', () => {
  it('stops the upstream and pays for what was delivered', async () => {
    const served = await world.serve('sim-chunks-400-gap-30');
    const account = await world.account(100);
    const leaving = new AbortController();
    const events = await world
      .openai(account.key.key)
      .chat.completions.create(
        { model: served.model, messages: [{ role: 'user', content: 'go' }], stream: true },
        { signal: leaving.signal },
      );
    let heard = 0;
    try {
      for await (const event of events) if (event.choices[0]?.delta.content && ++heard === 10) leaving.abort();
    } catch {
      // the SDK throws its own abort
    }
    await until('the upstream closed', async () => served.seen().find(({ abortedAt }) => abortedAt !== null));
    const row = await world.usageOf(served.model);
    expect(row).toMatchObject({ status: 'aborted', usageSource: 'estimated' });
    expect(row.outputTokens).toBeGreaterThanOrEqual(10);
    expect(row.outputTokens).toBeLessThan(tokens('word000 '.repeat(400)) / 2);
    expect(row.costUsd).toBeGreaterThan(0);
    expect(charges(await expectBalanced(world.api, account.user.id))).toMatchObject([{ amountUsd: -row.costUsd }]);
  });

  it.each(['sim-delay-60000', 'sim-hang'])(
    'before %s has said anything stops the upstream and pays nothing',
    async (script) => {
      const served = await world.serve(script);
      const account = await world.account(100);
      for (const [before, stream] of [false, true].entries()) {
        const leaving = new AbortController();
        const call = world
          .openai(account.key.key)
          .chat.completions.create(
            { model: served.model, messages: [{ role: 'user', content: 'go' }], stream },
            { signal: leaving.signal },
          );
        await until('the call upstream', async () => served.seen().length > before);
        leaving.abort();
        await expect(call).rejects.toThrow();
      }
      await until(
        'both upstream calls closed',
        async () => served.seen().length === 2 && served.seen().every(({ abortedAt }) => abortedAt !== null),
      );
      expect(await world.usageOf(served.model)).toMatchObject({ status: 'aborted', costUsd: 0 });
      expect(charges(await expectBalanced(world.api, account.user.id))).toEqual([]);
      expect(nano((await world.api.user(account.user.id)).balanceUsd)).toBe(nano(100));
    },
  );

  it('after the last chunk pays the full price once', async () => {
    const served = await world.serve('sim-chunks-5');
    const account = await world.account(100);
    const response = await fetch(`${world.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${account.key.key}` },
      body: JSON.stringify({ model: served.model, stream: true, messages: [{ role: 'user', content: 'go' }] }),
    });
    const reader = response.body!.getReader();
    for (let text = ''; !text.includes('word4');) text += Buffer.from((await reader.read()).value ?? []).toString();
    await reader.cancel();
    const row = await world.usageOf(served.model);
    expect(nano(row.costUsd)).toBeGreaterThan(0);
    expect(charges(await expectBalanced(world.api, account.user.id))).toHaveLength(1);
  });

  it('and one who reads slowly does not fill the memory', async () => {
    const served = await world.serve('sim-big-line');
    const response = await fetch(`${world.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${world.key}` },
      body: JSON.stringify({ model: served.model, stream: true, messages: [{ role: 'user', content: 'go' }] }),
    });
    await sleep(500);
    expect(readSse(await response.text()).said).toHaveLength(1024 * 1024);
  });
});

describe('a balance', () => {
  /** Ten tokens at 10 cents: a dollar a call, held and charged alike. */
  const dollar = { inputPerMTok: 0, outputPerMTok: 100_000 };
  const ask = (account: Account, model: string, fields = {}) =>
    world.chat(model, { key: account.key.key, max_tokens: 10, ...fields });

  it('for 10 calls pays 10 of 200 parallel ones, and the others get 402', async () => {
    const served = await world.serve('sim-chunks-100-delay-300', [{}], dollar);
    const account = await world.account(10);
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) => ask(account, served.model, { stream: index % 2 === 0 })),
    );
    const statuses = answers.map(({ status }) => status);
    expect([
      statuses.filter((status) => status === 200).length,
      statuses.filter((status) => status === 402).length,
    ]).toEqual([10, 190]);
    const refusal = answers.find(({ status }) => status === 402)!;
    expect(refusal.json().error).toMatchObject({ code: 'insufficient_quota' });
    await until('all charges', async () => nano((await world.api.user(account.user.id)).balanceUsd) === 0);
    expect(charges(await expectBalanced(world.api, account.user.id))).toHaveLength(10);
    expect(served.seen()).toHaveLength(10);
  });

  it('never falls below what one call exceeded its hold by', async () => {
    const served = await world.serve('sim-chunks-40-delay-100', [{}], dollar);
    const account = await world.account(10);
    await Promise.all(Array.from({ length: 50 }, () => ask(account, served.model, { max_tokens: 1 })));
    const { balanceUsd } = await until('charges', async () => {
      const user = await world.api.user(account.user.id);
      return user.requestCount >= 50 ? user : null;
    });
    expect(balanceUsd).toBeGreaterThanOrEqual(0);
    await expectBalanced(world.api, account.user.id);
  });

  it('of nothing is a 402 at once, without an upstream call, and a top-up helps', async () => {
    const served = await world.serve('sim-fast', [{}], dollar);
    const account = await world.account(0);
    expect(await ask(account, served.model)).toMatchObject({ status: 402 });
    expect(served.seen()).toHaveLength(0);
    await world.api.adjust(account.user.id, 5);
    await until('the top-up', async () => (await ask(account, served.model)).status === 200);
    await world.api.adjust(account.user.id, -4.9);
    await until('the money taken', async () => (await ask(account, served.model, { max_tokens: 100 })).status === 402);
    await expectBalanced(world.api, account.user.id);
  });

  it('is given back whole when every upstream fails', async () => {
    const served = await world.serve('sim-500', [{}], dollar);
    const account = await world.account(10);
    for (let call = 0; call < 3; call++) await ask(account, served.model);
    const good = await world.serve('sim-chunks-100', [{}], dollar);
    for (let call = 0; call < 10; call++) expect((await ask(account, good.model)).status).toBe(200);
    expect((await ask(account, good.model)).status).toBe(402);
  });
});

describe("a key's budget", () => {
  it('ends with 402 while its owner still has money, and is told by /v1/usage', async () => {
    const served = await world.serve('sim-chunks-100', [{}], { inputPerMTok: 0, outputPerMTok: 100_000 });
    const account = await world.account(100, { budgetUsd: 2 });
    const ask = () => world.chat(served.model, { key: account.key.key, max_tokens: 10 });
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 200]);
    const over = await ask();
    expect([over.status, over.json().error.code]).toEqual([402, 'insufficient_quota']);
    const own = await until('usage', async () => {
      const seen = (await world.get('/v1/usage', account.key.key)).json();
      return seen.usedUsd === 2 ? seen : null;
    });
    expect(own).toMatchObject({ budgetUsd: 2, usedUsd: 2, balanceUsd: 98, expiresAt: null });
    await account.api.changeKey(account.key.id, { budgetUsd: 3 });
    await until('the raised budget', async () => (await ask()).status === 200);
    expect((await ask()).status).toBe(402);
    await expectBalanced(world.api, account.user.id);
  });

  it('holds against parallel calls', async () => {
    const served = await world.serve('sim-chunks-100-delay-200', [{}], { inputPerMTok: 0, outputPerMTok: 100_000 });
    const account = await world.account(100, { budgetUsd: 3 });
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => world.chat(served.model, { key: account.key.key, max_tokens: 10 })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
    expect(answers.filter(({ status }) => status === 402)).toHaveLength(37);
  });
});

describe('limits', () => {
  it('of requests per minute: headers count down, then 429 with retry-after', async () => {
    const served = await world.serve('sim-fast');
    const { key } = await world.api.createKey({ rpm: 3 });
    const remaining = [];
    for (let call = 0; call < 3; call++) {
      const answer = await world.chat(served.model, { key });
      expect([answer.status, answer.headers.get('x-ratelimit-limit-requests')]).toEqual([200, '3']);
      expect(answer.headers.get('x-ratelimit-reset-requests')).toMatch(/^[\d.]+m?s$/);
      remaining.push(answer.headers.get('x-ratelimit-remaining-requests'));
    }
    expect(remaining).toEqual(['2', '1', '0']);
    const over = await world.chat(served.model, { key });
    expect([over.status, over.json().error.code]).toEqual([429, 'rate_limit_exceeded']);
    expect(Number(over.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(Number(over.headers.get('retry-after'))).toBeLessThanOrEqual(60);
    expect(over.headers.get('x-ratelimit-remaining-requests')).toBe('0');
    expect(served.seen()).toHaveLength(3);
  });

  it('of tokens per minute', async () => {
    const served = await world.serve('sim-fast');
    const { key } = await world.api.createKey({ tpm: 2_000 });
    const statuses = [];
    for (let call = 0; call < 6; call++)
      statuses.push((await world.chat(served.model, { key, text: 'x'.repeat(3_000), max_tokens: 10 })).status);
    expect(statuses[0]).toBe(200);
    expect(statuses.at(-1)).toBe(429);
  });

  it('of concurrency: the slot comes back when a call ends, however it ends', async () => {
    const served = await world.serve('sim-hang');
    const fast = await world.serve('sim-fast');
    const { key } = await world.api.createKey({ concurrency: 1 });
    const leaving = new AbortController();
    const held = world
      .openai(key)
      .chat.completions.create({ model: served.model, messages: [] }, { signal: leaving.signal });
    await until('the call upstream', async () => served.seen().length === 1);
    const second = await world.chat(fast.model, { key });
    expect([second.status, second.json().error.code]).toEqual([429, 'rate_limit_exceeded']);
    expect(Number(second.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    leaving.abort();
    await expect(held).rejects.toThrow();
    await until('the slot free', async () => (await world.chat(fast.model, { key })).status === 200);
    expect((await world.chat('no-such-model', { key })).status).toBe(404);
    expect((await world.chat(fast.model, { key })).status).toBe(200);
  });

  it('of a group hold for each of its users together', async () => {
    await world.api.call('PUT', '/groups/tight', { priceMultiplier: 1, rpm: 2 });
    const served = await world.serve('sim-fast', [{ groups: ['tight'] }]);
    const account = await world.account(10, {}, 'tight');
    const second = await account.api.createKey({ name: 'second' });
    const statuses = [];
    for (const key of [account.key.key, second.key, account.key.key])
      statuses.push((await world.chat(served.model, { key })).status);
    expect(statuses).toEqual([200, 200, 429]);
  });
});

describe('shutdown', () => {
  it('finishes running streams, refuses new calls, and loses nothing', async () => {
    const gateway = await startGateway();
    try {
      const api = await setupRoot(gateway.url);
      const me = await api.me();
      await api.adjust(me.id, 100);
      const model = 'sim-chunks-60-gap-100@drain';
      await api.setPrice(model, PRICES);
      await api.createChannel({
        name: 'drain',
        baseUrl: `${world.simulator.url}/v1`,
        keys: ['sim-key-drain'],
        models: [model],
      });
      const { key } = await api.createKey();
      const ask = (model: string) =>
        fetch(`${gateway.url}/v1/chat/completions`, {
          method: 'POST',
          headers: { authorization: `Bearer ${key}` },
          body: JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'x' }] }),
        });
      const response = await ask(model);
      const stopping = gateway.stop('SIGTERM');
      await until('new calls refused', async () =>
        ask('no-such-model').then(
          ({ status }) => status === 503,
          () => true,
        ),
      );
      expect(readSse(await response.text())).toMatchObject({ done: true, errors: [] });
      await stopping;
      const again = await startGateway({ dataDir: gateway.dataDir });
      try {
        const root = await loginRoot(again.url);
        const [row] = await root.usage({ model });
        expect(row).toMatchObject({ status: 'ok', usageSource: 'upstream' });
        expect(charges(await expectBalanced(root, me.id))).toMatchObject([
          { requestId: row!.requestId, amountUsd: -row!.costUsd },
        ]);
      } finally {
        await again.stop();
      }
    } finally {
      await gateway.discard();
    }
  });
});
