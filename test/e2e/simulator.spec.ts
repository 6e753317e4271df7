import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import OpenAI from 'openai';
import { Agent, setGlobalDispatcher } from 'undici';
import { startSimulator } from '../support/simulator/simulator.mjs';
import { until } from '../support/gateway';

/** The simulator is the witness of every other test here, so the vendors' own SDKs must find nothing odd about it. */
let simulator: Awaited<ReturnType<typeof startSimulator>>;
let openai: OpenAI;
let anthropic: Anthropic;
let gemini: GoogleGenAI;

beforeAll(async () => {
  // Google's SDK looks for undici's dispatcher on the global object, which jest replaces.
  setGlobalDispatcher(new Agent());
  simulator = await startSimulator();
  openai = new OpenAI({ baseURL: `${simulator.url}/v1`, apiKey: 'sim-key-a', maxRetries: 0 });
  anthropic = new Anthropic({ baseURL: simulator.url, apiKey: 'sim-key-a', maxRetries: 0 });
  gemini = new GoogleGenAI({ apiKey: 'sim-key-a', httpOptions: { baseUrl: simulator.url } });
});
afterAll(() => simulator.close());
beforeEach(() => simulator.clear());

const hello = [{ role: 'user' as const, content: 'Say “héllo wörld” 你好' }];
const text = hello[0]!.content;
const tools = ['get_weather', 'get_time'];
const citySchema = {
  type: 'object' as const,
  properties: { city: { type: 'string' as const }, days: { type: 'integer' as const } },
};

describe('OpenAI shapes', () => {
  it('answers chat with computable usage', async () => {
    const answer = await openai.chat.completions.create({ model: 'sim-echo', messages: hello });
    expect(answer.choices[0]!.message.content).toBe(text);
    const tokens = Math.ceil(text.length / 4);
    expect(answer.usage).toMatchObject({ prompt_tokens: tokens, completion_tokens: tokens, total_tokens: 2 * tokens });
  });

  it('streams the same text, with usage only when asked', async () => {
    for (const include_usage of [true, false]) {
      const stream = await openai.chat.completions.create({
        model: 'sim-echo-split-1',
        messages: hello,
        stream: true,
        stream_options: { include_usage },
      });
      const chunks = [];
      for await (const chunk of stream) chunks.push(chunk);
      expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe(text);
      expect(chunks.some((chunk) => chunk.usage != null)).toBe(include_usage);
    }
  });

  it('calls two tools in parallel, streamed and not, then answers their result', async () => {
    const offered = tools.map((name) => ({ type: 'function' as const, function: { name, parameters: citySchema } }));
    const plain = await openai.chat.completions.create({ model: 'sim-tools', messages: hello, tools: offered });
    const streamed = await openai.chat.completions
      .stream({ model: 'sim-tools', messages: hello, tools: offered })
      .finalChatCompletion();
    for (const answer of [plain, streamed]) {
      const calls = answer.choices[0]!.message.tool_calls ?? [];
      expect(calls.map((call) => call.type === 'function' && call.function)).toMatchObject(
        tools.map((name) => ({ name, arguments: '{"city":"text","days":7}' })),
      );
      expect(answer.choices[0]!.finish_reason).toBe('tool_calls');
    }
    const call = plain.choices[0]!.message.tool_calls![0]!;
    const messages = [
      ...hello,
      plain.choices[0]!.message,
      { role: 'tool' as const, tool_call_id: call.id, content: 'sunny' },
    ];
    const after = await openai.chat.completions.create({ model: 'sim-tools', messages, tools: offered });
    expect(after.choices[0]!.message.content).toBe('sunny');
  });

  it('answers and streams a response', async () => {
    const plain = await openai.responses.create({ model: 'sim-reasoning', input: text });
    expect(plain.output_text).toBe(text);
    const streamed = await openai.responses.stream({ model: 'sim-reasoning', input: text }).finalResponse();
    expect(streamed.output_text).toBe(text);
    expect(streamed.output.map((item) => item.type)).toEqual(['reasoning', 'message']);
    const calls = await openai.responses.stream({ model: 'sim-tools', input: text }).finalResponse();
    expect(calls.output).toMatchObject([{ type: 'function_call', name: 'get_weather', arguments: '{"city":"text"}' }]);
  });

  it('embeds and lists models', async () => {
    const embedded = await openai.embeddings.create({ model: 'sim-echo', input: ['one', 'two'], dimensions: 4 });
    expect(embedded.data.map((item) => item.embedding.length)).toEqual([4, 4]);
    expect((await openai.models.list()).data.map((model) => model.id)).toContain('sim-echo');
  });
});

describe('Anthropic shapes', () => {
  it('folds the stream into the unstreamed answer: text, thinking, tools', async () => {
    for (const model of ['sim-echo', 'sim-reasoning', 'sim-tools']) {
      const body = {
        model,
        max_tokens: 1_000,
        messages: hello,
        tools: tools.map((name) => ({ name, input_schema: citySchema })),
      };
      const plain = await anthropic.messages.create(body);
      const streamed = await anthropic.messages.stream(body).finalMessage();
      const strip = (message: typeof plain) => message.content.map((block) => ({ ...block, id: undefined }));
      expect(strip(streamed)).toEqual(strip(plain));
      expect(streamed.stop_reason).toBe(plain.stop_reason);
      expect(streamed.usage.output_tokens).toBe(plain.usage.output_tokens);
    }
  });

  it('counts tokens and cuts at max_tokens', async () => {
    expect(await anthropic.messages.countTokens({ model: 'sim-echo', messages: hello })).toEqual({ input_tokens: 5 });
    const cut = await anthropic.messages.create({ model: 'sim-echo', max_tokens: 2, messages: hello });
    expect(cut).toMatchObject({
      stop_reason: 'max_tokens',
      content: [{ text: text.slice(0, 8) }],
      usage: { output_tokens: 2 },
    });
  });
});

