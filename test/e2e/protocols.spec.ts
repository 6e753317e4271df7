import Anthropic from '@anthropic-ai/sdk';
import { type GenerateContentResponse, GoogleGenAI } from '@google/genai';
import type OpenAI from 'openai';
import { until, type UsageRow } from '../support/gateway';
import { nano, PRICES, useWorld, type World } from '../support/world';

/** Every client protocol through every upstream protocol, read by the vendors' own SDKs. */
const protocols = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'] as const;
type Protocol = (typeof protocols)[number];

const scripts = ['sim-echo', 'sim-chunks-5', 'sim-tools', 'sim-reasoning'] as const;
const upstreamPaths: Record<Protocol, RegExp> = {
  'openai-chat': /^\/v1\/chat\/completions$/,
  'openai-responses': /^\/v1\/responses$/,
  'anthropic-messages': /^\/v1\/messages$/,
  gemini: /^\/v1beta\/models\/sim-[a-z0-9-]+:(g|streamG)enerateContent/,
};

let world: World;
let openai: OpenAI;
let anthropic: Anthropic;
let google: GoogleGenAI;

useWorld(async (opened) => {
  world = opened;
  openai = world.openai();
  anthropic = new Anthropic({ baseURL: world.url, apiKey: world.key, maxRetries: 0, timeout: 30_000 });
  // With a fetch of ours Google's SDK does not look for undici's dispatcher on the global object, which jest replaces.
  google = new GoogleGenAI({ apiKey: world.key, httpOptions: { baseUrl: world.url, timeout: 30_000, fetch } });
  for (const upstream of protocols) await openChannel(upstream);
});

const modelOf = (upstream: Protocol, script: string): string => `${upstream}/${script}`;
const credentialOf = (upstream: Protocol): string => `sim-key-a@${upstream}`;

async function openChannel(upstream: Protocol): Promise<void> {
  const models = scripts.map((script) => modelOf(upstream, script));
  for (const model of models) await world.api.setPrice(model, PRICES);
  await world.api.createChannel({
    name: upstream,
    provider: 'simulator',
    baseUrl: `${world.simulator.url}/v1`,
    keys: [credentialOf(upstream)],
    models,
    modelMapping: Object.fromEntries(scripts.map((script) => [modelOf(upstream, script), script])),
    protocols: [upstream],
  });
}

interface Question {
  readonly model: string;
  readonly text?: string;
  readonly maxTokens?: number;
  /** Offers the tool `get_weather`. */
  readonly tools?: boolean;
  /** Asks for thoughts, and to see them. */
  readonly think?: boolean;
}

/** What a caller got, whatever the protocol. */
interface Heard {
  readonly pieces: readonly string[];
  readonly thoughts: string;
  readonly calls: readonly { name: string; args: unknown }[];
  /** In the protocol's own word. */
  readonly finish: string | null | undefined;
  readonly input: number | undefined;
  readonly output: number | undefined;
}

/** A client asks, and reads to the end. */
type Asks = Record<'plain' | 'streamed', (question: Question) => Promise<Heard>>;

const hello = 'hello there';
const parameters = { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] };
const weather = { name: 'get_weather', description: 'The weather of a city.' };

const chat: Asks = {
  plain: async (question) => {
    const completion = await openai.chat.completions.create(chatBody(question));
    const { content } = completion.choices[0]!.message;
    return heardChat(completion, content === null ? [] : [content], reasoningIn(completion.choices[0]!.message));
  },
  streamed: async (question) => {
    const stream = openai.chat.completions.stream({ ...chatBody(question), stream_options: { include_usage: true } });
    const deltas = [];
    for await (const chunk of stream) if (chunk.choices[0]) deltas.push(chunk.choices[0].delta);
    const pieces = deltas.map((delta) => delta.content ?? '').filter(Boolean);
    return heardChat(await stream.finalChatCompletion(), pieces, deltas.map(reasoningIn).join(''));
  },
};

const chatBody = ({ model, text = hello, maxTokens, tools, think }: Question) => ({
  model,
  messages: [{ role: 'user' as const, content: text }],
  ...(maxTokens && { max_completion_tokens: maxTokens }),
  ...(tools && { tools: [{ type: 'function' as const, function: { ...weather, parameters } }] }),
  ...(think && { reasoning_effort: 'low' as const }),
});

