import { GoogleGenAI } from '@google/genai';
import { nano, PRICES, useWorld, type World } from '../support/world';

/** Vectors for callers of either vendor from upstreams of either, charged for what was taken in. */
let world: World;
let google: GoogleGenAI;

useWorld((opened) => {
  world = opened;
  google = new GoogleGenAI({ apiKey: world.key, httpOptions: { baseUrl: world.url, timeout: 30_000, fetch } });
});

const serve = (protocol: string) => world.serve('sim-echo', [{ protocols: [protocol] }]);

async function expectCharged(model: string, source: 'upstream' | 'estimated'): Promise<void> {
  const row = await world.usageOf(model);
  expect(row).toMatchObject({ status: 'ok', outputTokens: 0, usageSource: source });
  expect(row.inputTokens).toBeGreaterThan(0);
  expect(nano(row.costUsd)).toBe(nano((row.inputTokens * PRICES.inputPerMTok) / 1e6));
}

describe('a caller of OpenAI on Gemini', () => {
  it('one text and a list, as the SDK asks: in base64', async () => {
    const { model, seen } = await serve('gemini');
    const one = await world.openai().embeddings.create({ model, input: 'hello there', dimensions: 8 });
    expect(one.data).toEqual([expect.objectContaining({ index: 0 })]);
    expect(one.data[0]!.embedding).toHaveLength(8);
    expect(one.usage.prompt_tokens).toBeGreaterThan(0);
    const two = await world.openai().embeddings.create({ model, input: ['hello there', 'good bye'] });
    expect(two.data.map(({ index, embedding }) => [index, embedding.length])).toEqual([
      [0, 8],
      [1, 8],
    ]);
    expect(two.data[0]!.embedding).toEqual(one.data[0]!.embedding);
    const asNumbers = { model, input: 'hello there', encoding_format: 'float' as const };
    const plain = await world.openai().embeddings.create(asNumbers);
    plain.data[0]!.embedding.forEach((value, at) => expect(value).toBeCloseTo(one.data[0]!.embedding[at]!, 5));
    expect(seen().map(({ path }) => path.split(':').at(-1))).toEqual([
      'embedContent',
      'batchEmbedContents',
      'embedContent',
    ]);
    expect(JSON.parse(seen()[0]!.body)).toMatchObject({ outputDimensionality: 8 });
    await expectCharged(model, 'estimated');
  });

  it('tokens instead of text are refused, and cost nothing', async () => {
    const { model, seen } = await serve('gemini');
    await expect(world.openai().embeddings.create({ model, input: [1, 2, 3] })).rejects.toMatchObject({
      status: 400,
      param: 'input',
    });
    expect(seen()).toEqual([]);
    expect(await world.usageOf(model)).toMatchObject({ status: 'error', costUsd: 0 });
  });
});

describe('a caller of Gemini', () => {
  it.each([
    ['gemini', 'estimated'],
    ['openai-chat', 'upstream'],
  ] as const)('gets vectors from an upstream that speaks %s', async (protocol, source) => {
    const { model } = await serve(protocol);
    const { embeddings } = await google.models.embedContent({ model, contents: ['hello there', 'good bye'] });
    expect(embeddings?.map(({ values }) => values?.length)).toEqual([8, 8]);
    await expectCharged(model, source);
    const body = JSON.stringify({ content: { parts: [{ text: 'hello there' }] }, taskType: 'CLUSTERING' });
    const single = await world.post(`/v1beta/models/${model}:embedContent`, body);
    const { values } = (single.json() as { embedding: { values: number[] } }).embedding;
    values.forEach((value, at) => expect(value).toBeCloseTo(embeddings![0]!.values![at]!, 5));
    expect(single.headers.get('x-oneapi-dropped')).toBe(protocol === 'gemini' ? null : 'taskType');
  });

  it('is told in Gemini’s words what is wrong', async () => {
    const { model } = await serve('openai-chat');
    const image = { content: { parts: [{ inlineData: { mimeType: 'image/png', data: 'QQ==' } }] } };
    for (const body of [{}, image]) {
      const answer = await world.post(`/v1beta/models/${model}:embedContent`, JSON.stringify(body));
      expect([answer.status, answer.json().error.status]).toEqual([400, 'INVALID_ARGUMENT']);
    }
  });
});
