import Anthropic from '@anthropic-ai/sdk';
import type OpenAI from 'openai';
import { type ScriptedRequest, startScriptedUpstream, type ScriptedUpstream } from '../support/scripted-upstream';
import { type Speaker, speakers } from '../support/conversations';
import { PRICES, useWorld, type World } from '../support/world';

/** Thoughts that only the account can read which they were made for (LiteLLM #23854, Higress #4688). */
let world: World;
let openai: OpenAI;
let upstream: ScriptedUpstream;

useWorld((opened) => {
  world = opened;
  openai = world.openai();
});
beforeAll(async () => {
  upstream = await startScriptedUpstream();
});
afterAll(() => upstream.close());

const model = 'o-thinker';
const keys = ['one', 'two', 'three', 'four'];
const credentialOf = ({ headers }: ScriptedRequest): string => headers.authorization!.replace('Bearer ', '');
const thoughtsOf = ({ body }: ScriptedRequest): string[] =>
  body.input.flatMap((item: { encrypted_content?: string }) => item.encrypted_content ?? []);

/** As OpenAI: its thoughts are sealed for the account, and those of another one are refused. */
function answer(request: ScriptedRequest) {
  const account = credentialOf(request);
  if (thoughtsOf(request).some((thought) => !thought.startsWith(account))) {
    const message = 'The encrypted content could not be verified.';
    const error = { message, type: 'invalid_request_error', param: null, code: 'invalid_encrypted_content' };
    return { status: 400, body: { error } };
  }
  const number = upstream.requests.length;
  const reasoning = { type: 'reasoning', id: `rs_${number}`, summary: [], encrypted_content: `${account}:${number}` };
  const content = [{ type: 'output_text', text: 'ok', annotations: [] }];
  const message = { type: 'message', id: `msg_${number}`, role: 'assistant', status: 'completed', content };
  const usage = { input_tokens: 3, output_tokens: 2, total_tokens: 5 };
  const response = { id: `resp_${number}`, object: 'response', status: 'completed', store: false, usage };
  const whole = { ...response, model, output: [reasoning, message] };
  if (!request.body.stream) return { body: whole };
  const at = { item_id: message.id, output_index: 1 };
  const part = { ...at, content_index: 0 };
  const events = [
    { type: 'response.created', response: { ...whole, status: 'in_progress', output: [] } },
    { type: 'response.output_item.added', output_index: 0, item: reasoning },
    { type: 'response.output_item.done', output_index: 0, item: reasoning },
    { type: 'response.output_item.added', ...at, item: { ...message, content: [] } },
    { type: 'response.content_part.added', ...part, part: { ...content[0], text: '' } },
    { type: 'response.output_text.delta', ...part, delta: 'ok', logprobs: [] },
    { type: 'response.output_item.done', ...at, item: message },
    { type: 'response.completed', response: whole },
  ];
  return { body: events.map(sse).join('') };
}

const sse = (event: { type: string }, sequence_number: number): string =>
  `event: ${event.type}\ndata: ${JSON.stringify({ ...event, sequence_number })}\n\n`;

async function serve(name: string): Promise<void> {
  await world.api.setPrice(name, PRICES);
  for (const half of [keys.slice(0, 2), keys.slice(2)]) {
    await world.api.createChannel({
      name: `${name} ${half[0]}`,
      baseUrl: `${upstream.url}/v1`,
      keys: half.map((key) => `${key}@${name}`),
      models: [name],
      protocols: ['openai-responses'],
    });
  }
  upstream.answer = answer;
  upstream.requests.length = 0;
}

type Input = OpenAI.Responses.ResponseInput;
const asked = (name: string, input: Input) => ({
  model: name,
  input,
  store: false,
  include: ['reasoning.encrypted_content' as const],
});

it('returns encrypted thoughts to the account that issued them, streamed or not', async () => {
  await serve(model);
  for (const stream of [false, true]) {
    upstream.requests.length = 0;
    const input: Input = [];
    for (let turn = 0; turn < 6; turn++) {
      input.push({ role: 'user', content: `turn ${turn}` });
      const said = stream
        ? await openai.responses.stream(asked(model, [...input])).finalResponse()
        : await openai.responses.create(asked(model, [...input]));
      input.push(...(said.output as Input));
    }
    expect(upstream.requests).toHaveLength(6);
    expect(new Set(upstream.requests.map(credentialOf)).size).toBe(1);
    expect(thoughtsOf(upstream.requests.at(-1)!)).toHaveLength(5);
  }
});

it('goes on without thoughts that nobody here can read, and says so', async () => {
  const name = `${model}-2`;
  await serve(name);
  const input: Input = [
    { role: 'user', content: 'one' },
    { type: 'reasoning', id: 'rs_x', summary: [], encrypted_content: 'someone-else:1' },
    { type: 'function_call', id: 'fc_x', call_id: 'call_1', name: 'f', arguments: '{}' },
    { type: 'function_call_output', call_id: 'call_1', output: 'ok' },
  ];
  const { data, response } = await openai.responses.create(asked(name, input)).withResponse();
  expect(data.output_text).toBe('ok');
  expect(response.headers.get('x-oneapi-dropped')).toBe('turns.reasoning');
  const [first, second] = upstream.requests;
  expect(first!.body.input).toEqual(input);
  const { id: _id, ...call } = input[2] as OpenAI.Responses.ResponseFunctionToolCall;
  expect(second!.body.input).toEqual([input[0], call, input[3]]);
  expect(upstream.requests.map(credentialOf)).toEqual([credentialOf(first!), credentialOf(first!)]);
});

