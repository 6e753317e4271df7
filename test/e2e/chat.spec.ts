import { connect } from 'node:net';
import type OpenAI from 'openai';
import { until } from '../support/gateway';
import { exchangeBytes } from '../support/raw-socket';
import { readSse, type Served, useWorld, type World } from '../support/world';

/** The official OpenAI SDK, pointed at the gateway, notices nothing. */
let world: World;
let openai: OpenAI;
let echo: Served;

useWorld(async (opened) => {
  world = opened;
  openai = world.openai();
  echo = await world.serve('sim-echo');
});

const hello = [
  { role: 'system' as const, content: 'Repeat.' },
  { role: 'user' as const, content: 'Say “héllo wörld” 你好 🎈\n\ndata: [DONE]\n\n' },
];
const text = hello[1]!.content;

describe('unstreamed chat', () => {
  it("gives the upstream's own bytes, and none of its headers", async () => {
    const answer = await world.chat(echo.model, { text });
    const upstream = echo.seen().at(-1)!;
    expect(answer).toMatchObject({ status: 200, text: upstream.sent });
    expect(answer.headers.get('content-type')).toMatch('application/json');
    expect(answer.requestId).toMatch(/^req_/);
    for (const name of ['openai-organization', 'set-cookie', 'x-ratelimit-limit-requests', 'openai-version']) {
      expect(answer.headers.get(name)).toBeNull();
    }
  });

  it("sends the caller's own bytes upstream: unknown fields, key order, number spelling, escapes", async () => {
    const body = `{ "model":"${echo.model}", "x_new_field": {"a":[1.0,1e2, null]}, "messages":[{"role":"user","content":"\\u0041\\/b"}],"seed":12345678901234567890 }`;
    expect((await world.post('/v1/chat/completions', body)).json().choices[0].message.content).toBe('A/b');
    expect(echo.seen().at(-1)!.body).toBe(body);
  });

  it("sends the channel's credential and nothing of the caller", async () => {
    await world.chat(echo.model);
    const upstream = echo.seen().at(-1)!;
    expect(upstream.credential).toBe(echo.credentials[0]![0]);
    expect(JSON.stringify(upstream.headers)).not.toContain(world.key);
    expect(upstream.headers).not.toHaveProperty('x-forwarded-for');
  });

  it('reads through the SDK with usage and request id', async () => {
    const { data, request_id } = await openai.chat.completions
      .create({ model: echo.model, messages: hello })
      .withResponse();
    expect(data.choices[0]!.message.content).toBe(text);
    expect(data.usage!.total_tokens).toBeGreaterThan(0);
    expect(request_id).toMatch(/^req_/);
  });

  it('accepts a key in every place the protocols put it', async () => {
    const body = JSON.stringify({ model: echo.model, messages: hello });
    const places: Record<string, string>[] = [
      { authorization: `Bearer ${world.key}` },
      { 'x-api-key': world.key },
      { 'x-goog-api-key': world.key },
    ];
    for (const place of places) {
      const headers = { 'content-type': 'application/json', ...place };
      const answer = await fetch(`${world.url}/v1/chat/completions`, { method: 'POST', headers, body });
      expect([place, answer.status]).toEqual([place, 200]);
      await answer.text();
    }
    const byQuery = await fetch(`${world.url}/v1/chat/completions?key=${world.key}`, { method: 'POST', body });
    expect(byQuery.status).toBe(200);
    await byQuery.text();
    expect(JSON.stringify(echo.seen().at(-1))).not.toContain(world.key);
  });

  it("maps the model's name where the channel says so", async () => {
    const model = `public-name@${world.label()}`;
    await world.api.createChannel({
      name: 'mapped',
      baseUrl: `${world.simulator.url}/v1`,
      keys: ['sim-key-m'],
      models: [model],
      modelMapping: { [model]: 'sim-fast@mapped' },
    });
    await world.api.setPrice(model, { inputPerMTok: 0 });
    const answer = await world.chat(model);
    expect(answer.json().choices[0].message.content).toBe('ok');
    expect(world.simulator.requests().at(-1)).toMatchObject({ model: 'sim-fast@mapped' });
    expect(await world.usage(answer.requestId)).toMatchObject({ model, upstreamModel: 'sim-fast@mapped' });
  });

  it('unpacks a compressed answer', async () => {
    const gzip = await world.serve('sim-echo-gzip');
    expect(
      (await openai.chat.completions.create({ model: gzip.model, messages: hello })).choices[0]!.message.content,
    ).toBe(text);
  });

  it('passes an answer of a megabyte, and a request of several', async () => {
    const big = await world.serve('sim-big-line');
    const answer = await world.chat(big.model, { text: 'x'.repeat(5 * 1024 * 1024) });
    expect(answer.json().choices[0].message.content).toHaveLength(1024 * 1024);
    expect(big.seen()[0]!.bodyBytes).toBeGreaterThan(5 * 1024 * 1024);
  });
});