/** DeepSeek's field, which OpenAI's types do not know. */
const reasoningIn = (message: object): string =>
  (message as { readonly reasoning_content?: string | null }).reasoning_content ?? '';

function heardChat({ choices, usage }: OpenAI.ChatCompletion, pieces: string[], thoughts: string): Heard {
  const { message, finish_reason } = choices[0]!;
  const calls = (message.tool_calls ?? []).filter((call) => call.type === 'function');
  return {
    pieces,
    thoughts,
    calls: calls.map((call) => ({ name: call.function.name, args: JSON.parse(call.function.arguments) })),
    finish: finish_reason,
    input: usage?.prompt_tokens,
    output: usage?.completion_tokens,
  };
}

const responses: Asks = {
  plain: async (question) => {
    const response = await openai.responses.create(responsesBody(question));
    return heardResponse(response, response.output_text === '' ? [] : [response.output_text]);
  },
  streamed: async (question) => {
    const pieces: string[] = [];
    let last: OpenAI.Responses.Response | undefined;
    for await (const event of await openai.responses.create({ ...responsesBody(question), stream: true })) {
      if (event.type === 'response.output_text.delta') pieces.push(event.delta);
      if (event.type === 'response.completed' || event.type === 'response.incomplete') last = event.response;
    }
    if (!last) throw new Error('The stream had no closing event.');
    return heardResponse(last, pieces);
  },
};

const responsesBody = ({ model, text = hello, maxTokens, tools, think }: Question) => ({
  model,
  input: text,
  ...(maxTokens && { max_output_tokens: maxTokens }),
  ...(tools && { tools: [{ type: 'function' as const, ...weather, parameters, strict: false }] }),
  ...(think && { reasoning: { effort: 'low' as const, summary: 'auto' as const } }),
});

function heardResponse({ output, status, incomplete_details, usage }: OpenAI.Responses.Response, pieces: string[]) {
  const reasoning = output.filter((item) => item.type === 'reasoning');
  const calls = output.filter((item) => item.type === 'function_call');
  return {
    pieces,
    thoughts: reasoning.flatMap((item) => item.summary.map((part) => part.text)).join(''),
    calls: calls.map((call) => ({ name: call.name, args: JSON.parse(call.arguments) })),
    finish: incomplete_details?.reason ?? status,
    input: usage?.input_tokens,
    output: usage?.output_tokens,
  };
}

const messages: Asks = {
  plain: async (question) => {
    const message = await anthropic.messages.create(messagesBody(question));
    return heardMessage(
      message,
      message.content.flatMap((block) => (block.type === 'text' ? [block.text] : [])),
    );
  },
  streamed: async (question) => {
    const pieces: string[] = [];
    const stream = anthropic.messages.stream(messagesBody(question)).on('text', (delta) => void pieces.push(delta));
    return heardMessage(await stream.finalMessage(), pieces);
  },
};

const messagesBody = ({ model, text = hello, maxTokens = 2_048, tools, think }: Question) => ({
  model,
  max_tokens: maxTokens,
  messages: [{ role: 'user' as const, content: text }],
  ...(tools && { tools: [{ ...weather, input_schema: parameters }] }),
  ...(think && { thinking: { type: 'enabled' as const, budget_tokens: 1_024 } }),
});

function heardMessage({ content, stop_reason, usage }: Anthropic.Message, pieces: string[]): Heard {
  return {
    pieces: pieces.filter(Boolean),
    thoughts: content.map((block) => (block.type === 'thinking' ? block.thinking : '')).join(''),
    calls: content.flatMap((block) => (block.type === 'tool_use' ? [{ name: block.name, args: block.input }] : [])),
    finish: stop_reason,
    input: usage.input_tokens,
    output: usage.output_tokens,
  };
}

const contents: Asks = {
  plain: async (question) => heardContent([await google.models.generateContent(contentBody(question))]),
  streamed: async (question) => {
    const chunks = [];
    for await (const chunk of await google.models.generateContentStream(contentBody(question))) chunks.push(chunk);
    return heardContent(chunks);
  },
};

const contentBody = ({ model, text = hello, maxTokens, tools, think }: Question) => ({
  model,
  contents: text,
  config: {
    ...(maxTokens && { maxOutputTokens: maxTokens }),
    ...(tools && { tools: [{ functionDeclarations: [{ ...weather, parametersJsonSchema: parameters }] }] }),
    ...(think && { thinkingConfig: { includeThoughts: true, thinkingBudget: 1_024 } }),
  },
});

