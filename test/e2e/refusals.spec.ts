import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { until } from '../support/gateway';
import { exchangeBytes } from '../support/raw-socket';
import { nano, type Raw, readSse, type Served, useWorld, type World } from '../support/world';

/** Whatever a caller sends: a clear refusal in its protocol, no 5xx, no crash, nothing charged, nothing of the upstream's given away. */
let world: World;
let echo: Served;
let balanceBefore: number;
/** Takes its time, so it starts with the first test and is looked at by the last. */
let slowHeaders: Promise<string>;

useWorld(async (opened) => {
  world = opened;
  echo = await world.serve('sim-echo');
  balanceBefore = (await world.api.me()).balanceUsd;
  slowHeaders = dripHeaders(world.url);
});

afterEach(async () => {
  expect((await fetch(`${world.url}/healthz`)).status).toBe(200);
  expect((await world.chat(echo.model)).status).toBe(200);
});

/** One header line every half second, until the gateway has had enough. */
async function dripHeaders(url: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let said = '';
  socket.on('error', () => undefined).on('data', (data) => (said += data.toString()));
  socket.write('POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\n');
  const drip = setInterval(() => socket.writable && socket.write('X-A: b\r\n'), 500);
  await new Promise((resolve) => socket.once('close', resolve));
  clearInterval(drip);
  return said;
}

const refused = (answer: Raw, status: number, code: string | null) => {
  expect([answer.status, answer.text]).toEqual([status, expect.anything()]);
  const { error } = answer.json();
  expect(error).toEqual({ message: expect.any(String), type: expect.any(String), param: error.param ?? null, code });
  expect(error.message.length).toBeGreaterThan(10);
  expect(answer.headers.get('content-type')).toMatch('application/json');
  expect(answer.requestId).toMatch(/^req_/);
  return error;
};

const chatWith = (key: string) => world.chat(echo.model, { key });

describe('keys', () => {
  it('answers 401 invalid_api_key without a key, with an unknown, a malformed or a disabled one', async () => {
    const disabled = await world.api.createKey();
    expect((await chatWith(disabled.key)).status).toBe(200);
    await world.api.changeKey(disabled.id, { status: 'disabled' });
    await until('the key disabled', async () => (await chatWith(disabled.key)).status === 401);
    for (const key of ['sk-unknown', 'x', "'; DROP TABLE api_keys; --", `${world.key}x`, disabled.key]) {
      refused(await chatWith(key), 401, 'invalid_api_key');
    }
    const keyless = await fetch(`${world.url}/v1/chat/completions`, { method: 'POST', body: '{}' });
    expect([keyless.status, ((await keyless.json()) as { error: { code: string } }).error.code]).toEqual([
      401,
      'invalid_api_key',
    ]);
  });

  it('answers 401 from the moment a key expires', async () => {
    const key = await world.api.createKey({ expiresAt: new Date(Date.now() + 4_000).toISOString() });
    expect((await chatWith(key.key)).status).toBe(200);
    await until('the key expired', async () => (await chatWith(key.key)).status !== 200);
    refused(await chatWith(key.key), 401, 'invalid_api_key');
  });

  it('answers 401 for a deleted and for a rotated key, and accepts the new one', async () => {
    const gone = await world.api.createKey();
    await chatWith(gone.key);
    await world.api.call('DELETE', `/tokens/${gone.id}`);
    await until('the key gone', async () => (await chatWith(gone.key)).status === 401);
    const old = await world.api.createKey();
    const { key } = await world.api.call('POST', `/tokens/${old.id}/rotate`);
    await until('the old key gone', async () => (await chatWith(old.key)).status === 401);
    expect((await chatWith(key)).status).toBe(200);
  });

  it("answers 403 for a foreign address and for a model not on the key's list", async () => {
    const elsewhere = await world.api.createKey({ allowedIps: ['10.0.0.0/8', '2001:db8::/32'] });
    refused(await chatWith(elsewhere.key), 403, 'ip_not_allowed');
    const here = await world.api.createKey({ allowedIps: ['127.0.0.0/8'] });
    expect((await chatWith(here.key)).status).toBe(200);
    const others = await world.api.createKey({ models: ['gpt-4o', 'sim-fast*'] });
    refused(await chatWith(others.key), 403, 'model_not_allowed');
    const prefix = await world.api.createKey({ models: ['sim-ech*'] });
    expect((await chatWith(prefix.key)).status).toBe(200);
  });

  it('does not believe a forwarded address', async () => {
    const inside = await world.api.createKey({ allowedIps: ['10.0.0.0/8'] });
    const headers = {
      authorization: `Bearer ${inside.key}`,
      'x-forwarded-for': '10.1.2.3',
      'x-real-ip': '10.1.2.3',
      forwarded: 'for=10.1.2.3',
    };
    const answer = await fetch(`${world.url}/v1/chat/completions`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ model: echo.model, messages: [] }),
    });
    expect(answer.status).toBe(403);
  });

  it('refuses the keys of a disabled account', async () => {
    const account = await world.account(10);
    expect((await chatWith(account.key.key)).status).toBe(200);
    await world.api.call('PATCH', `/users/${account.user.id}`, { status: 'disabled' });
    await until('the account refused', async () => (await chatWith(account.key.key)).status === 401);
  });
});