it.each(['openai-chat', 'anthropic-messages'])('passes bodies of twenty megabytes over %s', async (protocol) => {
  const MIB = 1024 * 1024;
  const big = await world.serve('sim-chunks-20-big-line', [{ protocols: [protocol] }]);
  for (const stream of [false, true]) {
    const answer = await world.chat(big.model, {
      text: 'x'.repeat(20 * MIB),
      stream,
      max_completion_tokens: 6_000_000,
    });
    const said = stream ? readSse(answer.text).said : answer.json().choices[0].message.content;
    expect(said.length).toBe(20 * MIB);
    expect(big.seen().at(-1)!.bodyBytes).toBeGreaterThan(20 * MIB);
  }
});

describe('streamed chat', () => {
  /** What a caller who did not ask for usage should get of a stream that reports it. */
  const withoutUsage = (sent: string) =>
    sent
      .split('\n\n')
      .filter((event) => !event.includes('"choices":[]'))
      .map((event) => event.replace(',"usage":null', ''))
      .join('\n\n');

  const stream = async (served: Served, fields: Record<string, unknown> = {}) => {
    const answer = await world.chat(served.model, { stream: true, text, ...fields });
    return { answer, sent: served.seen().at(-1)!.sent };
  };

  it('forces usage upstream and strips it again where the caller did not ask', async () => {
    const { answer, sent } = await stream(echo);
    expect(sent).toContain('"total_tokens"');
    expect(JSON.parse(echo.seen().at(-1)!.body).stream_options).toEqual({ include_usage: true });
    expect(answer.text).not.toContain('"usage"');
    expect(answer.text).toBe(withoutUsage(sent));
    expect(answer.headers.get('content-type')).toMatch('text/event-stream');
    expect(readSse(answer.text)).toMatchObject({ said: text, done: true });
  });

  it("gives the upstream's exact bytes where the caller asked for usage", async () => {
    const { answer, sent } = await stream(echo, { stream_options: { include_usage: true } });
    expect(answer.text).toBe(sent);
    expect(answer.text).toContain('"total_tokens"');
  });

  it('does not let a caller switch metering off', async () => {
    const { answer, sent } = await stream(echo, { stream_options: { include_usage: false } });
    expect(answer.text).toBe(withoutUsage(sent));
    expect(await world.usage(answer.requestId)).toMatchObject({
      usageSource: 'upstream',
      outputTokens: Math.ceil(text.length / 4),
    });
  });

  it.each([
    'sim-echo-split-1',
    'sim-echo-split-7',
    'sim-echo-gzip',
    'sim-echo-comments-5',
    'sim-echo-no-content-type',
    'sim-chunks-500-split-1000',
  ])('gives the same bytes however %s cuts them', async (script) => {
    const served = await world.serve(script);
    const { answer, sent } = await stream(served, { stream_options: { include_usage: true } });
    expect(answer.text).toBe(sent);
    const stripped = await stream(served);
    expect(readSse(stripped.answer.text).events).toEqual(readSse(withoutUsage(stripped.sent)).events);
  });

  it('passes a line of a megabyte', async () => {
    const { answer, sent } = await stream(await world.serve('sim-big-line'), {
      stream_options: { include_usage: true },
    });
    expect(answer.text.length).toBeGreaterThan(1024 * 1024);
    expect(answer.text === sent || answer.text.startsWith(sent)).toBe(true);
    expect(readSse(answer.text).done).toBe(true);
  });

  it('closes a stream whose upstream forgot the closing mark', async () => {
    const { answer } = await stream(await world.serve('sim-echo-no-done'));
    expect(readSse(answer.text)).toMatchObject({ said: text, done: true });
  });

  it('passes each chunk on as it comes', async () => {
    const silent = await world.serve('sim-stall-2');
    const events = await openai.chat.completions.create({ model: silent.model, messages: hello, stream: true });
    let words = 0;
    for await (const event of events) if (event.choices[0]?.delta.content && ++words === 2) break;
    expect(words).toBe(2);
    expect(silent.seen()).toMatchObject([{ endedAt: null }]);
  });

  it('gives the SDK a usage chunk only when it asks', async () => {
    for (const include_usage of [true, false]) {
      const events = await openai.chat.completions.create({
        model: echo.model,
        messages: hello,
        stream: true,
        stream_options: { include_usage },
      });
      const chunks = [];
      for await (const chunk of events) chunks.push(chunk);
      expect(chunks.some((chunk) => chunk.usage != null)).toBe(include_usage);
      expect(chunks.every((chunk) => include_usage || chunk.choices.length > 0)).toBe(true);
    }
  });
});