/** Asks in the caller's own words; the answer with what of the request was dropped. */
async function ask(speaker: Speaker, name: string, turns: readonly object[]) {
  const response = await fetch(`${world.url}${speaker.path(name)}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.key}`, 'content-type': 'application/json' },
    body: JSON.stringify(speaker.body(name, turns)),
  });
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers of four protocols
  const answer = (await response.json()) as any;
  expect({ status: response.status, answer }).toMatchObject({ status: 200 });
  const { headers } = response;
  return { answer, dropped: headers.get('x-oneapi-dropped'), requestId: headers.get('x-request-id') };
}

describe.each(speakers)('a caller of $protocol that keeps its conversation itself', (speaker) => {
  const name = `o-${speaker.protocol}`;
  beforeAll(() => serve(name));

  it('is served by the account that can read its thoughts', async () => {
    const turns: object[] = [];
    for (let turn = 0; turn < 6; turn++) {
      turns.push(speaker.said(`turn ${turn}`));
      turns.push(...speaker.sentBack((await ask(speaker, name, turns)).answer));
    }
    expect(new Set(upstream.requests.map(credentialOf)).size).toBe(1);
    expect(upstream.requests).toHaveLength(6);
    expect(thoughtsOf(upstream.requests.at(-1)!)).toHaveLength(5);
  });

  it('goes on without thoughts where they cannot be read any more, and is told so', async () => {
    const turns: object[] = [speaker.said('one')];
    turns.push(...speaker.sentBack((await ask(speaker, name, turns)).answer), speaker.said('two'));
    upstream.requests.length = 0;
    const moved = {
      error: { message: 'The encrypted content gAAA could not be verified.', code: 'invalid_encrypted_content' },
    };
    upstream.answer = (request) => (thoughtsOf(request).length > 0 ? { status: 400, body: moved } : answer(request));
    const { dropped, requestId } = await ask(speaker, name, turns);
    upstream.answer = answer;
    expect(dropped).toContain('turns.reasoning');
    expect(upstream.requests.map((request) => thoughtsOf(request).length)).toEqual([1, 0]);
    const { attempts } = await world.usage(requestId);
    expect(attempts.map(({ reason }) => reason)).toEqual([expect.stringContaining('→ without-thoughts'), null]);
  });
});

it('remembers the account behind a stream, too', async () => {
  const name = 'o-streamed';
  await serve(name);
  const anthropic = new Anthropic({ baseURL: world.url, apiKey: world.key, maxRetries: 0 });
  const messages: Anthropic.MessageParam[] = [];
  for (let turn = 0; turn < 6; turn++) {
    messages.push({ role: 'user', content: `turn ${turn}` });
    const { content } = await anthropic.messages.stream({ model: name, max_tokens: 99, messages }).finalMessage();
    messages.push({ role: 'assistant', content });
  }
  expect(new Set(upstream.requests.map(credentialOf)).size).toBe(1);
  expect(thoughtsOf(upstream.requests.at(-1)!)).toHaveLength(5);
});

it('Claude gets no thoughts that nobody signed, and need not think where it would miss them', async () => {
  const name = 'claude-opus-4-1';
  await world.api.setPrice(name, PRICES);
  const channel = {
    name,
    baseUrl: upstream.url,
    keys: [`k@${name}`],
    models: [name],
    protocols: ['anthropic-messages'],
  };
  await world.api.createChannel({ ...channel, provider: 'anthropic' });
  const content = [{ type: 'text', text: 'ok' }];
  const usage = { input_tokens: 3, output_tokens: 2 };
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model: name, content, usage };
  upstream.answer = () => ({ body: { ...message, stop_reason: 'end_turn', stop_sequence: null } });
  upstream.requests.length = 0;
  const use: Anthropic.ToolUseBlockParam = { type: 'tool_use', id: 'call_1', name: 'f', input: {} };
  const messages: Anthropic.MessageParam[] = [
    { role: 'user', content: 'hi' },
    { role: 'assistant', content: [{ type: 'thinking', thinking: 'hm', signature: '' }, use] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_1', content: 'ok' }] },
  ];
  const anthropic = new Anthropic({ baseURL: world.url, apiKey: world.key, maxRetries: 0 });
  const thinking = { type: 'enabled', budget_tokens: 1_024 } as const;
  const asked = { model: name, max_tokens: 2_048, thinking, messages };
  const { response } = await anthropic.messages.create(asked).withResponse();
  expect(response.headers.get('x-oneapi-dropped')).toBe('turns.reasoning, reasoning');
  expect((await world.usage(response.headers.get('x-request-id'))).dropped).toEqual(['turns.reasoning', 'reasoning']);
  const [first, , last] = messages;
  const left = [first, { role: 'assistant', content: [use] }, last];
  expect(upstream.requests.map(({ body }) => body)).toEqual([
    { ...asked, thinking: { type: 'disabled' }, messages: left },
  ]);
});
