import { connect } from 'node:net';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import { LOGIN, startHttpProxy } from '../support/forward-proxy';
import { type AdminApi, startGateway, until } from '../support/gateway';
import { exchangeBytes } from '../support/raw-socket';
import { RealtimeClient, refusalTo } from '../support/realtime-client';
import { type Account, nano, PRICES, type Served, useWorld, type World } from '../support/world';

/** Realtime sessions: OpenAI's protocol passes untouched in both directions, and each turn is paid for by itself. */
let world: World;

useWorld((opened) => {
  world = opened;
});

const tokens = (text: string) => Math.ceil(text.length / 4);

const urlOf = (model: string, rest = '') => `${world.url}/v1/realtime?model=${encodeURIComponent(model)}${rest}`;

const open = (served: Pick<Served, 'model'>, key: string | null = world.key) =>
  RealtimeClient.open(urlOf(served.model), key);

const priced = (input: number, output: number) =>
  nano((input * PRICES.inputPerMTok + output * PRICES.outputPerMTok) / 1e6);

/** Σ ledger = balance; the charges, oldest first. */
async function chargesOf(api: AdminApi, userId: string) {
  // A charge may come between the two looks.
  const ledger = await until('Σ ledger = balance', async () => {
    const entries = await api.ledger(userId);
    const { balanceUsd } = await api.user(userId);
    return entries.reduce((sum, { amountUsd }) => sum + nano(amountUsd), 0) === nano(balanceUsd) ? entries : null;
  });
  return ledger.filter(({ kind }) => kind === 'charge').reverse();
}

async function chargesWhen(account: Account, count: number) {
  return until(
    `${count} charges`,
    async () => {
      const charges = await chargesOf(world.api, account.user.id);
      return charges.length >= count ? charges : null;
    },
    30_000,
  );
}

/** No turn of anybody's is left open upstream. */
const upstreamEnded = (served: Served) =>
  until('the end upstream', async () => served.seen().every(({ closeCode }) => closeCode !== null), 30_000);

