import Anthropic from '@anthropic-ai/sdk';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream';
import { until } from '../support/gateway';
import { PRICES, useWorld, type World } from '../support/world';

/** Vendors that speak a tongue of their own, read by the SDKs their callers have. */
let world: World;
let upstream: ScriptedUpstream;

useWorld(async (opened) => {
  world = opened;
  upstream = await startScriptedUpstream();
});
afterAll(() => upstream?.close());
beforeEach(() => upstream.requests.splice(0));

async function open(provider: string, model: string, path: string): Promise<string> {
  await world.api.setPrice(model, PRICES);
  const channel = {
    name: model,
    provider,
    baseUrl: `${upstream.url}${path}`,
    keys: ['app-secret-key'],
    models: [model],
  };
  await world.api.createChannel(channel);
  return model;
}

const events = (list: readonly object[]): string => list.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');

const dify = events([
  { event: 'message', message_id: 'm1', answer: 'Hello ' },
  { event: 'message', message_id: 'm1', answer: 'there.' },
  { event: 'message_end', message_id: 'm1', metadata: { usage: { prompt_tokens: 20, completion_tokens: 5 } } },
]);

const coze = [
  ['conversation.chat.created', { id: 'c1', status: 'created' }],
  ['conversation.message.delta', { id: 'm1', type: 'answer', content: 'Hello ' }],
  ['conversation.message.delta', { id: 'm1', type: 'answer', content: 'there.' }],
  ['conversation.message.completed', { id: 'm1', type: 'answer', content: 'Hello there.' }],
  ['conversation.chat.completed', { id: 'c1', status: 'completed', usage: { input_count: 20, output_count: 5 } }],
  ['done', '[DONE]'],
]
  .map(([name, data]) => `event:${name as string}\ndata:${JSON.stringify(data)}\n\n`)
  .join('');