describe('requests', () => {
  it('answers 404 model_not_found for a model nobody serves', async () => {
    for (const model of [
      'no-such-model',
      '',
      ' ',
      '../../etc/passwd',
      '__proto__',
      'constructor',
      'x'.repeat(100_000),
      '名'.repeat(50),
    ]) {
      const answer = await world.chat(model);
      expect([model.slice(0, 20), [400, 404].includes(answer.status)]).toEqual([model.slice(0, 20), true]);
    }
    expect(refused(await world.chat('no-such-model'), 404, 'model_not_found').param).toBe('model');
  });

  const valid = '"messages":[{"role":"user","content":"x"}]';
  it.each([
    ['nothing', ''],
    ['half an object', '{"model":"sim-echo"'],
    ['not JSON', 'model=sim-echo'],
    ['an array', '[]'],
    ['a string', '"hi"'],
    ['null', 'null'],
    ['two objects', '{}{}'],
    ['a trailing comma', `{"model":"sim-echo",${valid},}`],
    ['NaN', `{"model":"sim-echo",${valid},"temperature":NaN}`],
    ['a single quote', "{'model':'sim-echo'}"],
    ['a raw newline in a string', '{"model":"sim-\necho"}'],
    ['no model', `{${valid}}`],
    ['a numeric model', `{"model":5,${valid}}`],
    ['a null model', `{"model":null,${valid}}`],
    ['an object as model', `{"model":{"a":1},${valid}}`],
    ['a model twice', `{"model":"a","model":"b",${valid}}`],
    ['no messages', '{"model":"MODEL"}'],
    ['messages as text', '{"model":"MODEL","messages":"hi"}'],
    ['messages as null', '{"model":"MODEL","messages":null}'],
    ['stream as text', `{"model":"MODEL",${valid},"stream":"yes"}`],
    ['stream as number', `{"model":"MODEL",${valid},"stream":1}`],
    ['stream_options as text', `{"model":"MODEL",${valid},"stream":true,"stream_options":"usage"}`],
    ['max_tokens as text', `{"model":"MODEL",${valid},"max_tokens":"many"}`],
    ['200 000 open brackets', '['.repeat(200_000)],
    ['200 000 nested objects', '{"a":'.repeat(200_000)],
  ])('answers 400 invalid_request_error to %s', async (_what, body) => {
    refused(await world.post('/v1/chat/completions', body.replace('MODEL', echo.model)), 400, 'invalid_request_error');
  });

  it.each([
    ['control characters in the model', '{"model":"a\\u0000\\r\\nx-evil: 1","messages":[]}'],
    [
      'control characters in a message',
      '{"model":"MODEL","messages":[{"role":"user","content":"\\u0000\\u001b[31m\\u2028"}]}',
    ],
    ['lone surrogates', '{"model":"MODEL","messages":[{"role":"user","content":"\\ud800"}]}'],
    ['a __proto__ field', '{"__proto__":{"stream":true},"model":"MODEL","messages":[{"role":"user","content":"x"}]}'],
    ['negative max_tokens', '{"model":"MODEL","max_tokens":-1,"messages":[{"role":"user","content":"x"}]}'],
    ['huge numbers', '{"model":"MODEL","max_tokens":1e999,"messages":[{"role":"user","content":"x"}]}'],
  ])('survives %s', async (_what, body) => {
    const answer = await world.post('/v1/chat/completions', body.replace('MODEL', echo.model));
    expect(answer.status).toBeLessThan(500);
    expect(answer.headers.get('x-evil')).toBeNull();
  });

  it('survives bytes that are not UTF-8, a BOM and a compressed body', async () => {
    for (const bytes of [
      [0xff, 0xfe, 0x7b],
      [0xef, 0xbb, 0xbf, 0x7b, 0x7d],
      [0x1f, 0x8b, 0x08, 0x00],
    ]) {
      expect((await world.post('/v1/chat/completions', Uint8Array.from(bytes))).status).toBe(400);
    }
  });

  it('answers 503 while the bodies of other calls fill the memory meant for them, and serves again after', async () => {
    const limits = (maxMiB: number, budgetMiB: number) =>
      world.api.changeSettings({ relay: { body: { maxMiB, budgetMiB } } });
    const hang = await world.serve('sim-hang');
    const text = 'x'.repeat(600 * 1024);
    const unannounced = () =>
      fetch(`${world.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${world.key}` },
        body: new Blob([JSON.stringify({ model: echo.model, messages: [{ role: 'user', content: text }] })]).stream(),
        duplex: 'half',
      } as RequestInit);
    await limits(1, 1);
    try {
      const leaving = new AbortController();
      const held = world
        .openai()
        .chat.completions.create(
          { model: hang.model, messages: [{ role: 'user', content: text }] },
          { signal: leaving.signal },
        );
      await until('the call upstream', async () => hang.seen().length === 1);
      const answer = await world.chat(echo.model, { text });
      refused(answer, 503, 'unavailable');
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expect((await unannounced()).status).toBe(503);
      expect((await world.chat(echo.model)).status).toBe(200);
      leaving.abort();
      await expect(held).rejects.toThrow();
      await until('room again', async () => (await world.chat(echo.model, { text })).status === 200);
      expect((await unannounced()).status).toBe(200);
    } finally {
      await limits(64, 0);
    }
  });

  it('answers 413 to 64 MiB and a byte, announced or not', async () => {
    const body = Buffer.alloc(64 * 1024 * 1024 + 1, 0x20);
    refused(await world.post('/v1/chat/completions', body), 413, 'request_too_large');
    const unannounced = new Blob([body]).stream();
    const headers = { authorization: `Bearer ${world.key}` };
    const answer = await fetch(`${world.url}/v1/chat/completions`, {
      method: 'POST',
      headers,
      body: unannounced,
      duplex: 'half',
    } as RequestInit);
    expect([answer.status, ((await answer.json()) as { error: { code: string } }).error.code]).toEqual([
      413,
      'request_too_large',
    ]);
  });
});

