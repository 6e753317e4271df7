import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import { useWorld, type World } from '../support/world';

/** Tokens counted before anything is asked: by whoever knows, else here and marked, and never for money. */
let world: World;
let anthropic: Anthropic;
let google: GoogleGenAI;

useWorld((opened) => {
  world = opened;
  anthropic = new Anthropic({ baseURL: world.url, apiKey: world.key, maxRetries: 0, timeout: 30_000 });
  google = new GoogleGenAI({ apiKey: world.key, httpOptions: { baseUrl: world.url, timeout: 30_000, fetch } });
});

const text = 'how many tokens are in this sentence of mine';
/** The simulator's own rule. */
const exact = Math.ceil(text.length / 4);
const messages = [{ role: 'user' as const, content: text }];
const serve = (protocol: string, key = 'good') => world.serve('sim-echo', [{ protocols: [protocol], keys: [key] }]);

const paths = {
  'anthropic-messages': /^\/v1\/messages\/count_tokens$/,
  gemini: /^\/v1beta\/models\/.*:countTokens$/,
} as const;

async function expectFree(model: string, source: 'upstream' | 'estimated'): Promise<void> {
  const row = await world.usageOf(model);
  expect(row).toMatchObject({
    operation: 'count-tokens',
    status: 'ok',
    costUsd: 0,
    inputTokens: 0,
    outputTokens: 0,
    usageSource: source,
  });
}

describe.each(['anthropic-messages', 'gemini'] as const)('a count by an upstream that speaks %s', (protocol) => {
  it('is told to a caller of Anthropic', async () => {
    const { model, seen } = await serve(protocol);
    const { data, response } = await anthropic.messages.countTokens({ model, messages }).withResponse();
    expect(data).toEqual({ input_tokens: exact });
    expect(response.headers.get('x-oneapi-estimated')).toBeNull();
    expect(seen()).toEqual([expect.objectContaining({ path: expect.stringMatching(paths[protocol]) as string })]);
    await expectFree(model, 'upstream');
  });

  it('is told to a caller of Gemini', async () => {
    const { model, seen } = await serve(protocol);
    const counted = await google.models.countTokens({ model, contents: text });
    expect(counted.totalTokens).toBe(exact);
    expect(seen()).toEqual([expect.objectContaining({ path: expect.stringMatching(paths[protocol]) as string })]);
    await expectFree(model, 'upstream');
  });
});

describe('where no upstream counts', () => {
  it('the gateway does, and says so', async () => {
    const { model, seen } = await serve('openai-chat');
    const { data, response } = await anthropic.messages
      .countTokens({ model, messages, system: 'Be brief.' })
      .withResponse();
    expect(data.input_tokens).toBeGreaterThan(9);
    expect(data.input_tokens).toBeLessThan(25);
    expect(response.headers.get('x-oneapi-estimated')).toBe('true');
    expect(seen()).toEqual([]);
    await expectFree(model, 'estimated');
    expect((await google.models.countTokens({ model, contents: text })).totalTokens).toBeGreaterThan(9);
  });

  it('a failing upstream costs the count its exactness, and the channel nothing', async () => {
    const { model } = await serve('anthropic-messages', '500');
    for (let time = 0; time < 3; time += 1) {
      const { response } = await anthropic.messages.countTokens({ model, messages }).withResponse();
      expect(response.headers.get('x-oneapi-estimated')).toBe('true');
    }
    const row = await world.usageOf(model);
    expect(row).toMatchObject({ status: 'ok', costUsd: 0, usageSource: 'estimated' });
    expect(row.attempts).toEqual([expect.objectContaining({ status: 500 })]);
  });
});

describe('who may count', () => {
  it('a caller without money may: nothing is ever charged for it', async () => {
    const { model } = await serve('anthropic-messages');
    const { key, user } = await world.account(0);
    const poor = new Anthropic({ baseURL: world.url, apiKey: key.key, maxRetries: 0, timeout: 30_000 });
    expect((await poor.messages.countTokens({ model, messages })).input_tokens).toBe(exact);
    await expectFree(model, 'upstream');
    expect(await world.api.ledger(user.id)).toEqual([]);
  });

  it('a stranger, a key without the model, and a call for a model nobody serves are refused', async () => {
    const { model } = await serve('anthropic-messages');
    const count = (apiKey: string, name: string) =>
      new Anthropic({ baseURL: world.url, apiKey, maxRetries: 0 }).messages.countTokens({ model: name, messages });
    await expect(count('sk-wrong', model)).rejects.toMatchObject({ status: 401 });
    const { key } = await world.account(1, { models: ['another-model'] });
    await expect(count(key.key, model)).rejects.toMatchObject({ status: 403 });
    await expect(count(world.key, 'nobody-serves-this')).rejects.toMatchObject({ status: 404 });
  });

  it('counts are requests to the limit of a key, but no tokens', async () => {
    const { model } = await serve('anthropic-messages');
    const { key } = await world.account(1, { rpm: 2, tpm: 1 });
    const client = new Anthropic({ baseURL: world.url, apiKey: key.key, maxRetries: 0 });
    await client.messages.countTokens({ model, messages });
    await client.messages.countTokens({ model, messages });
    await expect(client.messages.countTokens({ model, messages })).rejects.toMatchObject({ status: 429 });
  });
});

it('a body that is none is refused in the words of its protocol', async () => {
  const { model } = await serve('gemini');
  const bad = await world.post('/v1/messages/count_tokens', JSON.stringify({ model }));
  expect([bad.status, bad.json().error.type]).toEqual([400, 'invalid_request_error']);
  const worse = await world.post(`/v1beta/models/${model}:countTokens`, JSON.stringify({ generateContentRequest: 3 }));
  expect([worse.status, worse.json().error.status]).toEqual([400, 'INVALID_ARGUMENT']);
});
