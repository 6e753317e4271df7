import { until } from '../support/gateway';
import { PRICES, type Served, useWorld, type World } from '../support/world';

/** How the calls of a group find their upstream: strategies, sessions, models that stand in, a second upstream beside a slow one. */
let world: World;

useWorld((opened) => {
  world = opened;
});

/** A key in a group of its own with this routing. */
async function keyOf(routing: object): Promise<{ readonly group: string; readonly key: string }> {
  const group = `group-${world.label()}`;
  await world.api.call('PUT', `/groups/${group}`, { priceMultiplier: 1, routing });
  return { group, key: (await world.account(1_000, {}, group)).key.key! };
}

const tried = (served: Served) => served.seen().map(({ credential }) => /^sim-key-(.+)@/.exec(credential ?? '')?.[1]);

describe('models that stand in', () => {
  const chained = async (first: string, second = 'sim-echo') => {
    const fallback = `${second}@${world.label()}`;
    const { group, key } = await keyOf({ fallbacks: { '*': [fallback] } });
    const groups = [group];
    const served = first ? await world.serve('sim-echo', [{ keys: [first], groups }]) : null;
    await world.api.setPrice(fallback, { inputPerMTok: 4_000, outputPerMTok: 4_000 });
    const input = { name: world.label(), provider: 'openai', baseUrl: `${world.simulator.url}/v1`, groups };
    await world.api.createChannel({ ...input, keys: [`sim-key-fallback@${fallback}`], models: [fallback] });
    return { key, fallback, model: served?.model ?? `nobody-serves@${world.label()}`, served };
  };

  it.each(['500', '503', 'quota', 'dead', '429-retry-30', 'cut-0'])(
    'answer when the model asked for fails with %s, at their own price, and say so',
    async (bad) => {
      const { key, model, fallback, served } = await chained(bad);
      const answer = await world.chat(model, { key, text: 'still here' });
      expect([answer.status, answer.headers.get('x-oneapi-model')]).toEqual([200, fallback]);
      expect(answer.json().choices[0].message.content).toBe('still here');
      expect(served!.seen()).toHaveLength(1);
      const row = await world.usage(answer.requestId);
      expect(row).toMatchObject({ status: 'ok', model: fallback, requestedModel: model });
      expect(row.costUsd).toBeCloseTo((row.inputTokens + row.outputTokens) * 0.004, 9);
      expect(row.attempts.map((attempt) => attempt.errorCode === null)).toEqual([false, true]);
    },
  );

  it('answer in a stream', async () => {
    const { key, model, fallback } = await chained('500');
    const answer = await world.chat(model, { key, stream: true });
    expect([answer.status, answer.headers.get('x-oneapi-model')]).toEqual([200, fallback]);
    expect(answer.text).toContain('[DONE]');
  });

  it('answer when nobody serves the model asked for', async () => {
    const { key, model, fallback } = await chained('');
    const answer = await world.chat(model, { key });
    expect([answer.status, answer.headers.get('x-oneapi-model')]).toEqual([200, fallback]);
    expect(await world.usage(answer.requestId)).toMatchObject({ model: fallback, requestedModel: model });
  });

  it.each(['400', '422'])("do not answer for a caller's own fault: %s", async (bad) => {
    const { key, model } = await chained(bad);
    const answer = await world.chat(model, { key });
    expect([answer.status, answer.headers.get('x-oneapi-model')]).toEqual([Number(bad), null]);
  });

  it('do not answer for a key that may not use them', async () => {
    const { fallback, model } = await chained('500');
    const { group } = await keyOf({ fallbacks: { '*': [fallback] } });
    const { key } = await world.account(10, { models: [model] }, group);
    expect((await world.chat(model, { key: key.key! })).status).not.toBe(200);
  });
});

describe('calls of one session', () => {
  it.each([
    ['prompt_cache_key', { prompt_cache_key: 'abc' }],
    ['user', { user: 'abc' }],
  ])('named by %s stay with one channel, and yield when it fails', async (_, fields) => {
    const served = await world.serve('sim-fast', [{ keys: ['a'] }, { keys: ['b'] }, { keys: ['c'] }, { keys: ['d'] }]);
    for (let call = 0; call < 12; call++) expect((await world.chat(served.model, fields)).status).toBe(200);
    expect(new Set(tried(served)).size).toBe(1);
    const [home] = tried(served);
    const channel = served.credentials.findIndex(([credential]) => credential!.startsWith(`sim-key-${home}@`));
    world.simulator.script(served.credentials[channel]![0]!, '429-retry-30');
    for (let call = 0; call < 6; call++) expect((await world.chat(served.model, fields)).status).toBe(200);
    const after = tried(served).slice(13);
    expect(new Set(after).size).toBe(1);
    expect(after[0]).not.toBe(home);
  });
});

