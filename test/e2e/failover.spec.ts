import { until } from '../support/gateway';
import { type Raw, readSse, type Served, useWorld, type World } from '../support/world';

/** Lose a channel and notice nothing. */
let world: World;

useWorld(async (opened) => {
  world = opened;
  await timeouts({ connectMs: 10_000, ...patience });
});

/** Short for a silent upstream, long for a busy machine. */
const patience = { firstByteMs: 2_000, idleMs: 2_000, totalMs: 60_000 };

const timeouts = (timeout: Record<string, number>) => world.api.changeSettings({ relay: { timeout } });

/** Credentials in the order the simulator saw them, by their script words. */
const tried = (served: Served) => served.seen().map(({ credential }) => /^sim-key-(.+)@/.exec(credential ?? '')?.[1]);

const said = (answer: Raw, stream: boolean): string =>
  stream ? readSse(answer.text).said : answer.json().choices[0].message.content;

/** One call that meets `bad` first and a good channel second. */
async function failover(bad: string, stream: boolean): Promise<{ served: Served; answer: Raw }> {
  const served = await world.serve('sim-echo', [{ keys: [bad], priority: 10 }, { priority: 0 }]);
  const answer = await world.chat(served.model, { stream, text: 'still here' });
  expect([answer.status, said(answer, stream)]).toEqual([200, 'still here']);
  expect(tried(served)).toEqual([bad, 'good']);
  return { served, answer };
}

describe.each([false, true])('with stream %s, another channel answers when the first', (stream) => {
  it.each([
    ['answers 500', '500'],
    ['answers 503', '503'],
    ['answers 529', '529'],
    ['is rate limited', '429-retry-30'],
    ['has spent its quota', 'quota'],
    ['refuses the credential', 'dead'],
    ['forbids', '403'],
    ['does not know the model', '404'],
    ['answers 200 with an error body', 'error-200'],
    ['fails in its first event', 'error-first-event'],
    ['says nothing at all', 'empty-stream'],
    ['sends broken JSON', 'bad-json'],
    ['breaks the connection before it says anything', 'cut-0'],
    ['never answers', 'hang'],
    ['falls silent before it says anything', 'stall-0'],
  ])('%s', async (_what, bad) => {
    const { served, answer } = await failover(bad, stream);
    const row = await world.usage(answer.requestId);
    expect(row).toMatchObject({
      status: 'ok',
      httpStatus: 200,
      channelId: served.channels[1]!.id,
      stream,
      usageSource: 'upstream',
    });
    expect(row.attempts.map(({ channelId }) => channelId)).toEqual(served.channels.map(({ id }) => id));
    expect(row.attempts[0]!.reason).toBeTruthy();
    const [charge, ...more] = (await world.api.ledger(row.userId)).filter(
      ({ requestId }) => requestId === row.requestId,
    );
    expect([charge!.amountUsd, more]).toEqual([-row.costUsd, []]);
  });
});

it('reports an unstreamed answer cut in the middle as failed, not as an answer', async () => {
  await failover('cut-1', false);
});

it.each([
  ['400', 400],
  ['422', 422],
  ['413', 413],
])("stops at the caller's own fault: %s", async (bad, status) => {
  const served = await world.serve('sim-echo', [{ keys: [bad], priority: 10 }, { priority: 0 }]);
  const answer = await world.chat(served.model);
  expect(answer.status).toBe(status);
  expect(answer.json().error.message).toEqual(expect.any(String));
  expect(tried(served)).toEqual([bad]);
  expect(await world.usage(answer.requestId)).toMatchObject({ status: 'error', httpStatus: status, costUsd: 0 });
});

