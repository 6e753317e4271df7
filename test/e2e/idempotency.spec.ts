import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes, randomUUID } from 'node:crypto';
import { createDatabase, describeService, type TemporaryDatabase } from '../contract/support';
import { type Gateway, startGateway, until } from '../support/gateway';
import { type Account, nano, type Served, useWorld, World } from '../support/world';

/** A call named by an `Idempotency-Key` is made, and charged, once. */
let world: World;
useWorld((opened) => {
  world = opened;
});

interface Asked {
  readonly url?: string;
  readonly path?: string;
  readonly key?: string;
  readonly headers?: Record<string, string>;
}

async function ask(name: string, body: object | FormData, { url = world.url, path, key, headers }: Asked = {}) {
  const response = await fetch(`${url}${path ?? '/v1/chat/completions'}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key ?? world.key}`, 'idempotency-key': name, ...headers },
    body: body instanceof FormData ? body : JSON.stringify(body),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  const { status } = response;
  return {
    status,
    bytes,
    requestId: response.headers.get('x-request-id'),
    type: response.headers.get('content-type'),
    replayed: response.headers.get('idempotent-replayed') === 'true',
    retryAfter: response.headers.get('retry-after'),
    json: () => JSON.parse(bytes.toString()),
  };
}

const messages = (content: string) => [{ role: 'user', content }];
const chat = ({ model }: Served, more: object = {}) => ({ model, messages: messages('say it once'), ...more });

async function expectOneCharge(account: Account): Promise<void> {
  const row = await until('the row', async () => (await world.api.usage({ userId: account.user.id }))[0]);
  const charges = (await world.api.ledger(account.user.id)).filter(({ kind }) => kind === 'charge');
  expect(charges.map(({ amountUsd }) => nano(amountUsd))).toEqual([-nano(row.costUsd)]);
  expect(await world.api.usage({ userId: account.user.id })).toHaveLength(1);
}

const gemini = (method: string) => (served: Served) => `/v1beta/models/${served.model}:${method}`;
const parts = { contents: [{ role: 'user', parts: [{ text: 'say it once' }] }] };
const kinds: readonly (readonly [string, (served: Served) => string, (served: Served) => object])[] = [
  ['a chat', () => '/v1/chat/completions', (served) => chat(served)],
  ['a streamed chat', () => '/v1/chat/completions', (served) => chat(served, { stream: true })],
  ['a message', () => '/v1/messages', (served) => chat(served, { max_tokens: 50 })],
  ['a streamed message', () => '/v1/messages', (served) => chat(served, { max_tokens: 50, stream: true })],
  ['a response', () => '/v1/responses', ({ model }) => ({ model, input: 'say it once' })],
  ['a background response', () => '/v1/responses', ({ model }) => ({ model, input: 'say it once', background: true })],
  ['a generation', gemini('generateContent'), () => parts],
  ['a generation streamed as an array', gemini('streamGenerateContent'), () => parts],
  ['an embedding', () => '/v1/embeddings', ({ model }) => ({ model, input: 'say it once' })],
  ['speech', () => '/v1/audio/speech', ({ model }) => ({ model, input: 'say it once', voice: 'alloy' })],
];