describe.each([
  { provider: 'dify', base: '/v1', path: '/v1/chat-messages', stream: dify, question: { query: 'hi' } },
  { provider: 'coze', base: '', path: '/v3/chat', stream: coze, question: { stream: true } },
])('$provider', ({ provider, base, path, stream, question }) => {
  let model: string;
  beforeAll(async () => {
    model = await open(provider, `${provider}-app`, base);
  });
  beforeEach(() => (upstream.answer = () => ({ body: stream })));

  const messages = [{ role: 'user' as const, content: 'hi' }];

  it('answers a caller of OpenAI at once, billed by what it reports, and what it is not told is named', async () => {
    const answer = await world.chat(model, { text: 'hi', temperature: 0.5 });
    expect(answer.status).toBe(200);
    expect(answer.json()).toMatchObject({
      choices: [{ message: { content: 'Hello there.' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 20, completion_tokens: 5 },
    });
    expect(answer.headers.get('x-oneapi-dropped')).toContain('sampling.temperature');
    const [seen] = upstream.requests;
    expect(seen).toMatchObject({ method: 'POST', path, body: question });
    expect(seen?.headers.authorization).toBe('Bearer app-secret-key');
    const row = await world.usage(answer.requestId);
    expect(row).toMatchObject({ inputTokens: 20, outputTokens: 5, usageSource: 'upstream', status: 'ok' });
    expect(row.costUsd).toBeCloseTo((20 * PRICES.inputPerMTok + 5 * PRICES.outputPerMTok) / 1e6, 9);
  });

  it('answers a caller of Anthropic event by event', async () => {
    const anthropic = new Anthropic({ baseURL: world.url, apiKey: world.key, maxRetries: 0 });
    const reply = anthropic.messages.stream({ model, max_tokens: 99, messages });
    const pieces: string[] = [];
    reply.on('text', (piece) => pieces.push(piece));
    const final = await reply.finalMessage();
    expect(pieces).toEqual(['Hello ', 'there.']);
    expect(final).toMatchObject({ stop_reason: 'end_turn', usage: { input_tokens: 20, output_tokens: 5 } });
  });

  it('can be tested by its operator', async () => {
    const { items } = await world.api.call('GET', `/channels?q=${model}`);
    expect(await world.api.call('POST', `/channels/${items[0].id}/test`, {})).toMatchObject({ ok: true });
  });

  it('that breaks off is no answer', async () => {
    upstream.answer = () => ({ body: stream.slice(0, stream.indexOf('there')) });
    const answer = await world.chat(model);
    expect(answer.status).toBe(502);
    expect((await world.usage(answer.requestId)).costUsd).toBe(0);
  });
});

describe('a vendor of retrieval', () => {
  it('embeds and ranks, and is asked for nothing else', async () => {
    const jina = await open('jina', 'jina-embeddings-v4', '/v1');
    upstream.answer = () => ({ body: { data: [{ index: 0, embedding: [0.5] }], usage: { total_tokens: 7 } } });
    const embedded = await world.post('/v1/embeddings', JSON.stringify({ model: jina, input: 'x' }));
    expect(embedded.json().data).toHaveLength(1);
    expect(await world.usage(embedded.requestId)).toMatchObject({ inputTokens: 7, usageSource: 'upstream' });
    const refused = await world.chat(jina);
    expect(refused.status).toBe(404);
    expect(refused.json().error).toMatchObject({ code: 'model_not_found', param: 'model' });
    expect(await world.usage(refused.requestId)).toMatchObject({ attempts: [], costUsd: 0 });
    expect(upstream.requests.map(({ path }) => path)).toEqual(['/v1/embeddings']);
  });

  it('ranks beside what it speaks of OpenAI', async () => {
    const cohere = await open('cohere', 'rerank-v3.5', '/compatibility/v1');
    upstream.answer = () => ({
      body: { results: [{ index: 0, relevance_score: 0.9 }], meta: { billed_units: { search_units: 1 } } },
    });
    const ranked = await world.post('/v1/rerank', JSON.stringify({ model: cohere, query: 'x', documents: ['y'] }));
    expect(ranked.json().results).toHaveLength(1);
    expect(upstream.requests.map(({ path }) => path)).toEqual(['/v2/rerank']);
    await world.api.setPrice(cohere, { inputPerMTok: 0, outputPerMTok: 0, perRequest: 0.5 });
    const body = { results: [{ index: 0, relevance_score: 0.9 }], meta: { billed_units: { search_units: 3 } } };
    upstream.answer = () => ({ body });
    const many = await world.post('/v1/rerank', JSON.stringify({ model: cohere, query: 'x', documents: ['y'] }));
    expect(await world.usage(many.requestId)).toMatchObject({ costUsd: 1.5 });
  });

  it('speaks its own protocol to callers of any but OpenAI’s', async () => {
    const cohere = await open('cohere', 'command-a-03-2025', '/compatibility/v1');
    const told = (type: string, message: object) => ({ type, index: 0, delta: { message } });
    const usage = { tokens: { input_tokens: 20, output_tokens: 5 }, billed_units: { input_tokens: 2 } };
    upstream.answer = () => ({
      body: events([
        { type: 'message-start', id: 'c1' },
        told('tool-plan-delta', { tool_plan: 'I roll.' }),
        told('tool-call-start', { tool_calls: { id: 'a', function: { name: 'roll', arguments: '' } } }),
        { type: 'tool-call-end', index: 0 },
        { type: 'message-end', delta: { finish_reason: 'TOOL_CALL', usage } },
      ]),
    });
    const anthropic = new Anthropic({ baseURL: world.url, apiKey: world.key, maxRetries: 0 });
    const tools = [{ name: 'roll', input_schema: { type: 'object' as const } }];
    const messages = [{ role: 'user' as const, content: 'Roll' }];
    const reply = anthropic.messages.stream({ model: cohere, max_tokens: 99, messages, tools });
    expect(await reply.finalMessage()).toMatchObject({
      content: [
        { type: 'text', text: 'I roll.' },
        { type: 'tool_use', id: 'a', name: 'roll', input: {} },
      ],
      stop_reason: 'tool_use',
      usage: { input_tokens: 20, output_tokens: 5 },
    });
    expect(upstream.requests).toMatchObject([{ path: '/v2/chat', body: { model: cohere, stream: true } }]);
    upstream.answer = () => ({ status: 400, body: { id: 'x', message: 'too many tokens' } });
    const refused = anthropic.messages.create({ model: cohere, max_tokens: 99, messages });
    await expect(refused).rejects.toMatchObject({ error: { error: { type: 'invalid_request_error' } } });
  });

  it('can be tested by its operator', async () => {
    const model = await open('voyage', 'rerank-2.5', '/v1');
    upstream.answer = () => ({ body: { data: [{ index: 0, relevance_score: 0.9 }], usage: { total_tokens: 7 } } });
    const { items } = await world.api.call('GET', `/channels?q=${model}`);
    expect(await world.api.call('POST', `/channels/${items.at(-1).id}/test`, { model })).toMatchObject({ ok: true });
    expect(upstream.requests[0]).toMatchObject({ path: '/v1/rerank', body: { model } });
    const ranked = await world.post('/v1/rerank', JSON.stringify({ model, query: 'x', documents: ['y'], top_n: 1 }));
    expect(ranked.json()).toEqual({ results: [{ index: 0, relevance_score: 0.9 }], usage: { total_tokens: 7 } });
    expect(upstream.requests[1]?.body).toEqual({ model, query: 'x', documents: ['y'], top_k: 1 });
  });
});

describe('replicate', () => {
  const output = ['Hello ', 'there.'];
  const metrics = { input_token_count: 20, output_token_count: 5 };
  let model: string;
  beforeAll(async () => {
    model = await open('replicate', 'meta/llama-3', '/v1');
  });

  const prediction = (status: string, more: object = {}) => ({
    body: {
      ...{ id: 'p1', status, output: null, error: null },
      urls: { get: `${upstream.url}/v1/predictions/p1`, stream: `${upstream.url}/streams/p1` },
      ...more,
    },
  });

  it('is asked again until its prediction is over, and billed by its count', async () => {
    const states = [prediction('starting'), prediction('processing'), prediction('succeeded', { output, metrics })];
    upstream.answer = () => states.shift() ?? { status: 500, body: {} };
    const answer = await world.chat(model, { text: 'hi' });
    expect(answer.json()).toMatchObject({
      choices: [{ message: { content: 'Hello there.' } }],
      usage: { prompt_tokens: 20, completion_tokens: 5 },
    });
    expect(upstream.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /v1/models/meta/llama-3/predictions',
      'GET /v1/predictions/p1',
      'GET /v1/predictions/p1',
    ]);
    expect(upstream.requests[0]).toMatchObject({ headers: { prefer: 'wait' }, body: { input: { prompt: 'hi' } } });
    for (const { headers } of upstream.requests) expect(headers.authorization).toBe('Bearer app-secret-key');
    expect(await world.usage(answer.requestId)).toMatchObject({ inputTokens: 20, usageSource: 'upstream' });
  });

  it('streams from where it says, and is then estimated', async () => {
    const events = 'event: output\ndata: Hello \n\nevent: output\ndata: there.\n\nevent: done\ndata: {}\n\n';
    upstream.answer = ({ method }) => (method === 'POST' ? prediction('starting') : { body: events });
    const answer = await world.chat(model, { stream: true });
    expect(answer.text).toContain('Hello ');
    expect(answer.text).toContain('[DONE]');
    expect(upstream.requests.map(({ path }) => path)).toEqual(['/v1/models/meta/llama-3/predictions', '/streams/p1']);
    const row = await world.usage(answer.requestId);
    expect(row.usageSource).toBe('estimated');
    expect(row.costUsd).toBeGreaterThan(0);
  });

  it('is called off when its caller goes away', async () => {
    const cancel = `${upstream.url}/v1/predictions/p1/cancel`;
    const waiting = prediction('processing', { urls: { get: `${upstream.url}/v1/predictions/p1`, cancel } });
    const caller = new AbortController();
    upstream.answer = ({ method }) => {
      if (method === 'GET') caller.abort();
      return waiting;
    };
    const messages = [{ role: 'user' as const, content: 'hi' }];
    const { signal } = caller;
    await expect(world.openai().chat.completions.create({ model, messages }, { signal })).rejects.toThrow();
    const calledOff = async () => upstream.requests.some(({ path }) => path.endsWith('/p1/cancel'));
    await until('the prediction to be called off', calledOff);
  });

  describe('draws', () => {
    const drawn = (files: number) =>
      prediction('succeeded', { output: Array.from({ length: files }, (_, at) => `${upstream.url}/files/${at}.webp`) });
    const file = Buffer.from([0x52, 0x49, 0x46, 0x46, 0xff, 0x00]);
    let painter: string;
    beforeAll(async () => {
      painter = await open('replicate', 'black-forest-labs/flux-schnell', '/v1');
      await world.api.setPrice(painter, { perImage: 0.003 });
    });

    it('and says where the pictures are, charged by the picture', async () => {
      const states = [prediction('processing'), drawn(2)];
      upstream.answer = () => states.shift() ?? { status: 500, body: {} };
      const answer = await world.post(
        '/v1/images/generations',
        JSON.stringify({ model: painter, prompt: 'a cat', n: 2, size: '1024x1024', quality: 'high' }),
      );
      expect(answer.json().data).toEqual([
        { url: `${upstream.url}/files/0.webp` },
        { url: `${upstream.url}/files/1.webp` },
      ]);
      expect(answer.headers.get('x-oneapi-dropped')).toBe('quality');
      expect(upstream.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
        'POST /v1/models/black-forest-labs/flux-schnell/predictions',
        'GET /v1/predictions/p1',
      ]);
      expect(upstream.requests[0]).toMatchObject({
        headers: { prefer: 'wait' },
        body: { input: { prompt: 'a cat', num_outputs: 2, aspect_ratio: '1:1' } },
      });
      expect((await world.usage(answer.requestId)).costUsd).toBeCloseTo(0.006, 9);
    });

    it('and hands over the bytes where they are wanted, asking for them without the key', async () => {
      upstream.answer = ({ path }) => (path.startsWith('/files/') ? { body: file } : drawn(1));
      const { data } = await world
        .openai()
        .images.generate({ model: painter, prompt: 'a cat', response_format: 'b64_json' });
      expect(Buffer.from(data![0]!.b64_json!, 'base64')).toEqual(file);
      const [, fetched] = upstream.requests;
      expect(fetched).toMatchObject({ method: 'GET', path: '/files/0.webp' });
      expect(fetched?.headers.authorization).toBeUndefined();
    });

    it('and nothing is fetched from elsewhere, nor charged where a file is missing', async () => {
      const ask = (fields: object) =>
        world.post('/v1/images/generations', JSON.stringify({ model: painter, prompt: 'a cat', ...fields }));
      upstream.answer = () => prediction('succeeded', { output: ['http://127.0.0.1:9/a.webp'] });
      const elsewhere = await ask({ response_format: 'b64_json' });
      expect(elsewhere.status).toBe(502);
      upstream.answer = ({ path }) => (path.startsWith('/files/') ? { status: 404, body: {} } : drawn(1));
      const missing = await ask({ response_format: 'b64_json' });
      expect(missing.status).toBe(502);
      for (const { requestId } of [elsewhere, missing]) expect((await world.usage(requestId)).costUsd).toBe(0);
    });
  });

  it('that fails is no answer, and sends its key to nobody else', async () => {
    upstream.answer = () => prediction('failed', { error: 'CUDA out of memory' });
    const failed = await world.chat(model);
    expect(failed.status).toBe(502);
    expect((await world.usage(failed.requestId)).costUsd).toBe(0);
    upstream.requests.splice(0);
    upstream.answer = () => prediction('starting', { urls: { get: 'http://127.0.0.1:9/elsewhere' } });
    expect((await world.chat(model)).status).toBe(502);
    expect(upstream.requests.every(({ method }) => method === 'POST')).toBe(true);
  });
});

it('an error told in a 200 or in a stream is an error for the caller, and free', async () => {
  const model = await open('coze', 'coze-broken', '');
  for (const body of [
    { code: 4100, msg: 'authentication is invalid' },
    'event:conversation.chat.failed\ndata:{"last_error":{"code":5000,"msg":"broke"}}\n\n',
  ]) {
    upstream.answer = () => ({ body });
    for (const stream of [false, true]) {
      const answer = await world.chat(model, { stream });
      expect(answer.status).toBeGreaterThanOrEqual(500);
      expect((await world.usage(answer.requestId)).costUsd).toBe(0);
    }
  }
});
