import { startScriptedUpstream } from '../support/scripted-upstream';
import { type Served, useWorld, type World, nano } from '../support/world';

/**
 * What users of other gateways ran into, each under the report's name. Elsewhere: the Anthropic SDK on Bedrock's stream (Portkey
 * #1417) in clouds.spec.ts, thoughts over Bedrock (Bifrost #5638) beside its answers, encrypted thoughts (LiteLLM #23854) in
 * encrypted-thoughts.spec.ts, cache writes (LiteLLM #9812) beside Anthropic's usage, Responses field by field (new-api #4377)
 * beside the protocols.
 */
const protocols = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'] as const;
type Protocol = (typeof protocols)[number];
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- bodies and events of every shape
type Json = any;

let world: World;
useWorld((opened) => {
  world = opened;
});

const serve = (script: string, protocol: Protocol, provider = 'simulator') =>
  world.serve(script, [{ provider, protocols: [protocol] }]);

const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const names = ['get_weather', 'get_time'];
const chatTools = names.map((name) => ({ type: 'function', function: { name, parameters } }));
const messagesTools = names.map((name) => ({ name, input_schema: parameters }));
const user = { role: 'user', content: 'hello there' };

const chat = (body: object) => world.post('/v1/chat/completions', JSON.stringify({ messages: [user], ...body }));
const messages = (body: object) =>
  world.post('/v1/messages', JSON.stringify({ max_tokens: 500, messages: [user], ...body }));
const responses = (body: object) => world.post('/v1/responses', JSON.stringify({ input: 'hello there', ...body }));

const eventsOf = (text: string): Json[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice('data: '.length)));
const deltasOf = (text: string): Json[] => eventsOf(text).map((chunk) => chunk.choices[0]?.delta ?? {});
const finishOf = (text: string) =>
  eventsOf(text)
    .map((chunk) => chunk.choices[0]?.finish_reason)
    .filter(Boolean);
const bodiesOf = ({ seen }: Served): Json[] => seen().map(({ body }) => JSON.parse(body));

describe.each(protocols)('tool calls of an upstream that speaks %s', (protocol) => {
  it('have the same input in an Anthropic stream as in the whole answer (litellm #25836, #25561)', async () => {
    const { model } = await serve('sim-tools', protocol);
    const whole = (await messages({ model, tools: messagesTools })).json();
    const events = eventsOf((await messages({ model, tools: messagesTools, stream: true })).text);
    const starts = events.filter(({ content_block }) => content_block?.type === 'tool_use');
    const streamed = starts.map(({ index, content_block: { name } }) => {
      const pieces = events.filter((event) => event.index === index).map(({ delta }) => delta?.partial_json ?? '');
      return { name, input: JSON.parse(pieces.join('')) };
    });
    expect(streamed).toEqual(names.map((name) => ({ name, input: { city: 'text' } })));
    const calls = whole.content.filter(({ type }: Json) => type === 'tool_use');
    expect(calls.map(({ name, input }: Json) => ({ name, input }))).toEqual(streamed);
  });

  it('end with stop_reason tool_use (bifrost #4900)', async () => {
    const { model } = await serve('sim-tools', protocol);
    expect((await messages({ model, tools: messagesTools })).json().stop_reason).toBe('tool_use');
    const events = eventsOf((await messages({ model, tools: messagesTools, stream: true })).text);
    expect(events.find(({ type }) => type === 'message_delta').delta.stop_reason).toBe('tool_use');
  });

  it('finish a chat stream as tool_calls, numbered 0 to n−1 (litellm #36262, Portkey #1275)', async () => {
    const { model } = await serve('sim-tools', protocol);
    const { text } = await chat({ model, tools: chatTools, stream: true });
    const calls = deltasOf(text).flatMap(({ tool_calls = [] }) => tool_calls);
    expect(calls.filter(({ id }) => id).map(({ index, function: { name } }) => [index, name])).toEqual([
      [0, 'get_weather'],
      [1, 'get_time'],
    ]);
    for (const index of [0, 1]) {
      const input = calls.filter((call) => call.index === index).map((call) => call.function.arguments ?? '');
      expect(JSON.parse(input.join(''))).toEqual({ city: 'text' });
    }
    expect(finishOf(text)).toEqual(['tool_calls']);
  });

  it('follow a first chunk with the role of the assistant (Portkey #1399)', async () => {
    const { model } = await serve('sim-tools', protocol);
    expect(deltasOf((await chat({ model, tools: chatTools, stream: true })).text)[0].role).toBe('assistant');
  });
});