describe('Gemini shapes', () => {
  it('generates and streams the same text with \\r\\n\\r\\n framing', async () => {
    const plain = await gemini.models.generateContent({ model: 'sim-echo', contents: text });
    expect(plain.text).toBe(text);
    let streamed = '';
    for await (const chunk of await gemini.models.generateContentStream({ model: 'sim-echo', contents: text }))
      streamed += chunk.text ?? '';
    expect(streamed).toBe(text);
    expect(simulator.requests().at(-1)!.sent).toMatch(/\r\n\r\n$/);
  });

  it('calls functions with a signature on the first only', async () => {
    const functionDeclarations = tools.map((name) => ({ name, parametersJsonSchema: citySchema }));
    const answer = await gemini.models.generateContent({
      model: 'sim-tools',
      contents: text,
      config: { tools: [{ functionDeclarations }] },
    });
    expect(answer.functionCalls?.map((call) => call.name)).toEqual(tools);
    expect(answer.candidates![0]!.content!.parts!.map((part) => part.thoughtSignature !== undefined)).toEqual([
      true,
      false,
    ]);
  });
});

describe('scripts', () => {
  const ask = (model: string, apiKey = 'sim-key-a', stream = false) =>
    new OpenAI({ baseURL: `${simulator.url}/v1`, apiKey, maxRetries: 0 }).chat.completions
      .create({ model, messages: hello, stream })
      .withResponse();

  it.each([
    ['sim-429-retry-7', 429, 'rate_limit_exceeded'],
    ['sim-quota', 429, 'insufficient_quota'],
    ['sim-500', 500, null],
    ['sim-dead', 401, 'invalid_api_key'],
    ['sim-nonsense', 404, 'model_not_found'],
  ])('refuses %s with %i %s', async (model, status, code) => {
    await expect(ask(model)).rejects.toMatchObject({ status, code });
  });

  it('lets the credential overrule the model, by its name or at run time', async () => {
    await expect(ask('sim-echo', 'sim-key-429-retry-3')).rejects.toMatchObject({ status: 429 });
    simulator.script('sim-key-a', '500');
    await expect(ask('sim-echo')).rejects.toMatchObject({ status: 500 });
    simulator.script('sim-key-a', null);
    expect((await ask('sim-echo')).response.status).toBe(200);
  });

  it("names vendors' errors as each vendor does", async () => {
    const request = { max_tokens: 10, messages: hello };
    await expect(anthropic.messages.create({ model: 'sim-529', ...request })).rejects.toMatchObject({
      status: 529,
      error: { error: { type: 'overloaded_error' } },
    });
    await expect(gemini.models.generateContent({ model: 'sim-dead', contents: text })).rejects.toMatchObject({
      status: 400,
    });
  });

  it.each(['sim-cut-2', 'sim-error-in-stream-2'])('breaks %s off after two chunks', async (model) => {
    const stream = await openai.chat.completions.create({ model: `${model}-chunks-5`, messages: hello, stream: true });
    let said = '';
    await expect(
      (async () => {
        for await (const chunk of stream) said += chunk.choices[0]?.delta.content ?? '';
      })(),
    ).rejects.toThrow();
    expect(said).toBe('word0 word1 ');
  });

  it('sees the caller leave a stalled stream', async () => {
    const stream = await openai.chat.completions.create({ model: 'sim-stall-1', messages: hello, stream: true });
    const first = await stream[Symbol.asyncIterator]().next();
    expect(first.done).toBe(false);
    stream.controller.abort();
    const entry = await until('abort in the log', async () =>
      simulator.requests().find((seen) => seen.abortedAt !== null),
    );
    expect(entry).toMatchObject({ model: 'sim-stall-1', endedAt: null, credential: 'sim-key-a', stream: true });
  });

  it('waits, compresses, omits and inflates as told', async () => {
    const started = Date.now();
    const { data } = await ask('sim-delay-200-gzip-no-usage-fast');
    expect(Date.now() - started).toBeGreaterThanOrEqual(195);
    expect(data).not.toHaveProperty('usage');
    const big = await openai.chat.completions.create({ model: 'sim-big-line', messages: hello });
    expect(big.choices[0]!.message.content).toHaveLength(1024 * 1024);
    const negative = await openai.chat.completions.create({ model: 'sim-negative-usage', messages: hello });
    expect(negative.usage).toMatchObject({ prompt_tokens: -5, completion_tokens: -7 });
    const json = await openai.chat.completions.create({
      model: 'sim-json',
      messages: hello,
      response_format: { type: 'json_schema', json_schema: { name: 'city', schema: citySchema } },
    });
    expect(JSON.parse(json.choices[0]!.message.content!)).toEqual({ city: 'text', days: 7 });
  });

  it('steers and tells over HTTP', async () => {
    await fetch(`${simulator.url}/__script?credential=sim-key-a&words=503`, { method: 'PUT' });
    await expect(ask('sim-echo')).rejects.toMatchObject({ status: 503 });
    const log = (await (await fetch(`${simulator.url}/__log`)).json()) as {
      requests: { model: string; status: number }[];
    };
    expect(log.requests).toMatchObject([{ model: 'sim-echo', status: 503 }]);
    await fetch(`${simulator.url}/__log`, { method: 'DELETE' });
    expect((await ask('sim-echo')).response.status).toBe(200);
  });
});