describe('a session', () => {
  it('bills two turns one by one, at the usage the upstream tells for each', async () => {
    const served = await world.serve('sim-echo');
    const account = await world.account(5);
    const client = await open(served, account.key.key);
    expect((await client.next('session.created')).session.model).toBe(served.model);

    client.ask('hello there');
    const first = await client.next('response.done');
    client.ask('and again, a little longer');
    const second = await client.next('response.done');
    const said = client.events.filter(({ type }) => type === 'response.output_text.delta').map(({ delta }) => delta);
    expect(said.join('')).toBe('hello thereand again, a little longer');

    const rows = [await world.usage(`${client.id}.1`), await world.usage(`${client.id}.2`)];
    const usages = [first, second].map(({ response }) => response.usage);
    expect(rows.map(({ inputTokens, outputTokens }) => [inputTokens, outputTokens])).toEqual(
      usages.map((usage) => [usage.input_tokens, usage.output_tokens]),
    );
    for (const row of rows) {
      expect(row).toMatchObject({
        model: served.model,
        protocol: 'openai-realtime',
        status: 'ok',
        usageSource: 'upstream',
        channelId: served.channels[0]!.id,
      });
    }
    const charges = await chargesWhen(account, 2);
    expect(charges.map(({ requestId, amountUsd }) => [requestId, -nano(amountUsd)])).toEqual([
      [`${client.id}.1`, priced(usages[0].input_tokens, usages[0].output_tokens)],
      [`${client.id}.2`, priced(usages[1].input_tokens, usages[1].output_tokens)],
    ]);
    client.close(4321, 'bye');
    await upstreamEnded(served);
    expect(served.seen()[0]!.closeCode).toBe(4321);
  });

  it('prices text, sound and what was read from the cache apart', async () => {
    const served = await world.serve('sim-fast-cached-2', [{}], {
      inputPerMTok: 1_000,
      outputPerMTok: 2_000,
      cacheReadPerMTok: 100,
      audioInPerMTok: 10_000,
      audioOutPerMTok: 20_000,
    });
    const client = await open(served);
    client.send({ type: 'input_audio_buffer.append', audio: Buffer.alloc(9_600).toString('base64') });
    client.send({ type: 'input_audio_buffer.commit' });
    client.ask('x'.repeat(40), {});
    const { usage } = (await client.next('response.done')).response;
    expect(usage).toMatchObject({ input_tokens: 12, output_tokens: 3 });
    const row = await world.usage(`${client.id}.1`);
    // 8 text + 2 cached + 2 heard; 1 written + 2 spoken
    expect(nano(row.costUsd)).toBe(nano((8 * 1_000 + 2 * 100 + 2 * 10_000 + 1 * 2_000 + 2 * 20_000) / 1e6));
    expect(row).toMatchObject({ inputTokens: 12, cacheReadTokens: 2, outputTokens: 3 });
    client.close();
  });

  it('bills the turns that voice detection begins, and the transcription as a model of its own', async () => {
    const served = await world.serve('sim-fast');
    const transcriber = `transcriber@${served.model}`;
    await world.api.setPrice(transcriber, { inputPerMTok: 1_000, audioInPerMTok: 3_000, outputPerMTok: 5_000 });
    const account = await world.account(5);
    const client = await open(served, account.key.key);
    const input = { turn_detection: { type: 'server_vad' }, transcription: { model: transcriber } };
    client.send({ type: 'session.update', session: { type: 'realtime', audio: { input } } });
    await client.next('session.updated');
    client.send({ type: 'input_audio_buffer.append', audio: Buffer.alloc(48_000).toString('base64') });
    const { usage } = (await client.next('response.done')).response;
    const rows = await until(
      'both rows',
      async () => {
        const found = await world.api.usage({ tokenId: account.key.id });
        return found.length === 2 ? found : null;
      },
      30_000,
    );
    const heard = rows.find(({ model }) => model === transcriber)!;
    expect(heard).toMatchObject({ inputTokens: 10, outputTokens: tokens('what was said'), usageSource: 'upstream' });
    expect(nano(heard.costUsd)).toBe(nano((10 * 3_000 + 4 * 5_000) / 1e6));
    expect(rows.find(({ model }) => model === served.model)).toMatchObject({
      inputTokens: usage.input_tokens,
      outputTokens: usage.output_tokens,
    });
    expect(await chargesWhen(account, 2)).toHaveLength(2);
    client.close();
  });

  it('passes binary frames, and names nobody knows, as they are', async () => {
    const served = await world.serve('sim-fast');
    const client = await open(served);
    const bytes = Buffer.from([0, 1, 2, 253, 254, 255]);
    client.socket.send(bytes);
    await until('the echo', async () => client.binary.length > 0, 30_000);
    expect(client.binary[0]).toEqual(bytes);
    const odd = '{ "type" : "something.new", "event_id":"e1", "größe": 1.0 }';
    client.socket.send(odd);
    expect((await client.next('error')).error.event_id).toBe('e1');
    expect(served.seen()[0]!.body).toContain(`${odd}\n`);
    client.close();
  });

  it("uses the upstream's name of the model, and keeps to it", async () => {
    const served = await world.serve('sim-fast');
    const upstreamModel = `sim-echo@${served.model}`;
    await world.api.changeChannel(served.channels[0]!.id, { modelMapping: { [served.model]: upstreamModel } });
    await until('the mapping', async () => {
      const client = await open(served);
      const { session } = await client.next('session.created');
      client.close();
      return session.model === upstreamModel;
    });
    const client = await open(served);
    client.send({ type: 'session.update', session: { type: 'realtime', model: served.model } });
    expect((await client.next('session.updated')).session.model).toBe(upstreamModel);
    client.send({ type: 'session.update', event_id: 'e7', session: { type: 'realtime', model: 'gpt-dearest' } });
    expect((await client.next('error')).error).toMatchObject({ event_id: 'e7', param: 'session.model' });
    client.close();
  });

  it('says nothing of the credential or its address, whatever the upstream says', async () => {
    const served = await world.serve('sim-leak');
    const client = await open(served);
    client.send({ type: 'something.new' });
    const text = JSON.stringify(await client.next('error'));
    expect(text).not.toContain(served.credentials[0]![0]);
    expect(text).not.toContain(new URL(world.simulator.url).host);
    client.close();
  });
});