describe('a stream over bare HTTP', () => {
  const request = (served: Served, { version = '1.1', stream = true, last = false } = {}): string => {
    const options = stream ? { stream, stream_options: { include_usage: true } } : {};
    const body = JSON.stringify({ model: served.model, messages: [{ role: 'user', content: 'hello' }], ...options });
    const head = [
      `POST /v1/chat/completions HTTP/${version}`,
      'Host: x',
      `Authorization: Bearer ${world.key}`,
      `Content-Length: ${body.length}`,
      ...(last ? ['Connection: close'] : []),
    ];
    return `${head.join('\r\n')}\r\n\r\n${body}`;
  };
  const sentBy = (served: Served) => served.seen()[0]!.sent;

  it.each([false, true])(
    'has no chunks for a caller of HTTP/1.0, and ends with the connection (last %s)',
    async (last) => {
      const served = await world.serve('sim-chunks-20-gap-5');
      const { text, status, closed } = await exchangeBytes(
        world.url,
        request(served, { version: '1.0', last }),
        30_000,
      );
      const end = text.indexOf('\r\n\r\n');
      expect([status, closed]).toEqual([200, true]);
      expect(text.slice(0, end)).not.toMatch(/transfer-encoding/i);
      expect(text.slice(end + 4)).toBe(sentBy(served));
    },
  );

  it('answers requests that follow each other unasked in their order, unmixed', async () => {
    const slow = await world.serve('sim-chunks-20-gap-20');
    const quick = await world.serve('sim-chunks-300');
    const plain = await world.serve('sim-echo');
    const long = await world.serve('sim-big-line');
    const { text, closed } = await exchangeBytes(
      world.url,
      request(slow) + request(quick) + request(plain, { stream: false }) + request(long, { last: true }),
      30_000,
    );
    expect(closed).toBe(true);
    const bodies = answersIn(text);
    expect(bodies.slice(0, 3)).toEqual([slow, quick, plain].map(sentBy));
    expect(bodies[3]!.startsWith(sentBy(long))).toBe(true);
    expect(bodies).toHaveLength(4);
  });

  it('answers a caller who waits to be told to send its body', async () => {
    const [head = '', body = ''] = request(echo, { last: true }).split('\r\n\r\n');
    const { text } = await exchangeBytes(world.url, [`${head}\r\nExpect: 100-continue\r\n\r\n`, body], 30_000);
    expect(text).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 OK/);
    expect(text).toContain('[DONE]');
  });

  it('is not mixed with the refusal of what follows its request', async () => {
    const slow = await world.serve('sim-chunks-3-stall-2');
    const socket = connect(Number(new URL(world.url).port), new URL(world.url).hostname);
    let received = '';
    let isTold = false;
    socket
      .on('error', () => undefined)
      .on('data', (data) => {
        received += data.toString('latin1');
        if (isTold || !received.includes('data: ')) return;
        isTold = true;
        socket.write('more than the length said\r\n\r\n');
      });
    socket.write(request(slow));
    try {
      await until('the end of the connection', () => Promise.resolve(socket.destroyed));
    } finally {
      socket.destroy();
    }
    expect(received).toMatch(/^HTTP\/1.1 200 OK/);
    expect(received.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });

  /** The bodies of answers on one connection; ASCII only. */
  function answersIn(text: string): string[] {
    const bodies: string[] = [];
    for (let at = 0; at < text.length;) {
      const start = text.indexOf('\r\n\r\n', at) + 4;
      const head = text.slice(at, start);
      expect(head).toMatch(/^HTTP\/1.1 200 OK/);
      const length = /content-length: (\d+)/i.exec(head)?.[1];
      const { body, end } =
        length === undefined
          ? unchunked(text, start)
          : { body: text.slice(start, start + Number(length)), end: start + Number(length) };
      bodies.push(body);
      at = end;
    }
    return bodies;
  }

  function unchunked(text: string, start: number): { body: string; end: number } {
    let body = '';
    for (let at = start; ;) {
      const line = text.indexOf('\r\n', at);
      const digits = text.slice(at, line);
      expect(digits).toMatch(/^[0-9a-f]+$/);
      const from = line + 2;
      const to = from + parseInt(digits, 16);
      expect(text.slice(to, to + 2)).toBe('\r\n');
      if (to === from) return { body, end: to + 2 };
      body += text.slice(from, to);
      at = to + 2;
    }
  }
});

