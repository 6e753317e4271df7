import Anthropic from '@anthropic-ai/sdk';
import { type GenerateContentResponse, GoogleGenAI } from '@google/genai';
import type OpenAI from 'openai';
import { until } from '../support/gateway';
import { awsAccounts, bedrockApiKey } from '../support/simulator/protocols/bedrock.mjs';
import { revokeTokens, serviceAccount } from '../support/simulator/protocols/vertex.mjs';
import { nano, PRICES, useWorld, type World } from '../support/world';

/** Clouds behind accounts of their own, called by the vendors' SDKs through channels that only differ in their settings. */
let world: World;
let openai: OpenAI;
let anthropic: Anthropic;
let google: GoogleGenAI;

useWorld(async (opened) => {
  world = opened;
  openai = world.openai();
  anthropic = new Anthropic({ baseURL: world.url, apiKey: world.key, maxRetries: 0, timeout: 30_000 });
  google = new GoogleGenAI({ apiKey: world.key, httpOptions: { baseUrl: world.url, timeout: 30_000, fetch } });
});

const [account, session] = awsAccounts.map((keys) => JSON.stringify(keys, null, 2)) as [string, string];
const pair = `${awsAccounts[0]!.accessKeyId}:${awsAccounts[0]!.secretAccessKey}:eu-central-1`;
const words = 'hello there';

/** A channel of the cloud at the simulator; the model's name and what the upstream calls it. */
async function open(provider: string, upstream: string, key: string, more: Record<string, unknown> = {}) {
  const model = `${world.label()}-${upstream.split('@')[0]}`;
  await world.api.setPrice(model, PRICES);
  const tokenUrl = provider === 'vertex-ai' ? { tokenUrl: `${world.simulator.url}/token` } : {};
  const channel = await world.api.createChannel({
    name: model,
    provider,
    baseUrl: world.simulator.url,
    keys: [key],
    models: [model],
    modelMapping: { [model]: upstream },
    ...more,
    settings: { ...tokenUrl, ...(more.settings as object | undefined) },
  });
  return { model, channel };
}

const claude = 'sim-chunks-4@eu.anthropic.claude-sonnet-4-5-20250929-v1:0';
const nova = 'sim-chunks-4@amazon.nova-pro-v1:0';
const message = (model: string, over: object = {}) => ({
  model,
  max_tokens: 2000,
  messages: [{ role: 'user' as const, content: words }],
  ...over,
});
const textOf = ({ content }: Anthropic.Message): string =>
  content.map((block) => (block.type === 'text' ? block.text : '')).join('');
const testOf = (id: string): Promise<object> => world.api.call('POST', `/channels/${id}/test`, {}) as Promise<object>;
const lastPath = (): string => world.simulator.requests().at(-1)!.path;

async function chunksOf(model: string): Promise<string[]> {
  const stream = await openai.chat.completions.create({
    model,
    messages: [{ role: 'user', content: words }],
    stream: true,
  });
  const pieces: string[] = [];
  for await (const chunk of stream) pieces.push(chunk.choices[0]?.delta.content ?? '');
  return pieces.filter(Boolean);
}

