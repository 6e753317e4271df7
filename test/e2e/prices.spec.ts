import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from '../support/gateway';
import { startScriptedUpstream, type ScriptedUpstream } from '../support/scripted-upstream';
import { nano, useWorld, type World } from '../support/world';

/** What a call costs is known before it, charged by it and explained after it; and prices come from where operators say. */
let world: World;
let upstream: ScriptedUpstream;

useWorld(async (opened) => {
  world = opened;
  upstream = await startScriptedUpstream();
});
afterAll(() => upstream?.close());

interface Line {
  readonly item: string;
  readonly quantity?: number;
  readonly costUsd: number;
}
interface Charge {
  readonly lines: readonly Line[];
  readonly unpriced: boolean;
  readonly serviceTier: string | null;
  readonly group: string | null;
}

/** The row of a call with its explanation, which must add up. */
async function explained(requestId: string | null) {
  const row = (await world.usage(requestId)) as Awaited<ReturnType<World['usage']>> & { charge: Charge };
  const sum = row.charge.lines.reduce((all, { costUsd }) => all + nano(costUsd), 0);
  expect(sum).toBe(nano(row.costUsd));
  return row;
}

const shown = ({ lines }: Charge) => lines.map(({ item, quantity, costUsd }) => [item, quantity, costUsd]);

/** A model at the scripted upstream. */
async function serve(provider: string, prices: object): Promise<string> {
  const model = `model-${world.label()}`;
  await world.api.call('PUT', `/models/${model}`, { prices });
  const baseUrl = provider === 'openai' ? `${upstream.url}/v1` : upstream.url;
  await world.api.createChannel({ name: model, provider, baseUrl, keys: ['k'], models: [model] });
  return model;
}

describe('a call is charged for', () => {
  it('each search, question and container of a response, and explains it', async () => {
    const model = await serve('openai', {
      inputPerMTok: 1,
      outputPerMTok: 2,
      tools: { webSearch: 0.01, fileSearch: 0.0025, codeExecution: 0.03 },
    });
    const output = [
      { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'a' } },
      {
        type: 'web_search_call',
        id: 'ws_2',
        status: 'completed',
        action: { type: 'open_page', url: 'https://x.test' },
      },
      { type: 'web_search_call', id: 'ws_3', status: 'completed', action: { type: 'search', query: 'b' } },
      { type: 'file_search_call', id: 'fs_1', status: 'completed', queries: ['q'] },
      { type: 'code_interpreter_call', id: 'ci_1', status: 'completed', container_id: 'c1', code: '1' },
      { type: 'code_interpreter_call', id: 'ci_2', status: 'completed', container_id: 'c1', code: '2' },
      {
        type: 'message',
        id: 'm',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text: 'hi', annotations: [] }],
      },
    ];
    const usage = { input_tokens: 1_000, output_tokens: 500, total_tokens: 1_500 };
    upstream.answer = () => ({
      body: { id: 'resp_1', object: 'response', created_at: 1, model, status: 'completed', output, usage },
    });
    const answer = await world.post(
      '/v1/responses',
      JSON.stringify({ model, input: 'hi', tools: [{ type: 'web_search' }] }),
    );
    expect(answer.status).toBe(200);
    expect(shown((await explained(answer.requestId)).charge)).toEqual([
      ['input', 1_000, 0.001],
      ['output', 500, 0.001],
      ['webSearch', 2, 0.02],
      ['fileSearch', 1, 0.0025],
      ['codeExecution', 1, 0.03],
    ]);
  });

  it.each([false, true])('the searches and both kinds of cache writes of a message (stream %s)', async (stream) => {
    const model = await serve('anthropic', {
      inputPerMTok: 1,
      outputPerMTok: 5,
      cacheWritePerMTok: 1.25,
      cacheWrite1hPerMTok: 2,
      tools: { webSearch: 0.01 },
      serviceTiers: { priority: { multiplier: 1.5 } },
    });
    const usage = {
      input_tokens: 100,
      output_tokens: 10,
      cache_creation_input_tokens: 3_000,
      cache_creation: { ephemeral_5m_input_tokens: 1_000, ephemeral_1h_input_tokens: 2_000 },
      server_tool_use: { web_search_requests: 3 },
      service_tier: 'priority',
    };
    const message = { id: 'msg_1', type: 'message', role: 'assistant', model, stop_sequence: null };
    const content = [{ type: 'text', text: 'hi' }];
    const events = [
      {
        type: 'message_start',
        message: { ...message, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } },
      },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'hi' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 10 } },
      { type: 'message_stop' },
    ];
    const text = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
    upstream.answer = () => ({ body: stream ? text : { ...message, content, stop_reason: 'end_turn', usage } });
    const body = { model, max_tokens: 50, stream, messages: [{ role: 'user', content: 'hi' }] };
    const answer = await world.post('/v1/messages', JSON.stringify(body));
    expect(answer.status).toBe(200);
    const { charge } = await explained(answer.requestId);
    expect(charge.serviceTier).toBe('priority');
    expect(shown(charge)).toEqual([
      ['input', 100, 0.00015],
      ['cacheWrite', 1_000, 0.001875],
      ['cacheWrite1h', 2_000, 0.006],
      ['output', 10, 0.000075],
      ['webSearch', 3, 0.03],
    ]);
  });

  it('what a group pays by the price itself, in place of its multiplier', async () => {
    await world.api.call('PUT', '/groups/vip', { priceMultiplier: 7 });
    const model = await serve('openai', {
      inputPerMTok: 100,
      outputPerMTok: 100,
      groups: { vip: { inputPerMTok: 1, multiplier: 0.5 } },
    });
    const [channel] = (await world.api.call('GET', `/channels?q=${model}`)).items;
    await world.api.call('PATCH', `/channels/${channel.id}`, { groups: ['default', 'vip'] });
    upstream.answer = () => ({
      body: {
        id: 'c',
        object: 'chat.completion',
        created: 1,
        model,
        choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 1_000, completion_tokens: 100, total_tokens: 1_100 },
      },
    });
    const { key } = await world.account(5, {}, 'vip');
    const { charge } = await explained((await world.chat(model, { key: key.key })).requestId);
    expect(charge.group).toBe('vip');
    expect(shown(charge)).toEqual([
      ['input', 1_000, 0.0005],
      ['output', 100, 0.005],
    ]);
  });
});