describe("OpenAI's own client", () => {
  const plain = () => {
    const { hostname, port } = new URL(world.url);
    // The SDK only knows wss.
    return { createConnection: () => connect(Number(port), hostname) };
  };

  it('holds a conversation', async () => {
    const served = await world.serve('sim-echo');
    const realtime = new OpenAIRealtimeWS({ model: served.model, options: plain() as never }, world.openai());
    const errors: unknown[] = [];
    realtime.on('error', (error) => errors.push(error));
    const done = new Promise<string>((resolve) => {
      let said = '';
      realtime.on('response.output_text.delta', ({ delta }) => (said += delta));
      realtime.on('response.done', () => resolve(said));
    });
    realtime.on('session.created', () => {
      const content = [{ type: 'input_text' as const, text: 'hello from the SDK' }];
      realtime.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content } });
      realtime.send({ type: 'response.create', response: { output_modalities: ['text'] } });
    });
    expect(await done).toBe('hello from the SDK');
    expect(errors).toEqual([]);
    realtime.close();
    await upstreamEnded(served);
    expect(served.seen()[0]!.headers['openai-beta']).toBeUndefined();
  });

  it('speaks the beta when it asks for it', async () => {
    const served = await world.serve('sim-fast');
    const client = await RealtimeClient.open(urlOf(served.model), world.key, {
      headers: { 'OpenAI-Beta': 'realtime=v1' },
    });
    client.ask('hi', { modalities: ['audio', 'text'] });
    await client.next('response.audio.delta');
    await client.next('response.done');
    expect(served.seen()[0]!.headers['openai-beta']).toBe('realtime=v1');
    client.close();
  });

  it('may be a page in a browser, with its key among the sub-protocols', async () => {
    const served = await world.serve('sim-fast');
    const offered = ['realtime', `openai-insecure-api-key.${world.key}`, 'openai-beta.realtime-v1'];
    const client = await RealtimeClient.open(urlOf(served.model), null, {}, offered);
    expect(client.socket.protocol).toBe('realtime');
    await client.next('session.created');
    expect(served.seen()[0]!.headers['openai-beta']).toBe('realtime=v1');
    expect(JSON.stringify(served.seen()[0]!.headers)).not.toContain(world.key);
    client.close();
  });

  it('may name its key in the query, which goes no further', async () => {
    const served = await world.serve('sim-fast');
    const client = await RealtimeClient.open(urlOf(served.model, `&key=${world.key}&agent=a1`), null);
    await client.next('session.created');
    expect(served.seen()[0]!.path).toContain('agent=a1');
    expect(served.seen()[0]!.path).not.toContain(world.key);
    client.close();
  });
});