describe('Bedrock', () => {
  it.each([
    ['an access key as JSON', () => account],
    ['an access key in one line, with its region', () => pair],
    ['a session', () => session],
    ['an API key', () => bedrockApiKey],
  ])('takes calls authorised by %s', async (_, key) => {
    const { model } = await open('bedrock', nova, key());
    const { choices, usage } = await openai.chat.completions.create({
      model,
      messages: [{ role: 'user', content: words }],
    });
    expect(choices[0]?.message.content).toBeTruthy();
    expect(usage?.prompt_tokens).toBeGreaterThan(0);
    expect(lastPath()).toBe(`/model/${encodeURIComponent(nova)}/converse`);
  });

  it('streams Claude to the Anthropic SDK as its own stream (Portkey-AI/gateway#1417)', async () => {
    const { model } = await open('bedrock', claude, pair);
    const stream = anthropic.messages.stream(message(model));
    const answer = await stream.finalMessage();
    expect(lastPath()).toBe(`/model/${encodeURIComponent(claude)}/invoke-with-response-stream`);
    expect(textOf(answer)).toBe(textOf(await anthropic.messages.create(message(model))));
    expect(lastPath()).toBe(`/model/${encodeURIComponent(claude)}/invoke`);
    expect(answer).toMatchObject({ stop_reason: 'end_turn', role: 'assistant' });
    const { input_tokens: input, output_tokens: output } = answer.usage;
    await until('both calls to be charged by what AWS counted', async () => {
      const rows = await world.api.usage({ model });
      const cost = nano((input * PRICES.inputPerMTok + output * PRICES.outputPerMTok) / 1e6);
      return rows.length === 2 && rows.every((row) => nano(row.costUsd) === cost && row.usageSource === 'upstream');
    });
  });

  it('sends the body to Claude as the caller wrote it, but for what AWS wants in another place', async () => {
    const { model } = await open('bedrock', claude, pair);
    const body = `{"model":${JSON.stringify(model)}, "max_tokens":20,"unknown_field":{"a":[1.0, 2]},"messages":[{"role":"user","content":"x"}] ,"stream":false}`;
    const headers = { 'x-api-key': world.key, 'content-type': 'application/json' };
    expect((await fetch(`${world.url}/v1/messages`, { method: 'POST', headers, body })).status).toBe(200);
    expect(world.simulator.requests().at(-1)!.body).toBe(
      '{"max_tokens":20,"unknown_field":{"a":[1.0, 2]},"messages":[{"role":"user","content":"x"}],"anthropic_version":"bedrock-2023-05-31"}',
    );
  });

  it('streams every other model to every SDK', async () => {
    const { model } = await open('bedrock', nova, account);
    const chunks = await chunksOf(model);
    expect(lastPath()).toBe(`/model/${encodeURIComponent(nova)}/converse-stream`);
    expect(chunks).toHaveLength(4);
    const whole = chunks.join('');
    expect(textOf(await anthropic.messages.stream(message(model)).finalMessage())).toBe(whole);
    expect((await openai.responses.stream({ model, input: words }).finalResponse()).output_text).toBe(whole);
    const answers: GenerateContentResponse[] = [];
    for await (const answer of await google.models.generateContentStream({ model, contents: words }))
      answers.push(answer);
    expect(answers.map(({ text }) => text ?? '').join('')).toBe(whole);
  });

  it('gives thoughts with their signature and takes them back over Converse', async () => {
    const upstream = 'sim-reasoning@eu.anthropic.claude-sonnet-4-5-20250929-v1:0';
    const { model } = await open('bedrock', upstream, pair, { protocols: ['bedrock-converse'] });
    const thinking = { type: 'enabled' as const, budget_tokens: 1024 };
    const plain = await anthropic.messages.create(message(model, { thinking }));
    const streamed = await anthropic.messages.stream(message(model, { thinking })).finalMessage();
    for (const answer of [plain, streamed]) {
      expect(answer.content[0]).toMatchObject({ type: 'thinking', thinking: expect.stringMatching(/./) as string });
    }
    const [thought] = streamed.content;
    const messages = [
      { role: 'user' as const, content: words },
      { role: 'assistant' as const, content: streamed.content },
      { role: 'user' as const, content: 'go on' },
    ];
    await anthropic.messages.create({ ...message(model, { thinking }), messages });
    const sent = JSON.parse(world.simulator.requests().at(-1)!.body) as { messages: { content: unknown[] }[] };
    const { thinking: text, signature } = thought as Anthropic.ThinkingBlock;
    expect(sent.messages[1]?.content[0]).toEqual({ reasoningContent: { reasoningText: { text, signature } } });
  });

  it('calls tools', async () => {
    const { model } = await open('bedrock', 'sim-tools@amazon.nova-pro-v1:0', bedrockApiKey);
    const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
    const stream = openai.chat.completions.stream({
      model,
      messages: [{ role: 'user', content: words }],
      tools: [{ type: 'function', function: { name: 'get_weather', parameters } }],
    });
    const [choice] = (await stream.finalChatCompletion()).choices;
    expect(choice?.finish_reason).toBe('tool_calls');
    const [called] = choice?.message.tool_calls ?? [];
    expect(called).toMatchObject({ type: 'function', function: { name: 'get_weather' } });
  });

  it('that throttles is left for another channel, also when it says so at the head of its stream', async () => {
    for (const upstream of ['sim-429@amazon.nova-pro-v1:0', 'sim-error-first-event@amazon.nova-pro-v1:0']) {
      const { model } = await open('bedrock', upstream, pair, { priority: 9 });
      await world.api.createChannel({
        name: `${model}-spare`,
        provider: 'simulator',
        baseUrl: `${world.simulator.url}/v1`,
        keys: ['sim-key-a'],
        models: [model],
        modelMapping: { [model]: 'sim-chunks-3' },
      });
      expect(await chunksOf(model)).toHaveLength(3);
      const attempts = await until('the call to be logged', async () => {
        const [row] = await world.api.usage({ model });
        return row?.attempts.length === 2 && row.attempts;
      });
      expect(attempts[0]?.errorCode).toMatch(/^throttlingException$/i);
    }
  });

  it('counts tokens as AWS does, for the model behind a profile', async () => {
    const { model } = await open('bedrock', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', pair);
    const { messages } = message(model);
    const counted = await anthropic.messages.countTokens({ model, messages, system: 'Be brief.' });
    expect(lastPath()).toBe(`/model/${encodeURIComponent('anthropic.claude-sonnet-4-5-20250929-v1:0')}/count-tokens`);
    expect(JSON.parse(world.simulator.requests().at(-1)!.body)).toEqual({
      input: {
        converse: { messages: [{ role: 'user', content: [{ text: words }] }], system: [{ text: 'Be brief.' }] },
      },
    });
    expect(counted.input_tokens).toBeGreaterThan(0);
    const { totalTokens } = await google.models.countTokens({ model, contents: words });
    expect(totalTokens).toBeGreaterThan(0);
    const rows = await until('both counts to be logged', async () => {
      const found = await world.api.usage({ model });
      return found.length === 2 && found;
    });
    expect(rows.map(({ usageSource, costUsd }) => [usageSource, costUsd])).toEqual([
      ['upstream', 0],
      ['upstream', 0],
    ]);
  });

  it.each([
    ['amazon.titan-embed-text-v2:0', 3, 'upstream'],
    ['cohere.embed-english-v3', 1, 'estimated'],
  ])('embeds a list with %s, in %d calls, charged once', async (upstream, calls, source) => {
    const { model } = await open('bedrock', upstream, pair);
    const before = world.simulator.requests().length;
    const input = ['hello there', 'good bye', 'hello there'];
    const { data, usage } = await openai.embeddings.create({ model, input, encoding_format: 'float' });
    expect(data.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(data[0]!.embedding).toEqual(data[2]!.embedding);
    expect(data[0]!.embedding).not.toEqual(data[1]!.embedding);
    const seen = world.simulator.requests().slice(before);
    expect(seen.map(({ path }) => path)).toEqual(Array(calls).fill(`/model/${encodeURIComponent(upstream)}/invoke`));
    const { items } = await world.api.call('GET', `/channels?q=${model}`);
    expect(await testOf(items[0].id)).toMatchObject({ ok: true, operation: 'embeddings' });
    const row = await world.usageOf(model);
    expect(row).toMatchObject({ usageSource: source, inputTokens: usage.prompt_tokens, outputTokens: 0 });
    expect(nano(row.costUsd)).toBe(nano((row.inputTokens * PRICES.inputPerMTok) / 1e6));
  });

  it('says which models and profiles can be called', async () => {
    const { channel } = await open('bedrock', nova, pair);
    expect(await world.api.call('POST', `/channels/${channel.id}/models`)).toEqual({
      items: [
        'amazon.nova-pro-v1:0',
        'eu.anthropic.claude-sonnet-4-5-20250929-v1:0',
        'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
      ],
    });
  });

  it('refuses a wrong secret without telling whose it was', async () => {
    const secret = 'a/wrong+secret/of+forty/characters/00000';
    const { model, channel } = await open('bedrock', nova, `${awsAccounts[0]!.accessKeyId}:${secret}`);
    const answer = await world.chat(model);
    expect(answer.status).toBe(502);
    expect(answer.text).not.toContain(awsAccounts[0]!.accessKeyId);
    expect(JSON.stringify(await world.api.channel(channel.id))).not.toContain(secret);
    const test = await testOf(channel.id);
    expect(test).toMatchObject({ ok: false, error: expect.stringContaining('UnrecognizedClientException') as string });
  });
});

describe('Vertex AI', () => {
  const key = JSON.stringify(serviceAccount, null, 2);
  const exchanges = (): number => world.simulator.requests().filter(({ path }) => path === '/token').length;

  it('exchanges a service account for one token, whatever comes at the same time, and uses it on', async () => {
    const { model, channel } = await open('vertex-ai', 'sim-chunks-4', key, { settings: { region: 'us-central1' } });
    expect(channel.keys[0]?.preview).toBe('gateway@sim-project…');
    const before = exchanges();
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => google.models.generateContent({ model, contents: words })),
    );
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(lastPath()).toBe(
      '/v1/projects/sim-project/locations/us-central1/publishers/google/models/sim-chunks-4:generateContent',
    );
    expect(await chunksOf(model)).toHaveLength(4);
    expect(lastPath()).toContain(':streamGenerateContent?alt=sse');
    expect(exchanges()).toBe(before + 1);
    expect(await testOf(channel.id)).toMatchObject({ ok: true });
  });

  it('serves Claude in its own protocol, by the name of the model', async () => {
    const { model } = await open('vertex-ai', 'claude-sonnet-4-5@sim-chunks-4', key);
    const streamed = await anthropic.messages.stream(message(model)).finalMessage();
    expect(lastPath()).toContain('/publishers/anthropic/models/claude-sonnet-4-5%40sim-chunks-4:streamRawPredict');
    expect(textOf(await anthropic.messages.create(message(model)))).toBe(textOf(streamed));
    expect(lastPath()).toMatch(/:rawPredict$/);
    expect((await chunksOf(model)).join('')).toBe(textOf(streamed));
  });

  it('predicts vectors for callers of OpenAI’s and Gemini’s, charged by its count', async () => {
    const { model } = await open('vertex-ai', 'text-embedding-005', key);
    const input = ['hello there', 'good bye'];
    const { data, usage } = await openai.embeddings.create({ model, input, encoding_format: 'float' });
    expect(data.map(({ embedding }) => embedding.length)).toEqual([8, 8]);
    expect(lastPath()).toContain('/publishers/google/models/text-embedding-005:predict');
    const body = { requests: input.map((text) => ({ content: { parts: [{ text }] }, taskType: 'CLUSTERING' })) };
    const batch = await world.post(`/v1beta/models/${model}:batchEmbedContents`, JSON.stringify(body));
    const { embeddings } = batch.json() as { embeddings: { values: number[] }[] };
    expect(embeddings.map(({ values }) => values)).toEqual(data.map(({ embedding }) => embedding));
    expect(JSON.parse(world.simulator.requests().at(-1)!.body)).toEqual({
      instances: input.map((content) => ({ content, task_type: 'CLUSTERING' })),
    });
    const rows = await until('both calls to be logged', async () => {
      const found = await world.api.usage({ model });
      return found.length === 2 && found;
    });
    for (const row of rows) expect(row).toMatchObject({ usageSource: 'upstream', inputTokens: usage.prompt_tokens });
  });

  it('embeds one content at a time where a model takes no more', async () => {
    const { model } = await open('vertex-ai', 'gemini-embedding-2-preview', key);
    const before = world.simulator.requests().length;
    const input = ['hello there', 'good bye'];
    const { data } = await openai.embeddings.create({ model, input, encoding_format: 'float' });
    expect(data).toHaveLength(2);
    const seen = world.simulator.requests().slice(before);
    expect(seen.filter(({ path }) => path.endsWith(':embedContent'))).toHaveLength(2);
  });

  it('draws, charged by the picture', async () => {
    const { model } = await open('vertex-ai', 'imagen-4.0-generate-001', key);
    await world.api.setPrice(model, { perImage: 0.04 });
    const { data } = await openai.images.generate({ model, prompt: 'a cat', n: 2, size: '1024x1024' });
    expect(data).toEqual([{ b64_json: 'cGl4ZWw=' }, { b64_json: 'cGl4ZWw=' }]);
    expect(lastPath()).toContain('/publishers/google/models/imagen-4.0-generate-001:predict');
    const row = await world.usageOf(model);
    expect(nano(row.costUsd)).toBe(nano(0.08));
  });

  it('gets a new token where the old one is refused, without the caller or the credential suffering', async () => {
    const { model, channel } = await open('vertex-ai', 'sim-fast', key);
    expect((await world.chat(model)).status).toBe(200);
    revokeTokens();
    expect((await world.chat(model)).status).toBe(200);
    const attempts = await until('the call to be logged', async () => {
      const rows = await world.api.usage({ model });
      return rows.length === 2 && rows[0]?.attempts;
    });
    expect(attempts).toMatchObject([{ reason: expect.stringContaining('same-credential') as string }, { status: 200 }]);
    expect((await world.api.channel(channel.id)).keys).toMatchObject([{ status: 'enabled', reason: null }]);
  });

  it('refuses a key that signs for somebody else, and shows nothing of it', async () => {
    const stranger = { ...serviceAccount, client_email: 'stranger@sim-project.iam.gserviceaccount.com' };
    const { model, channel } = await open('vertex-ai', 'sim-fast', JSON.stringify(stranger));
    const answer = await world.chat(model);
    expect(answer.status).toBe(502);
    expect(answer.text).not.toMatch(/stranger|PRIVATE KEY/);
    const test = await testOf(channel.id);
    expect(test).toMatchObject({ ok: false, error: expect.stringContaining('no access token') as string });
  });

  it('takes no key file that sends its assertions elsewhere', async () => {
    const elsewhere = JSON.stringify({ ...serviceAccount, token_uri: 'https://evil.test/token' });
    const channel = { name: 'x', provider: 'vertex-ai', keys: [elsewhere], models: ['x'] };
    await expect(world.api.createChannel(channel)).rejects.toThrow(/tokenUrl/);
  });
});