it('a call pays the price that was in force when it came, whatever prices do while it runs', async () => {
  const served = await world.serve('sim-chunks-20-delay-100', [{}], { inputPerMTok: 0, outputPerMTok: 1_000 });
  const running = world.chat(served.model, { stream: true });
  await until('the call', () => Promise.resolve(served.seen().length === 1));
  await world.api.setPrice(served.model, { inputPerMTok: 0, outputPerMTok: 500_000 });
  const usage = { output: 1 };
  const now = await world.api.call('POST', '/prices/calculate', { model: served.model, usage });
  expect(now.costUsd).toBe(0.5);
  const row = await explained((await running).requestId);
  expect(row.outputTokens).toBeGreaterThan(0);
  expect(nano(row.costUsd)).toBe(row.outputTokens * 1_000_000);
});

describe('a model nobody priced', () => {
  const unpriced = async () => {
    const served = await world.serve('sim-fast');
    const model = `without-price-${world.label()}`;
    await world.api.createChannel({
      name: model,
      baseUrl: `${world.simulator.url}/v1`,
      keys: ['sim-key-good'],
      models: [model],
      modelMapping: { [model]: served.model },
    });
    return model;
  };

  it('is refused before anybody is asked, and served for nothing where the operator allows it', async () => {
    const model = await unpriced();
    const refused = await world.chat(model);
    expect([refused.status, refused.json().error.code]).toEqual([403, 'model_not_priced']);
    expect(await world.usage(refused.requestId)).toMatchObject({ costUsd: 0, attempts: [], charge: null });
    await world.api.call('PATCH', '/settings', { billing: { allowUnpriced: true } });
    try {
      await until('the setting', async () => (await world.chat(model)).status === 200);
      const { charge, costUsd } = await explained((await world.chat(model)).requestId);
      expect([costUsd, charge.unpriced]).toEqual([0, true]);
      expect(charge.lines.every((line) => line.costUsd === 0)).toBe(true);
    } finally {
      await world.api.call('PATCH', '/settings', { billing: { allowUnpriced: false } });
    }
  });
});