/** Network chunks come together as they like; Google's SDK sees an error outside of events only in a chunk of its own. */
async function readGlued(model: string): Promise<void> {
  const glued: typeof fetch = async (...request) => {
    const response = await fetch(...request);
    return new Response(await response.arrayBuffer(), response);
  };
  const client = new GoogleGenAI({ apiKey: world.key, httpOptions: { baseUrl: world.url, fetch: glued } });
  const texts = [];
  for await (const { text } of await client.models.generateContentStream(contentBody({ model }))) texts.push(text);
}

/** Google counts thoughts beside the answer. */
function heardContent(chunks: readonly GenerateContentResponse[]): Heard {
  const parts = chunks.flatMap((chunk) => chunk.candidates?.[0]?.content?.parts ?? []);
  const usage = chunks.at(-1)?.usageMetadata;
  return {
    pieces: parts.filter((part) => part.text && !part.thought).map((part) => part.text!),
    thoughts: parts.map((part) => (part.thought ? part.text : '')).join(''),
    calls: parts.flatMap(({ functionCall }) =>
      functionCall ? [{ name: functionCall.name!, args: functionCall.args }] : [],
    ),
    finish: chunks.at(-1)?.candidates?.[0]?.finishReason,
    input: usage?.promptTokenCount,
    output: usage && (usage.candidatesTokenCount ?? 0) + (usage.thoughtsTokenCount ?? 0),
  };
}

const clients: Record<Protocol, Asks & { readonly ends: Record<'stop' | 'tools' | 'length', string> }> = {
  'openai-chat': { ...chat, ends: { stop: 'stop', tools: 'tool_calls', length: 'length' } },
  'openai-responses': { ...responses, ends: { stop: 'completed', tools: 'completed', length: 'max_output_tokens' } },
  'anthropic-messages': { ...messages, ends: { stop: 'end_turn', tools: 'tool_use', length: 'max_tokens' } },
  gemini: { ...contents, ends: { stop: 'STOP', tools: 'STOP', length: 'MAX_TOKENS' } },
};

/** The rows of a model's calls, one unstreamed and one streamed, as this protocol's caller made them. */
function rowsOf(model: string, protocol: Protocol, inputTokens: number): Promise<UsageRow[]> {
  return until(`two usage rows of ${model} as ${protocol}`, async () => {
    const rows = await world.api.usage({ model });
    const own = rows.filter((row) => row.protocol === protocol && row.inputTokens === inputTokens);
    return own.length === 2 && own.sort((a, b) => Number(a.stream) - Number(b.stream));
  });
}

const costNano = (input: number, output: number): number =>
  nano((input * PRICES.inputPerMTok + output * PRICES.outputPerMTok) / 1e6);

/** A channel of its own, that a failing upstream may put to rest. */
const serve = (script: string, upstream: Protocol) =>
  world.serve(script, [{ provider: 'simulator', protocols: [upstream] }]);

const pairs = protocols.flatMap((ingress) => protocols.map((upstream) => ({ ingress, upstream })));

