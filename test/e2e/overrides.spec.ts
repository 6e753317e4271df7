import Anthropic from '@anthropic-ai/sdk';
import { type ForwardProxy, LOGIN, startHttpProxy, startSocksProxy } from '../support/forward-proxy';
import { PRICES, type Served, type UpstreamRequest, useWorld, type World } from '../support/world';

/** How an operator may change what a channel sends, seen from the upstream. */
let world: World;

useWorld((opened) => {
  world = opened;
});

const serve = (settings: object, protocols = ['openai-chat'], script = 'sim-echo'): Promise<Served> =>
  world.serve(script, [{ provider: 'simulator', protocols, settings }]);

const lastOf = ({ seen }: Served): UpstreamRequest => seen().at(-1)!;
const bodyOf = (served: Served): Record<string, unknown> => JSON.parse(lastOf(served).body);

const parameters = [
  { op: 'set', path: 'temperature', value: 0.25 },
  { op: 'delete', path: 'logit_bias' },
  { op: 'default', path: 'metadata.team', value: 'a' },
  { op: 'set', path: 'seed', value: 1, models: ['another*'] },
  { op: 'set', path: 'encoding_format', value: 'float', operations: ['embeddings'] },
];

describe('parameters', () => {
  it("are set, deleted and filled in, in the caller's own bytes", async () => {
    const served = await serve({ parameters });
    const sent = `{"model":"${served.model}","logit_bias":{"50256":-100},"temperature":1.0,"metadata":{ "n":12345678901234567890 },"messages":[{"role":"user","content":"hi"}]}`;
    expect((await world.post('/v1/chat/completions', sent)).status).toBe(200);
    expect(lastOf(served).body).toBe(
      sent.replace(',"logit_bias":{"50256":-100}', '').replace('1.0', '0.25').replace('67890 }', '67890 ,"team":"a"}'),
    );
  });

  it('reach an upstream of another protocol in its own spelling', async () => {
    const own = [
      { op: 'set', path: 'top_k', value: 3 },
      { op: 'default', path: 'metadata.user_id', value: 'u' },
    ];
    const served = await serve({ parameters: own }, ['anthropic-messages']);
    expect((await world.chat(served.model)).status).toBe(200);
    expect(bodyOf(served)).toMatchObject({ top_k: 3, metadata: { user_id: 'u' } });
  });

  it('concern the models and operations they name', async () => {
    const served = await serve({ parameters });
    await world.post('/v1/embeddings', JSON.stringify({ model: served.model, input: 'x' }));
    expect(bodyOf(served)).toEqual({ model: served.model, input: 'x', encoding_format: 'float' });
  });

  it('for embeddings concern each of a batch, in the caller’s own bytes and after a translation', async () => {
    const own = [{ op: 'set', path: 'outputDimensionality', value: 4, operations: ['embeddings'] }];
    const served = await serve({ parameters: own }, ['gemini']);
    const one = (text: string) => ({ content: { parts: [{ text }] } });
    const requests = [one('a'), { ...one('b'), outputDimensionality: 8 }];
    const path = `/v1beta/models/${served.model}:batchEmbedContents`;
    expect((await world.post(path, JSON.stringify({ requests }))).status).toBe(200);
    const all = [4, 4].map((outputDimensionality) => expect.objectContaining({ outputDimensionality }) as unknown);
    expect(bodyOf(served)).toEqual({ requests: all });
    await world.post('/v1/embeddings', JSON.stringify({ model: served.model, input: ['a', 'b'] }));
    expect(lastOf(served).path).toContain(':batchEmbedContents');
    expect(bodyOf(served)).toEqual({ requests: all });
  });

  it('leave a stream metered: usage is asked for, billed and hidden', async () => {
    const served = await serve({ parameters });
    const answer = await world.chat(served.model, { stream: true });
    expect(answer.text).not.toContain('prompt_tokens');
    expect(bodyOf(served)).toMatchObject({ stream_options: { include_usage: true }, temperature: 0.25 });
    const row = await world.usage(answer.requestId);
    expect(row.usageSource).toBe('upstream');
    expect(row.costUsd).toBeGreaterThan(0);
  });

  it('cannot switch metering off', async () => {
    for (const path of ['stream_options.include_usage', 'stream', 'model'])
      await expect(serve({ parameters: [{ op: 'delete', path }] })).rejects.toThrow(/settings\.parameters\.0\.path/);
  });
});