it('keeps the parameters of streamed tool calls of Ollama (litellm #25605)', async () => {
  const { model } = await serve('sim-tools', 'openai-chat', 'ollama');
  const { text } = await messages({ model, tools: messagesTools, stream: true });
  const pieces = eventsOf(text).map(({ index, delta }) => (index === 0 ? (delta?.partial_json ?? '') : ''));
  expect(JSON.parse(pieces.join(''))).toEqual({ city: 'text' });
});

it.each(protocols)('closes every block when the upstream ends early, over %s (new-api #4697)', async (protocol) => {
  const { model } = await serve('sim-chunks-5-cut-2', protocol);
  const { text } = await messages({ model, stream: true });
  const types = eventsOf(text).map(({ type }) => type);
  const count = (wanted: string) => types.filter((type) => type === wanted).length;
  expect(count('content_block_delta')).toBeGreaterThan(0);
  // Between two that speak Anthropic's protocol the upstream's own events pass.
  if (protocol !== 'anthropic-messages') expect(count('content_block_stop')).toBe(count('content_block_start'));
  expect(types.at(-1)).toBe('error');
});

it.each(protocols)(
  'closes every block and the message of a whole stream, over %s (new-api #4697)',
  async (protocol) => {
    const { model } = await serve('sim-reasoning-no-done', protocol);
    const types = eventsOf((await messages({ model, stream: true })).text).map(({ type }) => type);
    const count = (wanted: string) => types.filter((type) => type === wanted).length;
    expect(count('content_block_stop')).toBe(count('content_block_start'));
    expect(types.at(-1)).toBe('message_stop');
  },
);