describe('names', () => {
  it.each(['a\u0000b', 'a\nb', 'a\u001b[31mb', '\u202Egnp.exe', ''])(
    'with control characters are refused on the control plane: %j',
    async (name) => {
      const channel = { provider: 'openai', baseUrl: 'http://127.0.0.1:1/v1', keys: ['x'], models: ['m'] };
      const answers = [
        await world.api.send('POST', '/tokens', { name }),
        await world.api.send('POST', '/channels', { ...channel, name }),
        await world.api.send('POST', '/channels', { ...channel, name: 'x', models: [name] }),
        await world.api.send('POST', '/users', { username: name, password: 'a-long-enough-passphrase' }),
        await world.api.send('PUT', `/models/${encodeURIComponent(name || ' ')}`, { prices: { inputPerMTok: 1 } }),
        await world.api.send('PUT', `/groups/${encodeURIComponent(name || ' ')}`, { priceMultiplier: 1 }),
      ];
      for (const answer of answers) {
        expect([answer.url, answer.status]).toEqual([answer.url, 400]);
        expect(answer.headers.get('content-type')).toMatch('application/problem+json');
        expect(await answer.json()).toMatchObject({
          status: 400,
          title: expect.any(String),
          requestId: expect.any(String),
        });
      }
    },
  );
});

describe('addresses', () => {
  it.each([
    '/v1',
    '/v1/',
    '/v1/no/such/route',
    '/v1/chat/completions/',
    '/v1/chat',
    '/v1/chat%2fcompletions',
    '/v1/chat/completions%00',
    '/v1beta/nothing',
    '/mj/x',
  ])("answers 404 to POST %s in its protocol's shape", async (path) => {
    const answer = await world.post(path, '{}');
    expect(answer.status).toBe(404);
    expect(answer.json().error).toEqual(
      path.startsWith('/v1beta')
        ? expect.objectContaining({ code: 404, status: 'NOT_FOUND' })
        : expect.objectContaining({ message: expect.any(String), type: expect.any(String) }),
    );
  });

  it.each(['GET', 'PUT', 'DELETE', 'PATCH'])('refuses %s on a POST route', async (method) => {
    const answer = await fetch(`${world.url}/v1/chat/completions`, {
      method,
      headers: { authorization: `Bearer ${world.key}` },
    });
    expect([404, 405]).toContain(answer.status);
    expect(await answer.json()).toMatchObject({ error: { message: expect.any(String) } });
  });

  it.each([
    '//v1/../api/status',
    '/v1/../api/status',
    '/v1/%2e%2e/api/status',
    '/v1/./models',
    '//v1//models',
    '/v1/..;/api/status',
    '/v1\\..\\api',
    '/api/../v1/models',
    '/%00',
    '/v1/%',
    '/api/%c0%af',
    '*',
    'http://evil.example/v1/models',
  ])('refuses the path %s with a clear 4xx', async (path) => {
    const { status, text } = await exchangeBytes(
      world.url,
      `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${world.key}\r\nConnection: close\r\n\r\n`,
    );
    expect([path, status !== null && status >= 400 && status < 500]).toEqual([path, true]);
    expect(text).not.toContain('"initialized"');
  });
});