describe('an ephemeral key', () => {
  const secretFor = async (session: object, key = world.key, more: object = {}) =>
    world.openai(key).realtime.clientSecrets.create({ session: session as never, ...more });

  it("opens the session its server described, on that server's account", async () => {
    const account = await world.account(10);
    const served = await world.serve('sim-fast');
    const session = { type: 'realtime', model: served.model, instructions: 'Be brief.', output_modalities: ['text'] };
    const expires_after = { anchor: 'created_at', seconds: 60 };
    const secret = await secretFor(session, account.key.key, { expires_after });
    expect(secret.session).toMatchObject({
      ...session,
      object: 'realtime.session',
      id: expect.stringMatching(/^sess_/),
    });
    expect(Math.abs(secret.expires_at - Date.now() / 1_000 - 60)).toBeLessThan(30);
    // As a page in a browser does: the key among the sub-protocols, the model already known.
    const offered = ['realtime', `openai-insecure-api-key.${secret.value}`];
    const client = await RealtimeClient.open(`${world.url}/v1/realtime`, null, {}, offered);
    expect((await client.next('session.updated')).session).toMatchObject(session);
    client.ask('hi', {});
    await client.next('response.output_text.delta');
    await client.next('response.done');
    client.close();
    expect(await chargesWhen(account, 1)).toHaveLength(1);
    expect(JSON.stringify(served.seen())).not.toContain(secret.value);
  });

  it('is good for its model alone, for sessions alone, and only while its own key is', async () => {
    const { api, key } = await world.account(10);
    const served = await world.serve('sim-fast');
    const { value } = await secretFor({ type: 'realtime', model: served.model }, key.key);
    const other = await refusalTo(RealtimeClient.open(urlOf('another-model'), value));
    expect([other.status, other.body.error.param]).toEqual([400, 'model']);
    expect((await world.chat(served.model, { key: value })).status).toBe(401);
    const forged = await refusalTo(RealtimeClient.open(urlOf(served.model), `${value}x`));
    expect([forged.status, forged.body.error.code]).toEqual([401, 'invalid_api_key']);
    (await RealtimeClient.open(urlOf(served.model), value)).close();
    await api.changeKey(key.id, { status: 'disabled' });
    await until('the key disabled', async () => {
      const client = await RealtimeClient.open(urlOf(served.model), value).catch(() => null);
      client?.close();
      return client === null;
    });
  });

  it.each([
    [{ session: { type: 'realtime' } }, 400, 'session.model'],
    [{ session: { type: 'video', model: 'x' } }, 400, 'session.type'],
    [{ session: 'gpt-realtime' }, 400, 'session'],
    [{ session: { model: 'nobody-serves-this' } }, 404, 'model'],
    [{ session: { model: 'SERVED' }, expires_after: { seconds: 9 } }, 400, 'expires_after.seconds'],
    [{ session: { model: 'SERVED', instructions: 'LONG' } }, 400, 'session'],
  ])('is refused for %j', async (wish, status, param) => {
    const { model } = await world.serve('sim-fast');
    const long = Array.from({ length: 20_000 }, () => Math.random().toString(36)).join('');
    const text = JSON.stringify(wish).replace('SERVED', model).replace('LONG', long);
    const answer = await world.post('/v1/realtime/client_secrets', text);
    expect([answer.status, answer.json().error.param]).toEqual([status, param]);
  });

  it('cannot take the sound past the gateway: WebRTC is refused with what to do instead', async () => {
    for (const path of ['/v1/realtime/calls', '/v1/realtime/calls/rtc_1/accept']) {
      const answer = await world.post(path, 'v=0');
      expect([answer.status, answer.json().error.message]).toEqual([400, expect.stringContaining('WebSocket')]);
    }
  });
});

describe('a session that only transcribes', () => {
  const sound = Buffer.alloc(48_000).toString('base64');

  it('is opened with an ephemeral key under an alias, and charged as its model', async () => {
    const account = await world.account(10);
    const { model, credentials, channels } = await world.serve('sim-fast');
    const alias = `${model}-alias`;
    await world.api.changeChannel(channels[0]!.id, { models: [alias], modelMapping: { [alias]: model } });
    await world.api.setPrice(alias, { ...PRICES, audioInPerMTok: 5_000 });
    const input = { transcription: { model: alias }, turn_detection: { type: 'server_vad' } };
    const openai = world.openai(account.key.key);
    const secret = await until('the alias served', () =>
      openai.realtime.clientSecrets
        .create({ session: { type: 'transcription', audio: { input } } as never })
        .catch(() => null),
    );
    const client = await RealtimeClient.open(`${world.url}/v1/realtime`, secret.value);
    expect((await client.next('session.updated')).session.audio.input.transcription.model).toBe(model);
    client.send({ type: 'input_audio_buffer.append', audio: sound });
    const heard = await client.next('conversation.item.input_audio_transcription.completed');
    expect(heard.transcript).toBe('what was said');
    const [charge] = await chargesWhen(account, 1);
    const { input_token_details: details, output_tokens } = heard.usage;
    expect(nano(-charge!.amountUsd)).toBe(nano(details.audio_tokens * 0.005 + output_tokens * 0.002));
    expect(client.events.map(({ type }) => type)).not.toContain('response.created');
    client.close();
    const seen = world.simulator.requests().filter(({ credential }) => credential === credentials[0]![0]);
    expect(seen.map(({ path }) => path)).toEqual([expect.stringContaining('intent=transcription')]);
    expect(seen[0]!.path).not.toContain('model=');
  });
});