describe('the calculator', () => {
  it('says what a call of the same usage is then charged, line by line', async () => {
    const served = await world.serve('sim-chunks-20-cached-3');
    const answer = await world.chat(served.model, { text: 'x'.repeat(400) });
    const { charge, costUsd, ...row } = await explained(answer.requestId);
    const usage = { input: row.inputTokens - 3, cacheRead: 3, output: row.outputTokens };
    const calculated = await world.api.call('POST', '/prices/calculate', { model: served.model, usage });
    expect(calculated).toEqual({ ...charge, costUsd });
  });

  it('tries out prices that are not set, at any hour and for any group', async () => {
    await world.api.call('PUT', '/groups/half', { priceMultiplier: 0.5 });
    const prices = {
      inputPerMTok: 2,
      longContext: [{ aboveTokens: 1_000, inputPerMTok: 4 }],
      windows: [{ from: '16:30', to: '00:30', zone: 'UTC', multiplier: 0.25 }],
    };
    const usage = { input: 2_000 };
    const ask = (more: object) => world.api.call('POST', '/prices/calculate', { prices, usage, ...more });
    expect(await ask({ at: '2026-11-23T12:00:00Z' })).toMatchObject({
      costUsd: 0.008,
      longContextAbove: 1_000,
      window: null,
    });
    expect(await ask({ at: '2026-11-23T23:00:00Z' })).toMatchObject({ costUsd: 0.002, window: '16:30–00:30 UTC' });
    expect(await ask({ at: '2026-11-23T12:00:00Z', group: 'half' })).toMatchObject({ costUsd: 0.004 });
    expect(await ask({ at: '2026-11-23T23:00:00Z', multiplier: 3 })).toMatchObject({ costUsd: 0.006 });
  });

  it('refuses what it cannot calculate, and others’ groups to users', async () => {
    const { api } = await world.account(1);
    const status = async (body: object, as = world.api) => (await as.send('POST', '/prices/calculate', body)).status;
    expect(await status({ model: 'sim-x', usage: { input: 1 } }, api)).toBe(200);
    expect(await status({ model: 'sim-x', usage: { input: 1 }, multiplier: 0 }, api)).toBe(403);
    expect(await status({ model: 'sim-x', usage: { input: -1 } })).toBe(400);
    expect(await status({ model: 'sim-x', usage: { tools: { webSearch: 0.5 } } })).toBe(400);
    expect(await status({ model: 'nobody-priced-this', usage: {} })).toBe(400);
    expect(await status({ usage: {} })).toBe(400);
  });
});