describe.each(pairs)('$ingress from $upstream', ({ ingress, upstream }) => {
  const { plain, streamed, ends } = clients[ingress];

  /** Both ways of asking, heard and then billed for exactly this. */
  async function ask(question: Question, used: { input: number; output: number }) {
    const heard = await Promise.all([plain(question), streamed(question)]);
    for (const one of heard) expect(one).toMatchObject(used);
    const rows = await rowsOf(question.model, ingress, used.input);
    expect(rows.map((row) => row.stream)).toEqual([false, true]);
    for (const row of rows) {
      expect(row).toMatchObject({ status: 'ok', outputTokens: used.output, usageSource: 'upstream' });
      expect(nano(row.costUsd)).toBe(costNano(used.input, used.output));
    }
    return { heard, rows };
  }

  it('says text, and ends', async () => {
    const { heard } = await ask({ model: modelOf(upstream, 'sim-echo') }, { input: 3, output: 3 });
    for (const { pieces, ...rest } of heard) {
      expect(pieces.join('')).toBe(hello);
      expect(rest).toMatchObject({ thoughts: '', calls: [], finish: ends.stop });
    }
    const asked = world.simulator.requests().filter(({ credential }) => credential === credentialOf(upstream));
    expect(asked.length).toBeGreaterThan(0);
    for (const { path } of asked) expect(path).toMatch(upstreamPaths[upstream]);
  });

  it('passes chunks one by one', async () => {
    const words = ['word0 ', 'word1 ', 'word2 ', 'word3 ', 'word4 '];
    const { heard } = await ask({ model: modelOf(upstream, 'sim-chunks-5') }, { input: 3, output: 8 });
    expect(heard.map(({ pieces }) => pieces)).toEqual([[words.join('')], words]);
  });

  it('calls a tool', async () => {
    const { heard } = await ask({ model: modelOf(upstream, 'sim-tools'), tools: true }, { input: 3, output: 7 });
    for (const { calls, finish } of heard) {
      expect(calls).toEqual([{ name: 'get_weather', args: { city: 'text' } }]);
      expect(finish).toBe(ends.tools);
    }
  });

  it('shows thoughts apart from the text', async () => {
    const question = { model: modelOf(upstream, 'sim-reasoning'), think: true };
    const { heard, rows } = await ask(question, { input: 3, output: 14 });
    // Anthropic does not count them apart.
    const reasoningTokens = upstream === 'anthropic-messages' ? expect.any(Number) : 11;
    for (const row of rows) expect(row).toMatchObject({ reasoningTokens });
    for (const { pieces, thoughts } of heard) {
      // An unstreamed Gemini answer has three thoughts: a protocol with one field for them sets blank lines between.
      expect(thoughts.replaceAll('\n\n', '')).toBe('The user said something, so I say it back.');
      expect(pieces.join('')).toBe(hello);
    }
  });

  it('tells that the text was cut', async () => {
    const question = { model: modelOf(upstream, 'sim-echo'), text: `${hello} `.repeat(8), maxTokens: 16 };
    const { heard } = await ask(question, { input: 24, output: 16 });
    for (const { pieces, finish } of heard) {
      expect(pieces.join('')).toBe(question.text.slice(0, 64));
      expect(finish).toBe(ends.length);
    }
  });

  it('never ends a broken stream as if it were whole', async () => {
    const { model } = await serve('sim-chunks-5-error-in-stream-2', upstream);
    const reading = ingress === 'gemini' ? readGlued(model) : streamed({ model });
    await expect(reading).rejects.toThrow(/server had an error|overloaded/i);
    expect(await world.usageOf(model)).toMatchObject({ protocol: ingress, stream: true, status: 'error' });
  });
});

it('streams one JSON array to a Gemini caller who does not ask for events', async () => {
  const { model } = await serve('sim-chunks-3', 'openai-chat');
  const body = JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'hi' }] }] });
  const answer = await world.post(`/v1beta/models/${model}:streamGenerateContent`, body);
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  const chunks = answer.json() as unknown as { candidates: { finishReason?: string }[] }[];
  expect(chunks.length).toBeGreaterThan(1);
  expect(chunks.at(-1)?.candidates[0]?.finishReason).toBe('STOP');
});

describe('failures in the words of the caller', () => {
  it("refuses an unknown model in Anthropic's shape", async () => {
    const refused = anthropic.messages.create(messagesBody({ model: 'no-such-model' }));
    await expect(refused).rejects.toMatchObject({
      status: 404,
      error: {
        type: 'error',
        error: { type: 'not_found_error', message: expect.stringContaining('no-such-model') },
        request_id: expect.stringMatching(/^req_/),
      },
    });
  });

  it("refuses an unknown model in Google's shape", async () => {
    const refusal: { status: number; message: string } = await google.models
      .generateContent(contentBody({ model: 'no-such-model' }))
      .then(() => Promise.reject(new Error('was answered')))
      .catch((error) => error);
    expect(refusal.status).toBe(404);
    expect(JSON.parse(refusal.message)).toEqual({
      error: {
        code: 404,
        status: 'NOT_FOUND',
        message: expect.stringContaining('no-such-model'),
        details: [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ field: 'model' }] }],
      },
    });
  });

  it("makes an Anthropic upstream's rate limit an upstream_error for an OpenAI caller", async () => {
    const { model, seen } = await serve('sim-429', 'anthropic-messages');
    for (const way of [chat.plain, chat.streamed]) {
      await expect(way({ model })).rejects.toMatchObject({ status: 502, code: 'upstream_error' });
    }
    expect(seen()[0]).toMatchObject({ path: '/v1/messages', status: 429 });
  });

  it('ends a stream that Gemini broke off with an error event for an Anthropic caller', async () => {
    const { model } = await serve('sim-chunks-5-error-in-stream-2', 'gemini');
    const events: string[] = [];
    const stream = anthropic.messages
      .stream(messagesBody({ model }))
      .on('streamEvent', ({ type }) => events.push(type));
    await expect(stream.finalMessage()).rejects.toMatchObject({
      error: { type: 'error', error: { type: 'api_error' } },
    });
    expect(events).toContain('content_block_delta');
    expect(events).not.toContain('message_stop');
    expect(await world.usageOf(model)).toMatchObject({ protocol: 'anthropic-messages', status: 'error' });
  });
});