describe('a second upstream beside a slow one', () => {
  it('answers when the first is silent; the first is let go, and the call is paid once', async () => {
    const { group, key } = await keyOf({ hedgeAfterMs: 100 });
    const groups = [group];
    const served = await world.serve('sim-echo', [
      { keys: ['hang'], priority: 10, groups },
      { keys: ['good'], groups },
    ]);
    const answer = await world.chat(served.model, { key, text: 'quick' });
    expect([answer.status, answer.json().choices[0].message.content]).toEqual([200, 'quick']);
    await until('the slow upstream let go', async () => served.seen()[0]!.abortedAt !== null);
    const row = await world.usage(answer.requestId);
    expect(row.attempts.map(({ errorCode }) => errorCode)).toEqual(['hedge_loser', null]);
    expect(row.channelId).toBe(served.channels[1]!.id);
    const charges = (await world.api.ledger(row.userId)).filter(({ requestId }) => requestId === row.requestId);
    expect(charges.map(({ amountUsd }) => amountUsd)).toEqual([-row.costUsd]);
  });

  it('streams from whoever begins first', async () => {
    const { group, key } = await keyOf({ hedgeAfterMs: 100 });
    const groups = [group];
    const served = await world.serve('sim-chunks-3', [
      { keys: ['stall-0'], priority: 10, groups },
      { keys: ['good'], groups },
    ]);
    const answer = await world.chat(served.model, { key, stream: true });
    expect([answer.status, answer.text.includes('[DONE]')]).toEqual([200, true]);
    expect((await world.usage(answer.requestId)).attempts).toHaveLength(2);
  });

  it('is not asked when the first answers in time, and none is without the setting', async () => {
    const hedged = await keyOf({ hedgeAfterMs: 20_000 });
    const plain = await keyOf({});
    for (const { group, key } of [hedged, plain]) {
      const groups = [group];
      const served = await world.serve('sim-delay-300-fast', [{ groups, priority: 1 }, { groups }]);
      expect((await world.chat(served.model, { key })).status).toBe(200);
      expect(served.seen()).toHaveLength(1);
    }
  });

  it('fails with both, after each was asked once', async () => {
    const { group, key } = await keyOf({ hedgeAfterMs: 100 });
    const groups = [group];
    const served = await world.serve('sim-delay-400-500', [{ groups }, { groups }]);
    const answer = await world.chat(served.model, { key });
    expect(answer.status).toBe(502);
    expect(served.seen()).toHaveLength(2);
    expect((await world.usage(answer.requestId)).costUsd).toBe(0);
  });
});

describe('a call that meets only limits', () => {
  it('waits for the first to recover, when that is soon', async () => {
    const served = await world.serve('sim-echo');
    const [limited] = served.credentials[0]!;
    world.simulator.script(limited!, '429-retry-1');
    const asked = world.chat(served.model);
    await until('the limit met', async () => served.seen().length === 1);
    world.simulator.script(limited!, null);
    const answer = await asked;
    expect([answer.status, served.seen().length]).toEqual([200, 2]);
    expect((await world.usage(answer.requestId)).attempts[0]!.reason).toContain('wait');
  });
});

it('names the credential of each attempt by its ends', async () => {
  const served = await world.serve('sim-echo', [{ keys: ['500'], priority: 1 }, {}]);
  const row = await world.usage((await world.chat(served.model)).requestId);
  for (const attempt of row.attempts) {
    const { keys } = await world.api.channel(attempt.channelId);
    expect(attempt.credential).toBe(keys[0]!.preview);
  }
});

it('asks the cheapest of equal priority', async () => {
  const { group, key } = await keyOf({ strategy: 'cheapest' });
  const groups = [group];
  const served = await world.serve(
    'sim-fast',
    [
      { keys: ['dear'], groups, settings: { costMultiplier: 0.9 } },
      { keys: ['cheap'], groups, settings: { costMultiplier: 0.4 } },
    ],
    PRICES,
  );
  for (let call = 0; call < 8; call++) await world.chat(served.model, { key });
  expect(new Set(tried(served))).toEqual(new Set(['cheap']));
});