describe('price lists', () => {
  let server: Server;
  let url: string;
  let list: unknown;
  let seen: (string | undefined)[];

  beforeAll(async () => {
    server = createServer(({ headers }, response) => {
      seen.push(headers.authorization);
      response
        .setHeader('content-type', 'application/json')
        .end(typeof list === 'string' ? list : JSON.stringify(list));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/list.json`;
  });
  beforeEach(() => void (seen = []));
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const row = (input: number, output = input) => ({
    litellm_provider: 'acme',
    mode: 'chat',
    input_cost_per_token: input / 1e6,
    output_cost_per_token: output / 1e6,
  });
  const priceOf = async (id: string) =>
    (
      (await world.api.call('GET', '/models')).items as {
        id: string;
        source: string | null;
        prices: Record<string, number>;
      }[]
    ).find((model) => model.id === id);
  const compare = (body: object) => world.api.call('POST', '/prices/compare', body);
  const take = (body: object) => world.api.call('POST', '/prices/import', body);
  const failure = async (path: string, body: object) => {
    const response = await world.api.send('POST', path, body);
    return { status: response.status, ...((await response.json()) as { code: string; detail: string }) };
  };

  it('at private addresses are not asked unless the operator allows it', async () => {
    const refused = await failure('/prices/compare', { url });
    expect(refused).toMatchObject({
      status: 400,
      errors: [{ path: 'url', message: expect.stringContaining('must not be called') }],
    });
    expect(seen).toEqual([]);
  });

  describe('from where the operator allows it', () => {
    beforeAll(() => world.api.call('PATCH', '/settings', { billing: { importFromPrivate: true } }));

    it('are compared, taken over as chosen, compared again, and taken back', async () => {
      list = { 'imp-a': row(1), 'imp-b': row(2), 'imp-c': row(3), 'imp-bad': row(-1) };
      const first = await compare({ url, token: 'secret-token' });
      expect(seen).toEqual(['Bearer secret-token']);
      expect(first).toMatchObject({
        format: 'litellm',
        source: url,
        equal: 0,
        bad: [{ row: 'imp-bad', reason: expect.stringContaining('input_cost_per_token') }],
        badCount: 1,
      });
      expect(first.items.map(({ id, kind }: { id: string; kind: string }) => [id, kind])).toEqual([
        ['imp-a', 'new'],
        ['imp-b', 'new'],
        ['imp-c', 'new'],
      ]);
      expect(await priceOf('imp-a')).toBeUndefined();
      expect(await take({ url, take: ['imp-a', 'imp-b'], digest: first.digest })).toEqual({
        source: url,
        taken: 2,
        removed: 0,
        bad: 1,
      });
      expect(await priceOf('imp-a')).toMatchObject({
        prices: { inputPerMTok: 1, outputPerMTok: 1 },
        source: url,
        origin: 'operator',
      });
      expect(await priceOf('imp-c')).toBeUndefined();

      list = { 'imp-a': row(1), 'imp-c': row(9) };
      const second = await compare({ url });
      expect(second).toMatchObject({
        equal: 1,
        items: [
          { id: 'imp-b', kind: 'gone' },
          { id: 'imp-c', kind: 'new' },
        ],
      });
      expect(await failure('/prices/import', { url, take: 'all', digest: first.digest })).toMatchObject({
        status: 409,
        code: 'conflict',
      });
      expect(await priceOf('imp-c')).toBeUndefined();
      expect(await take({ url, take: 'all', remove: ['imp-b'], digest: second.digest })).toMatchObject({
        taken: 1,
        removed: 1,
      });
      expect([await priceOf('imp-b'), (await priceOf('imp-c'))?.prices.inputPerMTok]).toEqual([undefined, 9]);

      const audit = await world.api.call('GET', '/logs/audit?action=prices.import');
      expect(audit.items[0]).toMatchObject({
        target: `prices:${url}`,
        changes: { taken: 1, removed: 1, names: ['new imp-c', 'gone imp-b'] },
      });
      expect(JSON.stringify(audit)).not.toContain('secret-token');
    });

    it('are taken over whole or not at all', async () => {
      list = { 'all-a': row(1), 'all-b': row(2) };
      expect(await failure('/prices/import', { url, take: ['all-a', 'all-x'] })).toMatchObject({ status: 400 });
      expect(await priceOf('all-a')).toBeUndefined();
    });

    it.each([
      ['no JSON', '<html>'],
      ['no price list', { hello: 'world' }],
    ])('that are %s are refused', async (_, content) => {
      list = content;
      expect(await failure('/prices/compare', { url })).toMatchObject({ status: 400, code: 'invalid' });
    });
  });

  it('as files may be larger than any other body, for those who may send them', async () => {
    const models = Object.fromEntries(
      Array.from({ length: 9_000 }, (_, index) => [`big-${index}`, { ...row(1), note: 'x'.repeat(200) }]),
    );
    const document = { ...models, 'gpt-4o': row(5) };
    expect(JSON.stringify(document).length).toBeGreaterThan(2_000_000);
    const compared = await compare({ document, name: 'our list' });
    expect(compared.items).toHaveLength(9_001);
    expect(compared.items.at(-1)).toMatchObject({
      id: 'gpt-4o',
      kind: 'changed',
      origin: 'catalogue',
      differences: expect.arrayContaining([{ path: 'inputPerMTok', before: 2.5, after: 5 }]),
    });
    expect(await take({ document, name: 'our list', take: 'all', digest: compared.digest })).toMatchObject({
      taken: 9_001,
    });
    await until('the prices', async () => (await priceOf('big-8999')) !== undefined);
    const { api } = await world.account(1);
    expect((await api.send('POST', '/prices/compare', { document })).status).toBe(403);
    const anonymous = await fetch(`${world.url}/api/prices/compare`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ document }),
    }).catch(() => ({ status: 401 })); // the answer may come before the body is read, and cut it
    expect(anonymous.status).toBe(401);
    expect((await world.api.send('POST', '/groups', { x: 'y'.repeat(1_500_000) })).status).toBe(413);
    const gone = await compare({ document: { 'gpt-4o': row(5) }, name: 'our list' });
    const remove = gone.items.map(({ id }: { id: string }) => id);
    expect(remove).toHaveLength(9_000);
    await take({ document: { 'gpt-4o': row(5) }, name: 'our list', take: [], remove });
    await world.api.call('DELETE', '/models/gpt-4o');
  });

  it('of one’s own go out and come back without a difference', async () => {
    const document = await world.api.call('GET', '/prices/export');
    expect(document).toMatchObject({ format: 'one-api.prices', version: 1 });
    const compared = await compare({ document });
    expect(compared).toMatchObject({ format: 'one-api', items: [], equal: document.models.length, bad: [] });
  });

  it('name neither an address nor a file, or both, in vain', async () => {
    expect((await failure('/prices/compare', {})).status).toBe(400);
    expect((await failure('/prices/compare', { url, document: {} })).status).toBe(400);
  });
});
