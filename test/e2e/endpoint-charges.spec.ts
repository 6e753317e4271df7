import { until } from '../support/gateway';
import { nano, type Served, useWorld, type World } from '../support/world';

/** Every endpoint beside chat: what a whole answer costs to the nano-dollar, and what a caller pays who leaves before its end. */
let world: World;

useWorld((opened) => {
  world = opened;
});

/** USD per token: text in 0.001 and out 0.002, sound and pictures in 0.003 and out 0.004. */
const PRICES = {
  inputPerMTok: 1_000,
  outputPerMTok: 2_000,
  audioInPerMTok: 3_000,
  audioOutPerMTok: 4_000,
  imageInPerMTok: 3_000,
  imageOutPerMTok: 4_000,
};

const tokens = (text: string) => Math.ceil(text.length / 4);
const recording = Buffer.alloc(1_000, 7);

interface Case {
  readonly path: string;
  /** Of the channel; absent: OpenAI. */
  readonly provider?: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** A form with this file. */
  readonly file?: { readonly field: string; readonly name: string };
  readonly stream?: Readonly<Record<string, unknown>>;
  /** Of a whole answer; null: the answer tells no usage, and the charge is estimated. */
  readonly costUsd: number | null;
}

const cases: Readonly<Record<string, Case>> = {
  completions: {
    path: '/v1/completions',
    fields: { prompt: ['one text', 'another'], n: 2, max_tokens: 1_000 },
    stream: { stream: true },
    costUsd: tokens('one textanother') * 0.001 + 4 * tokens('another') * 0.002,
  },
  embeddings: { path: '/v1/embeddings', fields: { input: ['one text', 'another'] }, costUsd: 4 * 0.001 },
  rerank: {
    path: '/v1/rerank',
    // OpenAI does not rank.
    provider: 'jina',
    fields: { query: 'q', documents: ['first', 'the second'], top_n: 1 },
    costUsd: 4 * 0.001,
  },
  moderations: {
    path: '/v1/moderations',
    fields: {
      input: [
        { type: 'text', text: 'hello' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } },
      ],
    },
    costUsd: null,
  },
  images: {
    path: '/v1/images/generations',
    fields: { prompt: 'a cat' },
    stream: { stream: true, partial_images: 3 },
    costUsd: tokens('a cat') * 0.001 + 1_000 * 0.004,
  },
  speech: {
    path: '/v1/audio/speech',
    fields: { input: 'word '.repeat(20), voice: 'alloy' },
    stream: { stream_format: 'sse' },
    costUsd: null,
  },
  transcriptions: {
    path: '/v1/audio/transcriptions',
    fields: { response_format: 'verbose_json' },
    file: { field: 'file', name: 'a.mp3' },
    stream: { stream: 'true', response_format: 'json' },
    costUsd: 10 * 0.003 + tokens('a.mp3 1000 bytes') * 0.002,
  },
  diarized: {
    path: '/v1/audio/transcriptions',
    fields: { response_format: 'diarized_json', chunking_strategy: 'auto' },
    file: { field: 'file', name: 'a.mp3' },
    costUsd: 10 * 0.003 + tokens('a.mp3 1000 bytes') * 0.002,
  },
};

const send = ({ path, fields, file }: Case, model: string, key: string, signal: AbortSignal, more: object = {}) => {
  const all = { model, ...fields, ...more };
  const authorization = `Bearer ${key}`;
  if (!file) {
    const headers = { authorization, 'content-type': 'application/json' };
    return fetch(world.url + path, { method: 'POST', headers, body: JSON.stringify(all), signal });
  }
  const form = new FormData();
  for (const [name, value] of Object.entries(all)) form.append(name, String(value));
  form.append(file.field, new Blob([recording]), file.name);
  return fetch(world.url + path, { method: 'POST', headers: { authorization }, body: form, signal });
};

const patience = () => AbortSignal.timeout(30_000);

/** The charges of an account, once they are `count`, with Σ ledger = balance. */
const chargesOf = (userId: string, count: number) =>
  until('the charges', async () => {
    const ledger = await world.api.ledger(userId);
    const { balanceUsd } = await world.api.user(userId);
    const charges = ledger.filter(({ kind }) => kind === 'charge');
    const sum = ledger.reduce((total, { amountUsd }) => total + nano(amountUsd), 0);
    return charges.length === count && sum === nano(balanceUsd) ? charges : null;
  });

const left = (served: Served) =>
  until('the upstream let go', async () => served.seen().find(({ abortedAt }) => abortedAt !== null), 30_000);

describe.each(Object.entries(cases))('%s', (_name, endpoint) => {
  const upstreams = [endpoint.provider ? { provider: endpoint.provider } : {}];

  it('charges a whole answer', async () => {
    const { user, key } = await world.account(1_000);
    const { model } = await world.serve('sim-echo', upstreams, PRICES);
    const answer = await send(endpoint, model, key.key, patience());
    expect([answer.status, (await answer.arrayBuffer()).byteLength > 0]).toEqual([200, true]);
    const row = await world.usage(answer.headers.get('x-request-id'));
    expect(row).toMatchObject({ status: 'ok', usageSource: endpoint.costUsd === null ? 'estimated' : 'upstream' });
    if (endpoint.costUsd !== null) expect(nano(row.costUsd)).toBe(nano(endpoint.costUsd));
    expect(row.costUsd).toBeGreaterThan(0);
    const [charge] = await chargesOf(user.id, 1);
    expect(nano(-charge!.amountUsd)).toBe(nano(row.costUsd));
  });

  it('costs nothing when its caller leaves before there is an answer', async () => {
    const { user, key } = await world.account(1_000);
    const served = await world.serve('sim-echo-delay-20000', upstreams, PRICES);
    const leaving = new AbortController();
    const answer = send(endpoint, served.model, key.key, leaving.signal).catch(() => 'gone');
    await until('the upstream at work', async () => served.seen().length > 0, 30_000);
    leaving.abort();
    expect(await answer).toBe('gone');
    await left(served);
    expect(await world.usageOf(served.model)).toMatchObject({ status: 'aborted', costUsd: 0 });
    expect(await chargesOf(user.id, 0)).toEqual([]);
  });

  const { stream } = endpoint;
  if (!stream) return;
  it('charges what came of a stream that its caller leaves', async () => {
    const { user, key } = await world.account(1_000);
    const served = await world.serve('sim-chunks-60-gap-300', upstreams, PRICES);
    const leaving = new AbortController();
    const answer = await send(endpoint, served.model, key.key, leaving.signal, stream);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      expect.stringContaining('text/event-stream'),
    ]);
    await answer.body!.getReader().read();
    leaving.abort();
    await left(served);
    const row = await world.usageOf(served.model);
    expect(row).toMatchObject({ status: 'aborted', usageSource: 'estimated', stream: true });
    expect(row.costUsd).toBeGreaterThan(0);
    const [charge] = await chargesOf(user.id, 1);
    expect(nano(-charge!.amountUsd)).toBe(nano(row.costUsd));
  });
});