describe('HTTP itself', () => {
  const head = () =>
    `POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${world.key}\r\nContent-Type: application/json\r\n`;

  it.each([
    ['Content-Length twice', 'Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}'],
    ['two lengths in one field', 'Content-Length: 2, 3\r\n\r\n{}'],
    ['length and chunks', 'Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a negative length', 'Content-Length: -1\r\n\r\n'],
    ['a broken chunk', 'Transfer-Encoding: chunked\r\n\r\nzz\r\n'],
    ['a folded header', 'X-A: 1\r\n b\r\nContent-Length: 2\r\n\r\n{}'],
    ['a NUL in a header', 'X-A: a\0b\r\nContent-Length: 2\r\n\r\n{}'],
    ['a space in a name', 'X A: 1\r\nContent-Length: 2\r\n\r\n{}'],
  ])('answers 400 to %s', async (_what, rest) => {
    const { status, closed } = await exchangeBytes(world.url, head() + rest);
    expect([status, closed]).toEqual([400, true]);
  });

  it('refuses too many header bytes', async () => {
    const { status } = await exchangeBytes(
      world.url,
      `${head()}X-Big: ${'a'.repeat(200_000)}\r\nContent-Length: 0\r\n\r\n`,
    );
    expect(status).toBe(431);
  });

  it('forgets a caller that hangs up in the middle of its body', async () => {
    const { status } = await exchangeBytes(world.url, `${head()}Content-Length: 1000\r\n\r\n{"model":`, 300);
    expect(status === null || status === 400).toBe(true);
  });
});

describe('secrets of the upstream', () => {
  const outcomes = [
    '400-leak',
    '422-leak',
    '500-leak',
    'error-200-leak',
    '401',
    '403',
    'dead',
    '500',
    '404',
    'error-200',
    'error-first-event',
    'cut-0',
    'quota',
    'bad-json',
  ];

  it.each(outcomes)('gives away neither credential nor address nor account when it answers %s', async (words) => {
    for (const stream of [false, true]) {
      const served = await world.serve('sim-echo', [{ keys: [words] }]);
      const answer = await world.chat(served.model, { stream });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      const told = answer.text + JSON.stringify([...answer.headers]);
      for (const secret of [
        served.credentials[0]![0]!,
        new URL(world.simulator.url).host,
        '127.0.0.1',
        'sim-organization',
        'org-Simulated',
        'platform.openai.com',
      ]) {
        expect(told).not.toContain(secret);
      }
    }
  });

  it('gives nothing away in an error inside a stream either, nor in the log of its attempts', async () => {
    const served = await world.serve('sim-chunks-5', [{ keys: ['error-in-stream-2-leak'] }]);
    const answer = await world.chat(served.model, { stream: true });
    expect(readSse(answer.text)).toMatchObject({ said: 'word0 word1 ', errors: [{ type: 'server_error' }] });
    const told = answer.text + JSON.stringify(await world.usage(answer.requestId));
    for (const secret of [served.credentials[0]![0]!, new URL(world.simulator.url).host, 'org-Simulated'])
      expect(told).not.toContain(secret);
  });

  it('does not name an upstream that cannot be reached', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => closed.once('listening', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    for (const baseUrl of [`http://127.0.0.1:${port}/v1`, 'http://no-such-host.invalid/v1']) {
      const served = await world.serve('sim-echo', [{ baseUrl }]);
      const answer = await world.chat(served.model);
      refused(answer, 502, 'upstream_error');
      expect(answer.text).not.toMatch(/127\.0\.0\.1|no-such-host|ECONN|ENOTFOUND|EAI_AGAIN/);
    }
  });
});

it('has charged nothing for any refusal', async () => {
  const me = await world.api.me();
  const charges = (await world.api.ledger(me.id)).filter(({ kind }) => kind === 'charge');
  const rows = new Map((await world.api.usage({})).map((row) => [row.requestId, row]));
  for (const charge of charges)
    expect(rows.get(charge.requestId ?? '')).toMatchObject({ httpStatus: 200, channelId: expect.any(String) });
  expect(nano(balanceBefore) + charges.reduce((sum, { amountUsd }) => sum + nano(amountUsd), 0)).toBe(
    nano(me.balanceUsd),
  );
});

it('does not wait for slow headers for ever', async () => {
  const said = await slowHeaders;
  expect(said === '' || said.startsWith('HTTP/1.1 408')).toBe(true);
});