describe('what chat can carry', () => {
  const parameters = {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  };
  const tools = ['get_weather', 'get_time'].map((name) => ({
    type: 'function' as const,
    function: { name, parameters },
  }));

  it('calls tools in parallel, streamed and not, and takes their results', async () => {
    const { model } = await world.serve('sim-tools');
    const plain = await openai.chat.completions.create({ model, messages: hello, tools });
    const streamed = await openai.chat.completions.stream({ model, messages: hello, tools }).finalChatCompletion();
    for (const { finish_reason, message } of [plain.choices[0]!, streamed.choices[0]!]) {
      expect(finish_reason).toBe('tool_calls');
      expect(message.tool_calls).toMatchObject(
        tools.map(({ function: { name } }) => ({ type: 'function', function: { name, arguments: '{"city":"text"}' } })),
      );
    }
    const results = plain.choices[0]!.message.tool_calls!.map((call) => ({
      role: 'tool' as const,
      tool_call_id: call.id,
      content: 'sunny',
    }));
    const after = await openai.chat.completions.create({
      model,
      messages: [...hello, plain.choices[0]!.message, ...results],
      tools,
    });
    expect(after.choices[0]!.message.content).toBe('sunny');
  });

  it('sees images', async () => {
    const pixel =
      'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
    const content = [
      { type: 'text' as const, text: 'what?' },
      { type: 'image_url' as const, image_url: { url: pixel } },
    ];
    const answer = await openai.chat.completions.create({ model: echo.model, messages: [{ role: 'user', content }] });
    expect(answer.usage!.prompt_tokens).toBe(2 + 85);
    expect(echo.seen().at(-1)!.body).toContain(pixel);
  });

  it('answers in a schema', async () => {
    const { model } = await world.serve('sim-json');
    const answer = await openai.chat.completions.parse({
      model,
      messages: hello,
      response_format: { type: 'json_schema', json_schema: { name: 'weather', schema: parameters, strict: true } },
    });
    expect(JSON.parse(answer.choices[0]!.message.content!)).toEqual({ city: 'text' });
  });

  it('passes reasoning and its tokens', async () => {
    const { model } = await world.serve('sim-reasoning');
    const { data, request_id } = await openai.chat.completions.create({ model, messages: hello }).withResponse();
    expect(data.choices[0]!.message).toHaveProperty('reasoning_content');
    expect(await world.usage(request_id)).toMatchObject({
      reasoningTokens: data.usage!.completion_tokens_details!.reasoning_tokens,
    });
  });

  it.each([
    ['sim-echo', { max_tokens: 2 }, 'length'],
    ['sim-filtered', {}, 'content_filter'],
  ])('ends %s as the upstream does', async (script, fields, reason) => {
    const { model } = await world.serve(script);
    const answer = await world.chat(model, fields);
    expect(answer.json().choices[0].finish_reason).toBe(reason);
    expect((await world.usage(answer.requestId)).status).toBe('ok');
  });
});

describe('models', () => {
  it('lists what the key may use, and only that', async () => {
    const other = await world.serve('sim-fast');
    const limited = await world.api.createKey({ name: 'limited', models: [echo.model] });
    const all = (await openai.models.list()).data.map((model) => model.id);
    expect(all).toEqual(expect.arrayContaining([echo.model, other.model]));
    expect((await world.openai(limited.key).models.list()).data.map((model) => model.id)).toEqual([echo.model]);
  });

  it('shows one model, and refuses an unknown one', async () => {
    expect(await openai.models.retrieve(echo.model)).toMatchObject({ id: echo.model, object: 'model' });
    await expect(openai.models.retrieve('no-such-model')).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
    });
  });

  it('lists nothing without a key', async () => {
    expect((await world.get('/v1/models', null)).status).toBe(401);
  });
});