describe('the same call again', () => {
  it.each(kinds)('gets the answer of %s, and is charged once', async (_title, pathOf, bodyOf) => {
    const served = await world.serve('sim-echo');
    const account = await world.account(100);
    const asked = { path: pathOf(served), key: account.key.key };
    const name = randomUUID();
    const first = await ask(name, bodyOf(served), asked);
    expect([first.status, first.replayed]).toEqual([200, false]);
    const again = await ask(name, bodyOf(served), asked);
    expect(again).toMatchObject({ status: 200, replayed: true, type: first.type, requestId: first.requestId });
    expect(again.bytes.equals(first.bytes)).toBe(true);
    expect(served.seen()).toHaveLength(1);
    await expectOneCharge(account);
  });

  it('is known by what its form says, whatever the boundary', async () => {
    const served = await world.serve('sim-echo');
    const form = (words: string) => {
      const fields = new FormData();
      fields.set('model', served.model);
      fields.set('file', new Blob([words], { type: 'audio/wav' }), 'a.wav');
      return fields;
    };
    const name = randomUUID();
    const path = '/v1/audio/transcriptions';
    const first = await ask(name, form('sound'), { path });
    expect(first.status).toBe(200);
    expect(await ask(name, form('sound'), { path })).toMatchObject({ status: 200, replayed: true });
    expect((await ask(name, form('noise'), { path })).status).toBe(422);
    expect(served.seen()).toHaveLength(1);
  });

  it('under way gets 409, and the answer when that is there', async () => {
    const served = await world.serve('sim-chunks-30-gap-50');
    const name = randomUUID();
    const first = ask(name, chat(served, { stream: true }));
    await until('the call upstream', async () => served.seen().length === 1);
    const second = await ask(name, chat(served, { stream: true }));
    expect([second.status, second.json().error.code, second.retryAfter]).toEqual([409, 'idempotency_key_in_use', '1']);
    expect((await first).status).toBe(200);
    expect(await ask(name, chat(served, { stream: true }))).toMatchObject({ status: 200, replayed: true });
    expect(served.seen()).toHaveLength(1);
  });

  it('of which 20 come at once is made once', async () => {
    const served = await world.serve('sim-echo-delay-200');
    const name = randomUUID();
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(name, chat(served))));
    expect(answers.filter(({ status, replayed }) => status === 200 && !replayed)).toHaveLength(1);
    expect(answers.every(({ status, replayed }) => status === 409 || status === 200 || replayed)).toBe(true);
    expect(served.seen()).toHaveLength(1);
  });

  it("by an SDK's own key waits for nothing, and a retry gets the answer", async () => {
    const served = await world.serve('sim-echo');
    const name = `stainless-python-retry-${randomUUID()}`;
    const attempt = (count: number) =>
      ask(name, chat(served), { headers: { 'x-stainless-retry-count': String(count) } });
    const first = await attempt(0);
    await until('the answer kept', async () => (await attempt(1)).replayed);
    expect((await attempt(1)).bytes.equals(first.bytes)).toBe(true);
    expect(served.seen().length).toBeLessThanOrEqual(2);
  });
});

describe('another call', () => {
  it.each([
    ['/v1/chat/completions', (body: { error: { code: string } }) => body.error.code === 'idempotency_key_reused'],
    ['/v1/messages', (body: { type: string }) => body.type === 'error'],
  ])('of the same name on %s is refused in its protocol', async (path, isShape) => {
    const served = await world.serve('sim-echo');
    const name = randomUUID();
    expect((await ask(name, chat(served, { max_tokens: 50 }), { path })).status).toBe(200);
    const other = await ask(name, chat(served, { max_tokens: 51 }), { path });
    expect([other.status, isShape(other.json())]).toEqual([422, true]);
    expect(served.seen()).toHaveLength(1);
  });

  it('of the same name by another API key is its own', async () => {
    const served = await world.serve('sim-echo');
    const name = randomUUID();
    const { key } = await world.api.createKey();
    for (const own of [world.key, key])
      expect(await ask(name, chat(served), { key: own })).toMatchObject({ status: 200, replayed: false });
    expect(served.seen()).toHaveLength(2);
  });

  it.each(['', 'x'.repeat(256)])('with a name of the wrong length is a 400', async (name) => {
    const served = await world.serve('sim-echo');
    const { status, json } = await ask(name, chat(served));
    expect([status, json().error.param]).toEqual([400, 'Idempotency-Key']);
    expect(served.seen()).toHaveLength(0);
  });
});