describe('what the upstream cannot take', () => {
  it.each([
    ['anthropic-messages', 'sampling.seed'],
    ['openai-chat', null],
  ] as const)('is named: a seed for %s', async (upstream, dropped) => {
    const answer = await world.chat(modelOf(upstream, 'sim-echo'), { text: 'seed', seed: 7 });
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.headers.get('x-oneapi-dropped')).toBe(dropped);
  });
});

describe('beside chat', () => {
  const every = protocols.flatMap((upstream) => scripts.map((script) => modelOf(upstream, script)));

  it('lists models in three shapes', async () => {
    const named: string[][] = [[], [], []];
    for await (const { id, object } of openai.models.list()) named[0]!.push(`${object} ${id}`);
    for await (const { id, type } of anthropic.models.list()) named[1]!.push(`${type} ${id}`);
    for await (const { name } of await google.models.list()) named[2]!.push(name!);
    expect(named[0]).toEqual(expect.arrayContaining(every.map((id) => `model ${id}`)));
    expect(named[1]).toEqual(expect.arrayContaining(every.map((id) => `model ${id}`)));
    expect(named[2]).toEqual(expect.arrayContaining(every.map((id) => `models/${id}`)));
  });

  it('lists them in pages as each SDK turns them, every model once', async () => {
    const all = (await openai.models.list()).data.map(({ id }) => id);
    const asked = { anthropic: [] as string[], google: [] as string[] };
    for await (const { id } of anthropic.models.list({ limit: 3 })) asked.anthropic.push(id);
    for await (const { name } of await google.models.list({ config: { pageSize: 3 } })) asked.google.push(name!);
    expect(asked).toEqual({ anthropic: all, google: all.map((id) => `models/${id}`) });
    const before = await anthropic.models.list({ limit: 2, before_id: all[3]! });
    expect([before.data.map(({ id }) => id), before.has_more]).toEqual([all.slice(1, 3), true]);
    await expect(anthropic.models.list({ limit: 0 })).rejects.toMatchObject({ status: 400 });
    await expect(anthropic.models.list({ after_id: 'nobody' })).rejects.toMatchObject({ status: 400 });
  });

  it('shows one of them in three shapes, and says in each that one is not there', async () => {
    const id = modelOf('gemini', 'sim-echo');
    expect(await openai.models.retrieve(id)).toMatchObject({ id, object: 'model' });
    expect(await anthropic.models.retrieve(id)).toMatchObject({ id, type: 'model' });
    expect(await google.models.get({ model: id })).toMatchObject({ name: `models/${id}` });
    await expect(openai.models.retrieve('nobody')).rejects.toMatchObject({ status: 404, code: 'model_not_found' });
    await expect(anthropic.models.retrieve('nobody')).rejects.toMatchObject({
      error: { type: 'error', error: { type: 'not_found_error' } },
    });
    await expect(google.models.get({ model: 'nobody' })).rejects.toMatchObject({ status: 404 });
  });

  it("gives embeddings in the SDK's own encoding, and bills their input", async () => {
    const model = modelOf('openai-chat', 'sim-echo');
    const { data, usage } = await openai.embeddings.create({ model, input: [hello, `${hello}!`] });
    expect(data.map(({ embedding }) => embedding.length)).toEqual([8, 8]);
    expect(Math.hypot(...data[0]!.embedding)).toBeCloseTo(1);
    expect(usage.prompt_tokens).toBe(6);
    const row = await until('the usage row of the embeddings', async () =>
      (await world.api.usage({ model })).find(({ inputTokens }) => inputTokens === 6),
    );
    expect(row).toMatchObject({ status: 'ok', outputTokens: 0 });
    expect(nano(row.costUsd)).toBe(costNano(6, 0));
  });
});