describe('Azure', () => {
  it.each([
    ['the v1 API', '/openai/v1', {}, /^\/openai\/v1\/realtime\?model=/],
    [
      'a dated API',
      '',
      { apiVersion: '2025-04-01-preview' },
      /^\/openai\/realtime\?api-version=2025-04-01-preview&deployment=/,
    ],
  ])('is reached over %s, with its own header', async (_name, mount, settings, path) => {
    const upstream = { provider: 'azure-openai', baseUrl: `${world.simulator.url}${mount}`, settings };
    const served = await world.serve('sim-fast', [upstream]);
    const client = await open(served);
    client.ask('hi');
    await client.next('response.done');
    client.close();
    const [seen] = served.seen();
    expect(seen!.path).toMatch(path);
    expect([seen!.headers['api-key'], seen!.headers.authorization]).toEqual([served.credentials[0]![0], undefined]);
    expect(await world.usageOf(served.model)).toMatchObject({ status: 'ok', usageSource: 'upstream' });
  });
});

describe('a handshake that is refused', () => {
  const refusalOf = async (url: string, key: string | null) => {
    const { status, body } = await refusalTo(RealtimeClient.open(url, key));
    return [status, body.error.code];
  };

  it('is answered in HTTP and in the shape of OpenAI', async () => {
    const served = await world.serve('sim-fast');
    const url = urlOf(served.model);
    expect(await refusalOf(url, null)).toEqual([401, 'invalid_api_key']);
    expect(await refusalOf(url, 'sk-nobody')).toEqual([401, 'invalid_api_key']);
    expect(await refusalOf(`${world.url}/v1/realtime`, world.key)).toEqual([400, 'invalid_request_error']);
    expect(await refusalOf(urlOf('no-such-model'), world.key)).toEqual([404, 'model_not_found']);
    expect(await refusalOf(`${world.url}/v1/elsewhere?model=x`, world.key)).toEqual([404, 'not_found']);
    expect(await refusalOf(`${world.url}/no/plane`, world.key)).toEqual([404, 'not_found']);
    const bound = await world.account(5, { models: ['other-*'] });
    expect(await refusalOf(url, bound.key.key)).toEqual([403, 'model_not_allowed']);
    const poor = await world.account(0);
    expect(await refusalOf(url, poor.key.key)).toEqual([402, 'insufficient_quota']);
    expect(served.seen()).toEqual([]);
  });

  it('keeps the limits of a key: requests, and sessions at a time', async () => {
    const served = await world.serve('sim-fast');
    const url = urlOf(served.model);
    const rare = await world.account(5, { rpm: 1 });
    const first = await open(served, rare.key.key);
    first.ask('hi'); // the door has counted it
    await first.next('response.done');
    const { status, headers, body } = await refusalTo(RealtimeClient.open(url, rare.key.key));
    expect([status, body.error.code]).toEqual([429, 'rate_limit_exceeded']);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    first.ask('again');
    expect((await first.next('error')).error.code).toBe('rate_limit_exceeded');
    first.close();

    const single = await world.account(5, { concurrency: 1 });
    const only = await open(served, single.key.key);
    expect(await refusalOf(url, single.key.key)).toEqual([429, 'rate_limit_exceeded']);
    only.close();
    const later = await until('a free place', () => open(served, single.key.key).catch(() => null), 30_000);
    later.close();
  });

  it('says 502 where every upstream refuses, with nothing of theirs, and logs it', async () => {
    const served = await world.serve('sim-fast', [{ keys: ['dead', 'leak-500', 'leak-error-first-event'] }]);
    const { status, body, headers } = await refusalTo(open(served));
    expect([status, body.error.code]).toEqual([502, 'upstream_error']);
    expect(JSON.stringify(body)).not.toMatch(/sim-key|127\.0\.0\.1/);
    const row = await world.usage(String(headers['x-request-id']));
    expect(row).toMatchObject({ status: 'error', operation: 'realtime', costUsd: 0 });
    expect(row.attempts).toHaveLength(served.seen().length);
    expect(JSON.stringify(row)).not.toContain('sim-key');
  });

  it('leaves calls alone that only offer HTTP/2', async () => {
    const served = await world.serve('sim-echo');
    const body = JSON.stringify({ model: served.model, messages: [{ role: 'user', content: 'no switch' }] });
    const head = [
      'POST /v1/chat/completions HTTP/1.1',
      'host: gateway',
      `authorization: Bearer ${world.key}`,
      'connection: Upgrade, HTTP2-Settings',
      'upgrade: h2c',
      'http2-settings: AAMAAABkAAQAoAAAAAIAAAAA',
      `content-length: ${body.length}`,
    ];
    const answer = await exchangeBytes(world.url, [`${head.join('\r\n')}\r\n\r\n`, body], 3_000);
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('no switch');
  });
});