describe('a call that failed', () => {
  it.each([
    ['sim-500', false],
    ['sim-400', false],
    ['sim-chunks-20-cut-5', true],
    ['sim-chunks-20-error-in-stream-5', true],
  ])('with %s does not occupy its key', async (script, stream) => {
    const served = await world.serve(script);
    const name = randomUUID();
    await ask(name, chat(served, { stream })).catch(() => null);
    const failed = served.seen().length;
    world.simulator.script(served.credentials[0]![0]!, 'echo');
    await until('the channel rested', async () => {
      const again = await ask(name, chat(served, { stream })).catch(() => null);
      return again !== null && !again.replayed;
    });
    expect(served.seen().length).toBeGreaterThan(failed);
  });

  it('because its caller left may be made again', async () => {
    const served = await world.serve('sim-delay-60000');
    const name = randomUUID();
    const leaving = new AbortController();
    const headers = { authorization: `Bearer ${world.key}`, 'idempotency-key': name };
    const init = { method: 'POST', headers, body: JSON.stringify(chat(served)), signal: leaving.signal };
    const first = fetch(`${world.url}/v1/chat/completions`, init).catch(() => null);
    await until('the call upstream', async () => served.seen().length === 1);
    leaving.abort();
    await first;
    world.simulator.script(served.credentials[0]![0]!, 'delay-1');
    await until('the key free', async () => (await ask(name, chat(served))).status === 200);
  });
});

describe('what is kept', () => {
  it('is unreadable in the database', async () => {
    const served = await world.serve('sim-echo');
    const words = `secret-${randomUUID()}`;
    const name = randomUUID();
    const body = { model: served.model, messages: messages(words) };
    expect((await ask(name, body)).bytes.toString()).toContain(words);
    expect((await ask(name, body)).replayed).toBe(true);
    const files = ['one-api.sqlite', 'one-api.sqlite-wal'].map((file) =>
      readFileSync(join(world.gateway.dataDir, file)),
    );
    for (const file of files) expect(file.includes(words)).toBe(false);
  });

  it('is not an answer that is too large: it is given once, and charged once', async () => {
    await world.api.changeSettings({ relay: { idempotency: { maxKiB: 1 } } });
    const served = await world.serve('sim-chunks-2000');
    const account = await world.account(100);
    const asked = { key: account.key.key };
    const name = randomUUID();
    const first = await ask(name, chat(served), asked);
    expect(first.bytes.length).toBeGreaterThan(4096);
    const again = await ask(name, chat(served), asked);
    expect([again.status, again.json().error.code]).toEqual([422, 'idempotency_answer_not_kept']);
    expect(again.json().error.message).toContain(first.requestId);
    await expectOneCharge(account);
    await world.api.changeSettings({ relay: { idempotency: { maxKiB: 1024 } } });
  });
});

describeService('postgres', 'two nodes over PostgreSQL', () => {
  let database: TemporaryDatabase;
  let here: World;
  let there: Gateway;
  beforeAll(async () => {
    database = await createDatabase('postgres');
    const env = { DATABASE_URL: database.url, MASTER_KEY: randomBytes(32).toString('base64') };
    here = await World.start({ env });
    there = await startGateway({ env });
  });
  afterAll(async () => {
    await there?.discard();
    await here?.close();
    await database?.drop();
  });

  it('answer for one another, and make a call once', async () => {
    const served = await here.serve('sim-echo-delay-300');
    await until('the model there', async () => {
      const known = await fetch(`${there.url}/v1/models/${served.model}`, {
        headers: { authorization: `Bearer ${here.key}` },
      });
      return known.status === 200;
    });
    const name = randomUUID();
    const on = (url: string) => ask(name, chat(served), { url, key: here.key });
    const answers = await Promise.all([on(here.url), on(there.url), on(here.url), on(there.url)]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(3);
    for (const url of [here.url, there.url]) await until('the answer again', async () => (await on(url)).replayed);
    expect(served.seen()).toHaveLength(1);
  });
});
