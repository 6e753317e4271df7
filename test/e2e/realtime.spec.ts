import { connect } from 'node:net';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import { type AdminApi, until } from '../support/gateway';
import { RealtimeClient } from '../support/realtime-client';
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
  const ledger = await api.ledger(userId);
  const { balanceUsd } = await api.user(userId);
  expect(ledger.reduce((sum, { amountUsd }) => sum + nano(amountUsd), 0)).toBe(nano(balanceUsd));
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