describe('an upstream for the session', () => {
  it.each(['429', 'dead', '503', 'error-first-event'])('is another one when the first says %s', async (words) => {
    const served = await world.serve('sim-fast', [{ keys: [words], priority: 1 }, { keys: ['good'] }]);
    const client = await open(served);
    await client.next('session.created');
    client.ask('hi');
    await client.next('response.done');
    expect(client.events.filter(({ type }) => type === 'error')).toEqual([]);
    const row = await world.usage(`${client.id}.1`);
    expect(row.attempts.map(({ channelId }) => channelId)).toEqual(served.channels.map(({ id }) => id));
    expect(row.channelId).toBe(served.channels[1]!.id);
    client.close();
  });

  it('is another one when nobody is there', async () => {
    const served = await world.serve('sim-fast', [{ baseUrl: 'http://127.0.0.1:9/v1', priority: 1 }, {}]);
    const client = await open(served);
    await client.next('session.created');
    client.close();
  });

  it("is reached through the channel's proxy", async () => {
    const proxy = await startHttpProxy();
    try {
      const url = `http://${LOGIN.user}:${LOGIN.password}@${proxy.host}`;
      const served = await world.serve('sim-fast');
      const { id } = served.channels[0]!;
      await world.api.call('PATCH', `/channels/${id}`, { settings: { proxy: url }, keys: served.credentials[0] });
      await until('the way through the proxy', async () => {
        const client = await open(served);
        await client.next('session.created');
        client.close();
        return proxy.targets.length > 0;
      });
      expect(proxy.targets).toContain(new URL(world.simulator.url).host);
      await upstreamEnded(served);
    } finally {
      await proxy.close();
    }
  });
});