describe('when everything fails', () => {
  it('answers 502 after each credential was asked at most once', async () => {
    const served = await world.serve('sim-echo', [
      { keys: ['500', '500', '500'], priority: 10 },
      { keys: ['503', '429-retry-30'] },
      { keys: ['dead', 'error-200'] },
    ]);
    const answer = await world.chat(served.model);
    expect([answer.status, answer.json().error.code]).toEqual([502, 'upstream_error']);
    const credentials = served.seen().map(({ credential }) => credential);
    expect(new Set(credentials).size).toBe(credentials.length);
    expect(credentials.length).toBeGreaterThanOrEqual(3);
    expect(await world.usage(answer.requestId)).toMatchObject({
      status: 'error',
      httpStatus: 502,
      costUsd: 0,
      inputTokens: 0,
    });
  });

  it('answers 504 when the last upstream never answered', async () => {
    const served = await world.serve('sim-echo', [{ keys: ['hang'] }]);
    const answer = await world.chat(served.model);
    expect([answer.status, answer.json().error.code]).toEqual([504, 'upstream_timeout']);
    await until('the silent upstream let go', async () => served.seen()[0]!.abortedAt !== null);
  });

  it('tells when to come back while every credential rests', async () => {
    const served = await world.serve('sim-echo', [{ keys: ['429-retry-30'] }]);
    expect((await world.chat(served.model)).status).toBe(502);
    const resting = await world.chat(served.model);
    expect(resting.status).toBe(503);
    expect(Number(resting.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(served.seen()).toHaveLength(1);
  });
});

describe('credentials of one channel', () => {
  it('stand in for each other, and a limited one rests as long as it was told to', async () => {
    const served = await world.serve('sim-echo', [{ keys: ['429-retry-2', 'good'] }]);
    const [limited] = served.credentials[0]!;
    const limitedRequests = () => served.seen().filter(({ credential }) => credential === limited);
    for (let call = 0; call < 40 && limitedRequests().length === 0; call++)
      expect((await world.chat(served.model)).status).toBe(200);
    expect(limitedRequests()).toHaveLength(1);
    world.simulator.script(limited!, 'fast');
    await until(
      'the rested credential used again',
      async () => (await world.chat(served.model)).status === 200 && limitedRequests().length > 1,
    );
    expect(limitedRequests()[1]!.receivedAt - limitedRequests()[0]!.receivedAt).toBeGreaterThanOrEqual(1_990);
  });

  it('are all tried before the call fails, none of them twice, and bad ones not for long', async () => {
    const served = await world.serve('sim-echo', [{ keys: ['dead', 'dead', 'quota', 'good'] }]);
    for (let call = 0; call < 25; call++) {
      const before = served.seen().length;
      expect((await world.chat(served.model)).status).toBe(200);
      const credentials = served
        .seen()
        .slice(before)
        .map(({ credential }) => credential);
      expect(new Set(credentials).size).toBe(credentials.length);
    }
    for (const credential of served.credentials[0]!.slice(0, 3)) {
      expect(served.seen().filter((request) => request.credential === credential).length).toBeLessThanOrEqual(3);
    }
  });

  it('are switched off one by one when they are refused again and again, their channel still serving', async () => {
    const served = await world.serve('sim-echo', [{ keys: ['dead', 'good'] }]);
    const { id } = served.channels[0]!;
    const channel = await until('the credential switched off', async () => {
      expect((await world.chat(served.model)).status).toBe(200);
      const seen = await world.api.channel(id);
      return seen.keys.some(({ status }) => status === 'auto_disabled') ? seen : null;
    });
    expect(channel.status).toBe('enabled');
    expect(channel.keys.find(({ status }) => status === 'auto_disabled')!.reason).toBeTruthy();
    expect(JSON.stringify(channel)).not.toContain(served.credentials[0]![0]);
    const refused = tried(served).filter((key) => key === 'dead').length;
    for (let call = 0; call < 10; call++) await world.chat(served.model);
    expect(tried(served).filter((key) => key === 'dead')).toHaveLength(refused);
  });
});

describe('a credential that was switched off by itself', () => {
  it('comes back by itself when it works again, its channel with it', async () => {
    await world.api.changeSettings({ channels: { recovery: { firstMs: 1 } } });
    const served = await world.serve('sim-echo');
    const [credential] = served.credentials[0]!;
    const { id } = served.channels[0]!;
    world.simulator.script(credential!, 'dead');
    const off = await until('the channel switched off', async () => {
      await world.chat(served.model);
      const seen = await world.api.channel(id);
      return seen.status === 'auto_disabled' ? seen : null;
    });
    expect(off.keys[0]!.nextProbeAt).not.toBeNull();
    world.simulator.script(credential!, null);
    await until('the channel back', async () => (await world.api.channel(id)).status === 'enabled');
    expect((await world.api.channel(id)).keys[0]).toMatchObject({ status: 'enabled', reason: null, nextProbeAt: null });
    await until('an answer', async () => (await world.chat(served.model)).status === 200);
  });
});

describe('a channel that keeps breaking', () => {
  it('is left alone, tried by one call, and asked by all again; an operator sees it', async () => {
    await world.api.changeSettings({ channels: { breaker: { failures: 2, pauseMs: 1_500 } } });
    try {
      const served = await world.serve('sim-echo', [{ keys: ['bad'], priority: 1 }, {}]);
      const [bad] = served.credentials[0]!;
      world.simulator.script(bad!, '500');
      const asked = () => tried(served).filter((key) => key === 'bad').length;
      for (let call = 0; call < 2; call++) expect((await world.chat(served.model)).status).toBe(200);
      const { pauses } = await world.api.channel(served.channels[0]!.id);
      expect(pauses).toEqual([
        expect.objectContaining({ model: served.model, state: 'open', reason: 'upstream_error' }),
      ]);
      for (let call = 0; call < 5; call++) expect((await world.chat(served.model)).status).toBe(200);
      expect(asked()).toBe(2);
      world.simulator.script(bad!, null);
      await until('the channel asked again', async () => {
        expect((await world.chat(served.model)).status).toBe(200);
        return asked() > 3;
      });
      expect((await world.api.channel(served.channels[0]!.id)).pauses).toEqual([]);
    } finally {
      await world.api.changeSettings({ channels: { breaker: { failures: 5, pauseMs: 15_000 } } });
    }
  });
});

it("goes by a channel's own deadline and meaning of a status", async () => {
  const slow = await world.serve('sim-echo', [
    { keys: ['hang'], priority: 1, settings: { timeouts: { firstByteMs: 60 } } },
    {},
  ]);
  const row = await world.usage((await world.chat(slow.model)).requestId);
  expect(row.attempts.map(({ errorCode }) => errorCode)).toEqual(['first_byte_timeout', null]);
  const served = await world.serve('sim-echo', [
    { keys: ['400'], priority: 1, settings: { errorKinds: { http_400: 'upstream_error' } } },
    {},
  ]);
  expect((await world.chat(served.model)).status).toBe(200);
  expect(tried(served)).toEqual(['400', 'good']);
});

describe('after the first chunk', () => {
  it.each([
    ['an error in the stream', 'error-in-stream-2'],
    ['a broken connection', 'cut-2'],
    ['silence', 'stall-2'],
  ])('%s ends the answer as an error, without another attempt, and bills what was delivered', async (_what, words) => {
    const served = await world.serve('sim-chunks-6', [{ keys: [words], priority: 10 }, { priority: 0 }]);
    const answer = await world.chat(served.model, { stream: true });
    expect(answer.status).toBe(200);
    const stream = readSse(answer.text);
    expect(stream).toMatchObject({ said: 'word0 word1 ' });
    expect(stream.errors).toHaveLength(1);
    expect(tried(served)).toEqual([words]);
    const row = await world.usage(answer.requestId);
    expect(row).toMatchObject({ status: 'error', usageSource: 'estimated' });
    expect(row.costUsd).toBeGreaterThan(0);
    expect(row.outputTokens).toBeLessThanOrEqual(6);
  });

  it('lets the SDK see the break', async () => {
    const served = await world.serve('sim-chunks-6-cut-3');
    const events = await world
      .openai()
      .chat.completions.create({ model: served.model, messages: [{ role: 'user', content: 'x' }], stream: true });
    let words = '';
    await expect(
      (async () => {
        for await (const event of events) words += event.choices[0]?.delta.content ?? '';
      })(),
    ).rejects.toThrow();
    expect(words).toBe('word0 word1 word2 ');
  });
});

describe('choice of channels', () => {
  it('spreads over equal channels and never leaves the highest priority while it answers', async () => {
    const served = await world.serve('sim-fast', [
      { keys: ['a'], priority: 5 },
      { keys: ['b'], priority: 5 },
      { keys: ['spare'], priority: 1 },
    ]);
    for (let call = 0; call < 40; call++) await world.chat(served.model);
    const counts = {
      a: tried(served).filter((key) => key === 'a').length,
      b: tried(served).filter((key) => key === 'b').length,
    };
    expect(counts.a + counts.b).toBe(40);
    expect(Math.min(counts.a, counts.b)).toBeGreaterThan(5);
  });

  it('keeps a channel to its groups', async () => {
    await world.api.call('PUT', '/groups/vip', { priceMultiplier: 1 });
    const served = await world.serve('sim-fast', [{ groups: ['vip'] }]);
    expect((await world.chat(served.model)).status).toBe(404);
    const vip = await world.account(10, {}, 'vip');
    expect((await world.chat(served.model, { key: vip.key.key })).status).toBe(200);
  });
});

describe('changes made while it runs', () => {
  it('stops using a disabled channel, and uses it again when enabled', async () => {
    const served = await world.serve('sim-fast');
    const { id } = served.channels[0]!;
    expect((await world.chat(served.model)).status).toBe(200);
    await world.api.changeChannel(id, { status: 'disabled' });
    const gone = await until('the channel out of use', async () => {
      const answer = await world.chat(served.model);
      return answer.status === 200 ? null : answer;
    });
    expect([gone.status, gone.json().error.code]).toEqual([404, 'model_not_found']);
    await world.api.changeChannel(id, { status: 'enabled' });
    await until('the channel in use', async () => (await world.chat(served.model)).status === 200);
    await world.api.deleteChannel(id);
    await until('the channel gone', async () => (await world.chat(served.model)).status === 404);
  });

  it('uses a replaced credential', async () => {
    const served = await world.serve('sim-fast', [{ keys: ['dead'] }]);
    expect((await world.chat(served.model)).status).toBe(502);
    await world.api.changeChannel(served.channels[0]!.id, { keys: [`sim-key-fresh@${served.model}`] });
    await until('the new credential', async () => (await world.chat(served.model)).status === 200);
  });

  it('applies a new deadline, also a partial tree', async () => {
    const script = `sim-delay-${patience.firstByteMs + 1_000}-fast`;
    const ask = async () => (await world.chat((await world.serve(script)).model)).status;
    expect(await ask()).toBe(504);
    await timeouts({ firstByteMs: 60_000 });
    try {
      await until('the new deadline', async () => (await ask()) === 200);
    } finally {
      await timeouts(patience);
    }
  });

  it('ends a call at its total time, whatever the chunks do', async () => {
    await timeouts({ totalMs: 3_000 });
    try {
      const served = await world.serve('sim-chunks-200-gap-100');
      const answer = await world.chat(served.model, { stream: true });
      expect(readSse(answer.text).errors).toHaveLength(1);
    } finally {
      await timeouts(patience);
    }
  });
});