it('sends Gemini no word of JSON Schema that it refuses (litellm #14330, #6459, CLIProxyAPI #97)', async () => {
  const served = await serve('sim-tools', 'gemini');
  const city = { type: 'string', default: 'Rom' };
  const schema = { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object', properties: { city } };
  const refused = { ...schema, additionalProperties: false };
  const tools = [{ type: 'function', function: { name: 'f', parameters: refused } }];
  expect((await chat({ model: served.model, tools })).status).toBe(200);
  const sent = JSON.stringify(bodiesOf(served)[0].tools);
  for (const word of ['$schema', 'additionalProperties']) expect(sent).not.toContain(word);
  expect(sent).toContain('city');
});

it.each(protocols)('tells an upstream that speaks %s max_completion_tokens (bifrost #6457)', async (protocol) => {
  const served = await serve('sim-echo', protocol);
  await chat({ model: served.model, max_completion_tokens: 321 });
  const [{ max_completion_tokens, max_output_tokens, max_tokens, generationConfig }] = bodiesOf(served);
  expect(max_completion_tokens ?? max_output_tokens ?? max_tokens ?? generationConfig.maxOutputTokens).toBe(321);
});

it.each(protocols)('answers the Responses API from an upstream that speaks %s (new-api #4534)', async (protocol) => {
  const { model } = await serve('sim-echo', protocol);
  expect((await responses({ model })).json()).toMatchObject({ object: 'response', status: 'completed' });
  const events = eventsOf((await responses({ model, stream: true })).text);
  expect(events.at(-1)).toMatchObject({ type: 'response.completed', response: { status: 'completed' } });
});

it('gives DeepSeek its reasoning_content back from a caller of Anthropic (new-api #4806)', async () => {
  const served = await serve('sim-reasoning', 'openai-chat', 'deepseek');
  const thinking = { type: 'enabled', budget_tokens: 1024 };
  const asked = { model: served.model, max_tokens: 4_000, thinking };
  const { content } = (await messages(asked)).json();
  const thought = content.find(({ type }: Json) => type === 'thinking').thinking;
  const call = { type: 'tool_use', id: 'call_1', name: 'get_weather', input: {} };
  const results = [{ type: 'tool_result', tool_use_id: 'call_1', content: 'ok' }];
  const turns = [user, { role: 'assistant', content: [...content, call] }, { role: 'user', content: results }];
  await messages({ ...asked, tools: messagesTools, messages: turns });
  const answered = bodiesOf(served)[1].messages.find(({ role }: Json) => role === 'assistant');
  expect(answered.reasoning_content).toBe(thought);
});

it('returns signed thoughts over the turns of a chat (litellm #26395, #37636)', async () => {
  const served = await serve('sim-reasoning', 'anthropic-messages');
  const asked = { model: served.model, reasoning_effort: 'low' };
  const { message } = (await chat(asked)).json().choices[0];
  await chat({ ...asked, messages: [user, message, user] });
  const signed = JSON.parse(served.seen()[0]!.sent).content.find(({ type }: Json) => type === 'thinking');
  expect(signed.signature).toEqual(expect.any(String));
  const answered = bodiesOf(served)[1].messages.find(({ role }: Json) => role === 'assistant');
  expect(answered.content[0]).toEqual(signed);
});

describe('the thought signatures of Gemini', () => {
  it('come back with the tool calls of a chat (bifrost #2210, #1437)', async () => {
    const served = await serve('sim-tools', 'gemini');
    const asked = { model: served.model, tools: chatTools };
    const { message } = (await chat(asked)).json().choices[0];
    const results = message.tool_calls.map(({ id }: Json) => ({ role: 'tool', tool_call_id: id, content: 'ok' }));
    await chat({ ...asked, messages: [user, message, ...results] });
    const [first] = JSON.parse(served.seen()[0]!.sent).candidates[0].content.parts;
    expect(first.thoughtSignature).toEqual(expect.any(String));
    const { parts } = bodiesOf(served)[1].contents.find(({ role }: Json) => role === 'model');
    expect(parts[0].thoughtSignature).toBe(first.thoughtSignature);
  });

  it('are on every call of a history that has none (jcode #339)', async () => {
    const served = await serve('sim-tools', 'gemini');
    const turns = [1, 2, 3].flatMap((turn) => [
      user,
      {
        role: 'assistant',
        tool_calls: [{ id: `call_${turn}`, type: 'function', function: { name: 'get_weather', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: `call_${turn}`, content: 'ok' },
    ]);
    await chat({ model: served.model, tools: chatTools, messages: turns });
    const parts = bodiesOf(served)[0].contents.flatMap((content: Json) => content.parts);
    const calls = parts.filter(({ functionCall }: Json) => functionCall);
    expect(calls.map(({ thoughtSignature }: Json) => typeof thoughtSignature)).toEqual(['string', 'string', 'string']);
  });
});

it.each(protocols)(
  'charges a stream nobody asked usage of, over %s (litellm #5632, control-layer #701)',
  async (protocol) => {
    const { model } = await serve('sim-echo', protocol);
    const { text, requestId } = await chat({ model, stream: true });
    expect(eventsOf(text).filter(({ usage }) => usage)).toEqual([]);
    const row = await world.usage(requestId);
    expect(row).toMatchObject({ inputTokens: 3, outputTokens: 3, usageSource: 'upstream' });
    expect(row.costUsd).toBeGreaterThan(0);
  },
);

it('reads the usage of Mistral, who tells it unasked beside the finish (Portkey #1259, #497, #691)', async () => {
  const mistral = await startScriptedUpstream();
  try {
    const usage = { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 };
    const chunk = (delta: object, finish_reason: string | null, more = {}) =>
      `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', model: 'm', choices: [{ index: 0, delta, finish_reason }], ...more })}\n\n`;
    const body = `${chunk({ role: 'assistant', content: 'ok' }, null)}${chunk({ content: '' }, 'stop', { usage })}data: [DONE]\n\n`;
    mistral.answer = () => ({ body });
    const { model } = await world.serve('mistral-small', [{ provider: 'mistral', baseUrl: `${mistral.url}/v1` }]);
    const { text, requestId } = await chat({ model, stream: true, stream_options: { include_usage: true } });
    expect(eventsOf(text).filter((event) => event.usage)).toEqual([expect.objectContaining({ usage })]);
    const expected = { inputTokens: 7, outputTokens: 5, usageSource: 'upstream' };
    expect(await world.usage(requestId)).toMatchObject(expected);
    const unasked = await chat({ model, stream: true });
    expect(eventsOf(unasked.text).at(-1).choices[0].finish_reason).toBe('stop');
    expect(await world.usage(unasked.requestId)).toMatchObject(expected);
    // It refuses fields it does not know, and none is added.
    expect(mistral.requests[1]!.body).not.toHaveProperty('stream_options');
  } finally {
    await mistral.close();
  }
});

/** At these the cached tokens are a part of the prompt; Anthropic counts them beside it. Either way each is charged once. */
const caching = [
  ['openai-chat', 'simulator'],
  ['openai-chat', 'fireworks'],
  ['openai-responses', 'simulator'],
  ['anthropic-messages', 'simulator'],
  ['gemini', 'simulator'],
] as const;

it.each(caching)(
  'charges cache reads once and at their own price, over %s of %s (litellm #11789, #14849, #6215, #31714)',
  async (protocol, provider) => {
    const prices = { inputPerMTok: 1_000, outputPerMTok: 0, cacheReadPerMTok: 100 };
    const { model } = await world.serve('sim-fast-cached-50', [{ provider, protocols: [protocol] }], prices);
    for (const stream of [false, true]) {
      const answer = await chat({ model, stream, messages: [{ role: 'user', content: 'z'.repeat(400) }] });
      const row = await world.usage(answer.requestId);
      expect(row).toMatchObject({ inputTokens: 100, cacheReadTokens: 50 });
      expect(nano(row.costUsd)).toBe(nano(0.05 + 0.005));
    }
  },
);