describe('a turn', () => {
  it('that cannot be paid is refused as OpenAI does it, and ends the session', async () => {
    const served = await world.serve('sim-echo');
    const account = await world.account(0.01);
    const client = await open(served, account.key.key);
    client.send({ type: 'response.create', event_id: 'mine', response: { instructions: 'x'.repeat(400) } });
    expect((await client.next('error')).error).toMatchObject({
      type: 'insufficient_quota',
      code: 'insufficient_quota',
      event_id: 'mine',
    });
    expect(await client.end()).toEqual({ code: 1008, reason: 'insufficient_quota' });
    expect(served.seen()[0]!.body).not.toContain('response.create');
    expect(await world.usage(`${client.id}.1`)).toMatchObject({ status: 'error', costUsd: 0 });
  });

  it('that the upstream begins for somebody without money ends the session too', async () => {
    const served = await world.serve('sim-chunks-100-gap-50');
    const account = await world.account(0.01);
    const client = await open(served, account.key.key);
    client.send({ type: 'session.update', session: { audio: { input: { turn_detection: { type: 'server_vad' } } } } });
    client.send({ type: 'input_audio_buffer.append', audio: Buffer.alloc(96_000).toString('base64') });
    expect((await client.next('error')).error.code).toBe('insufficient_quota');
    expect((await client.end()).code).toBe(1008);
    await upstreamEnded(served);
    expect(client.events.filter(({ type }) => type.endsWith('.delta'))).toEqual([]);
  });

  it('is refused once its key is disabled', async () => {
    const served = await world.serve('sim-fast');
    const account = await world.account(5);
    const client = await open(served, account.key.key);
    client.ask('hi');
    await client.next('response.done');
    await account.api.changeKey(account.key.id, { status: 'disabled' });
    client.ask('hi');
    expect((await client.next('error')).error.code).toBe('invalid_api_key');
    expect(await client.end()).toEqual({ code: 1008, reason: 'invalid_api_key' });
  });

  it('that the upstream refuses costs nothing, and the one under way goes on', async () => {
    const served = await world.serve('sim-chunks-10-gap-20');
    const client = await open(served);
    client.ask('first');
    await client.next('response.created');
    client.send({ type: 'response.create', event_id: 'second' });
    expect((await client.next('error')).error.event_id).toBe('second');
    await client.next('response.done');
    expect(await world.usage(`${client.id}.1`)).toMatchObject({ status: 'ok', usageSource: 'upstream' });
    expect(await world.usage(`${client.id}.2`)).toMatchObject({
      status: 'error',
      errorCode: 'conversation_already_has_active_response',
      costUsd: 0,
    });
    client.close();
  });

  it('that is cancelled is billed as the upstream counts it', async () => {
    const served = await world.serve('sim-chunks-1000-gap-20');
    const client = await open(served);
    client.ask('go');
    await client.next('response.output_text.delta');
    client.send({ type: 'response.cancel' });
    const { response } = await client.next('response.done');
    expect(response.status).toBe('cancelled');
    const row = await world.usage(`${client.id}.1`);
    expect(row).toMatchObject({ outputTokens: response.usage.output_tokens, usageSource: 'upstream' });
    client.close();
  });

  it('that the upstream cuts off is told as an error, and charged by what was delivered', async () => {
    const served = await world.serve('sim-chunks-10-cut-4');
    const account = await world.account(5);
    const client = await open(served, account.key.key);
    client.ask('x'.repeat(40));
    expect((await client.next('error')).error.code).toBe('upstream_error');
    expect((await client.end()).code).toBe(1011);
    const row = await world.usage(`${client.id}.1`);
    expect(row).toMatchObject({ status: 'error', errorCode: 'session_cut', usageSource: 'estimated' });
    expect([row.inputTokens, row.outputTokens]).toEqual([10, tokens('word0 word1 word2 word3 ')]);
    const [charge] = await chargesWhen(account, 1);
    expect(-nano(charge!.amountUsd)).toBe(priced(row.inputTokens, row.outputTokens));
  });

  it('whose caller vanishes ends upstream, and is charged by what was delivered', async () => {
    const served = await world.serve('sim-chunks-1000-gap-20');
    const client = await open(served);
    client.ask('hi');
    for (let count = 0; count < 3; count++) await client.next('response.output_text.delta');
    client.socket.terminate();
    const row = await world.usage(`${client.id}.1`);
    expect(row).toMatchObject({ status: 'aborted', errorCode: 'client_gone', usageSource: 'estimated' });
    expect(row.outputTokens).toBeGreaterThan(0);
    await upstreamEnded(served);
    expect(served.seen()[0]!.chunks).toBeLessThan(1_000);
  });

  it('without usage is estimated and marked', async () => {
    const served = await world.serve('sim-echo-no-usage');
    const client = await open(served);
    client.ask('y'.repeat(400));
    await client.next('response.done');
    const row = await world.usage(`${client.id}.1`);
    expect(row).toMatchObject({ status: 'ok', usageSource: 'estimated', inputTokens: 100 });
    expect(row.outputTokens).toBe(100);
    client.close();
  });
});