describe('a system prompt', () => {
  const systemPrompt = { text: 'Answer in rhyme.', mode: 'prepend' };

  it("stands where the caller's protocol keeps instructions", async () => {
    const chat = await serve({ systemPrompt });
    await world.chat(chat.model);
    expect(bodyOf(chat)).toMatchObject({
      messages: [{ role: 'system', content: 'Answer in rhyme.' }, { role: 'user' }],
    });

    const claude = await serve({ systemPrompt: { ...systemPrompt, mode: 'append' } }, ['anthropic-messages']);
    const anthropic = new Anthropic({ baseURL: world.url, apiKey: world.key, maxRetries: 0 });
    const message = { model: claude.model, max_tokens: 9, messages: [{ role: 'user' as const, content: 'hi' }] };
    await anthropic.messages.create({ ...message, system: 'Be brief.' });
    expect(bodyOf(claude)).toMatchObject({ system: 'Be brief.\n\nAnswer in rhyme.' });

    const responses = await serve({ systemPrompt }, ['openai-responses']);
    await world.openai().responses.create({ model: responses.model, input: 'hi', instructions: 'Be brief.' });
    expect(bodyOf(responses)).toMatchObject({ instructions: 'Answer in rhyme.\n\nBe brief.' });
  });

  it("stands in the upstream's place after a translation", async () => {
    const served = await serve({ systemPrompt: { ...systemPrompt, mode: 'replace' } }, ['gemini']);
    const messages = [{ role: 'system' as const, content: 'Be brief.' }, { role: 'user' as const, content: 'hi' }]; // prettier-ignore
    await world.openai().chat.completions.create({ model: served.model, messages });
    expect(bodyOf(served)).toMatchObject({ systemInstruction: { parts: [{ text: 'Answer in rhyme.' }] } });
  });
});

it('calls at the path the channel names', async () => {
  const served = await serve({ paths: { chat: '/chat/completions?deployment={model}' } });
  expect((await world.chat(served.model)).status).toBe(200);
  expect(lastOf(served).path).toBe(`/v1/chat/completions?deployment=${encodeURIComponent(served.model)}`);
});

describe('a proxy', () => {
  const proxies: ForwardProxy[] = [];
  afterAll(() => Promise.all(proxies.map((proxy) => proxy.close())));

  it.each([
    ['http', startHttpProxy],
    ['socks5', startSocksProxy],
  ])('of %s carries calls and streams, and its password is shown nowhere', async (scheme, start) => {
    const proxy = await start();
    proxies.push(proxy);
    const address = `${scheme}://${LOGIN.user}:${LOGIN.password}@${proxy.host}`;
    const served = await serve({ proxy: address }, ['openai-chat'], 'sim-chunks-5');
    expect((await world.chat(served.model, { stream: true })).text).toContain('[DONE]');
    expect((await world.chat(served.model)).status).toBe(200);
    expect(proxy.targets[0]).toBe(new URL(world.simulator.url).host);
    expect(served.seen()).toHaveLength(2);
    const [channel] = served.channels;
    expect(JSON.stringify(channel)).not.toContain(LOGIN.password);
    expect(channel).toMatchObject({ settings: { proxy: `${scheme}://***:***@${proxy.host}` } });
    expect(world.gateway.logs()).not.toContain(LOGIN.password);
  });

  it('that refuses is told from the upstream', async () => {
    const proxy = await startHttpProxy();
    proxies.push(proxy);
    const served = await serve({ proxy: `http://${LOGIN.user}:wrong-secret@${proxy.host}` });
    const refused = await world.chat(served.model);
    expect(refused.status).toBe(502);
    expect(refused.text).not.toContain(proxy.host);
    const row = await world.usage(refused.requestId);
    expect(row).toMatchObject({ errorCode: expect.any(String), costUsd: 0 });
    expect(JSON.stringify(row)).toContain('proxy_refused');
    expect(served.seen()).toEqual([]);
  });
});

it('costs what the answer costs, however it was changed', async () => {
  const served = await serve({ systemPrompt: { text: 'x'.repeat(400), mode: 'prepend' } });
  const answer = await world.chat(served.model);
  const { usage } = answer.json();
  const row = await world.usage(answer.requestId);
  expect(row.inputTokens).toBe(usage.prompt_tokens);
  expect(usage.prompt_tokens).toBeGreaterThanOrEqual(100);
  expect(row.costUsd).toBeCloseTo((usage.prompt_tokens * PRICES.inputPerMTok + usage.completion_tokens * PRICES.outputPerMTok) / 1e6, 9); // prettier-ignore
});