describe('the two sides', () => {
  it('wait for each other: who does not read stops who writes', async () => {
    const served = await world.serve('sim-chunks-200-big-line');
    const account = await world.account(1_000_000);
    const client = await open(served, account.key.key);
    client.ask('much');
    await client.next('response.created');
    client.socket.pause();
    const upstream = served.seen()[0]!;
    let before = -1;
    let still = 0;
    await until(
      'the upstream to stand still',
      async () => {
        still = upstream.chunks === before ? still + 1 : 0;
        before = upstream.chunks;
        return still > 40;
      },
      30_000,
    );
    // Two connections' kernel buffers and the gateway's bound, not the 200 MiB of the answer.
    expect(upstream.chunks).toBeLessThan(60);
    client.socket.resume();
    await client.next('response.done');
    expect(client.events.filter(({ type }) => type === 'response.output_text.delta')).toHaveLength(200);
    client.close();
  }, 60_000);

  it('are let go when nobody says anything, when the time is over, and when a peer is dead', async () => {
    const served = await world.serve('sim-fast');
    const during = async (realtime: object, action: (client: RealtimeClient) => Promise<void>, options = {}) => {
      await world.api.changeSettings({ relay: { realtime } });
      await until(
        'the setting',
        async () => {
          const client = await RealtimeClient.open(urlOf(served.model), world.key, options);
          try {
            return await action(client).then(
              () => true,
              () => false,
            );
          } finally {
            client.close();
          }
        },
        30_000,
      );
    };
    const ends = (code: number, reason: string) => async (client: RealtimeClient) => {
      const closed = await until('the end', async () => client.closed, 2_000);
      expect(closed).toEqual({ code, reason });
    };
    try {
      await during({ idleMs: 300 }, ends(1001, 'idle_timeout'));
      await during({ idleMs: 900_000, maxSessionMs: 300 }, async (client) => {
        await ends(1001, 'session_expired')(client);
        expect(client.events.at(-1)!.error.code).toBe('session_expired');
      });
      await during({ maxSessionMs: 3_600_000, pingMs: 100 }, ends(1006, ''), { autoPong: false });
    } finally {
      await world.api.changeSettings({ relay: { realtime: { idleMs: null, maxSessionMs: null, pingMs: null } } });
    }
  });
});

it('leaves no session behind, with an upstream or here', async () => {
  const sessions = world.simulator.requests().filter(({ status }) => status === 101);
  expect(sessions.length).toBeGreaterThan(20);
  const open = () => sessions.filter(({ closeCode }) => closeCode === null).map(({ model }) => model);
  await until('the end of all', async () => open().length === 0, 20_000);
});

describe('a gateway that ends', () => {
  let own: World;
  useWorld((opened) => {
    own = opened;
  });
  const sessionOn = async (script: string) => {
    const served = await own.serve(script);
    const client = await RealtimeClient.open(
      `${own.url}/v1/realtime?model=${encodeURIComponent(served.model)}`,
      own.key,
    );
    client.ask('hi');
    await client.next('response.output_text.delta');
    return client;
  };

  it('by SIGKILL charges no turn that was under way, and knows of it', async () => {
    const { balanceUsd } = await own.api.me();
    const client = await sessionOn('sim-chunks-1000-gap-20');
    // A hold is journalled once it has lasted a moment.
    for (let count = 0; count < 50; count++) await client.next('response.output_text.delta');
    const { dataDir, port } = own.gateway;
    await own.gateway.kill9();
    expect((await client.end()).code).toBe(1006);
    const next = await startGateway({ dataDir, port });
    try {
      const row = await until('the row', async () => (await own.api.usage({ requestId: `${client.id}.1` }))[0], 30_000);
      expect(row).toMatchObject({ status: 'aborted', errorCode: 'server_killed', costUsd: 0 });
      expect((await own.api.me()).balanceUsd).toBe(balanceUsd);

      const idle = await RealtimeClient.open(client.socket.url.replace('ws:', 'http:'), own.key);
      const busy = await sessionOn('sim-chunks-30-gap-20');
      const stopped = next.stop();
      expect((await idle.end()).code).toBe(1001);
      const { response } = await busy.next('response.done');
      expect(response.status).toBe('completed');
      expect((await busy.end()).code).toBe(1001);
      expect(await stopped).toBe(0);
    } finally {
      await next.discard();
    }
  }, 120_000);
});
