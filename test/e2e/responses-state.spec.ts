import { createOpenAI } from '@ai-sdk/openai';
import { generateText, type ModelMessage } from 'ai';
import OpenAI, { BadRequestError, NotFoundError } from 'openai';
import { startGateway, until } from '../support/gateway';
import { PRICES, type Served, type UpstreamRequest, useWorld, type World } from '../support/world';

/** The Responses API keeps its state here, whoever answers: fetched, gone on from, deleted, on every upstream. */
const protocols = ['openai-responses', 'openai-chat', 'anthropic-messages', 'gemini'] as const;
const weather = {
  type: 'function' as const,
  name: 'get_weather',
  description: 'The weather of a city.',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  strict: false,
};

let world: World;
let openai: OpenAI;
useWorld((opened) => {
  world = opened;
  openai = world.openai();
});

const bodyOf = (request: UpstreamRequest | undefined) => JSON.parse(request?.body ?? '{}');
const code = (error: unknown) => (error as { code?: string | null }).code;
const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => {
      throw new Error('It was not refused.');
    },
    (error: unknown) => error,
  );

/** The response once it is over. */
const ended = (id: string): Promise<OpenAI.Responses.Response> =>
  until(
    `the end of ${id}`,
    async () => {
      const response = await openai.responses.retrieve(id);
      return ['queued', 'in_progress'].includes(response.status!) ? null : response;
    },
    30_000,
  );

async function eventsAfter(id: string, after: number): Promise<OpenAI.Responses.ResponseStreamEvent[]> {
  const events = [];
  for await (const event of await openai.responses.retrieve(id, { stream: true, starting_after: after }))
    events.push(event);
  return events;
}

describe.each(protocols)('on an upstream that speaks %s', (protocol) => {
  const serve = (script: string, keys?: string[]) =>
    world.serve(script, [{ protocols: [protocol], ...(keys && { keys }) }]);

  it('fetches an answer right after it was given, streamed or not', async () => {
    const { model } = await serve('sim-echo');
    const plain = await openai.responses.create({ model, input: 'keep this' });
    expect(await openai.responses.retrieve(plain.id)).toMatchObject({
      id: plain.id,
      object: 'response',
      status: 'completed',
      output: plain.output,
    });
    const streamed = await openai.responses.stream({ model, input: 'and this' }).finalResponse();
    const fetched = await openai.responses.retrieve(streamed.id);
    expect(fetched.output).toEqual(streamed.output.map(({ ...item }) => expect.objectContaining({ id: item.id })));
    expect(fetched.output_text).toBe('and this');
  });

  it('goes on from an answer over several turns, with a tool call and its output', async () => {
    const { model, seen } = await serve('sim-tools');
    const asked = await openai.responses.create({ model, input: 'weather in Oslo?', tools: [weather] });
    const call = asked.output.find((item) => item.type === 'function_call')!;
    const told = await openai.responses.create({
      model,
      previous_response_id: asked.id,
      tools: [weather],
      input: [{ type: 'function_call_output', call_id: call.call_id, output: 'rain, 7 degrees' }],
    });
    expect(told.output_text).toContain('rain, 7 degrees');
    expect(told.status).toBe('completed');
    const last = await openai.responses
      .stream({ model, previous_response_id: told.id, input: 'thanks', tools: [weather] })
      .finalResponse();
    expect((await openai.responses.retrieve(last.id)).previous_response_id).toBe(told.id);
    const sent = JSON.stringify(bodyOf(seen().at(-1)));
    for (const word of ['weather in Oslo?', 'get_weather', 'rain, 7 degrees', 'thanks']) expect(sent).toContain(word);
    expect(sent).not.toContain('previous_response_id');
    expect(world.simulator.requests().every(({ status }) => status === 200)).toBe(true);
  });

  it('lists what an answer was made from, newest first, in pages', async () => {
    const { model } = await serve('sim-echo');
    const first = await openai.responses.create({ model, input: 'one' });
    const second = await openai.responses.create({ model, previous_response_id: first.id, input: 'two' });
    const page = await openai.responses.inputItems.list(second.id, { limit: 2 });
    expect(page.data).toMatchObject([
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'two' }] },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'one' }] },
    ]);
    expect(page.has_more).toBe(true);
    const all = [];
    for await (const item of openai.responses.inputItems.list(second.id, { limit: 1, order: 'asc' })) all.push(item);
    expect(all).toHaveLength(3);
    expect(new Set(all.map(({ id }) => id)).size).toBe(3);
  });
});

it('goes on where the upstream keeps the conversation itself: the same credential, the turn alone', async () => {
  const { model, seen } = await world.serve('sim-echo-keeps', [
    { protocols: ['openai-responses'], keys: ['a', 'b', 'c'] },
    { protocols: ['openai-responses'], keys: ['a', 'b', 'c'] },
  ]);
  let last = await openai.responses.create({ model, input: 'turn 0' });
  for (let turn = 1; turn <= 6; turn++) {
    last = await openai.responses.create({ model, previous_response_id: last.id, input: `turn ${turn}` });
  }
  expect(new Set(seen().map(({ credential }) => credential)).size).toBe(1);
  expect(bodyOf(seen().at(-1))).toMatchObject({
    input: 'turn 6',
    previous_response_id: expect.stringMatching(/^resp_/),
  });
});

it('gives a signed thought back to who signed it, unchanged', async () => {
  const { model, seen } = await world.serve('sim-reasoning', [{ protocols: ['anthropic-messages'] }]);
  const thinking = { model, reasoning: { effort: 'low' as const } };
  const first = await openai.responses.create({ ...thinking, input: 'think' });
  await openai.responses.create({ ...thinking, previous_response_id: first.id, input: 'again' });
  const [one, two] = seen();
  const signed = JSON.parse(one!.sent).content.find(({ type }: { type: string }) => type === 'thinking');
  expect(signed.signature).toEqual(expect.any(String));
  const answered = bodyOf(two).messages.find(({ role }: { role: string }) => role === 'assistant');
  expect(answered.content[0]).toEqual(signed);
});

describe('when the upstream that keeps the conversation', () => {
  const turnTwo = async ({ model, seen }: Served, first: OpenAI.Responses.Response) => {
    const second = await openai.responses.create({ model, previous_response_id: first.id, input: 'second turn' });
    expect(second.output_text).toBe('second turn');
    const body = bodyOf(seen().at(-1));
    expect(JSON.stringify(body.input ?? body.messages)).toContain('first turn');
    expect(body).not.toHaveProperty('previous_response_id');
  };

  it('is down, the whole conversation goes to another one', async () => {
    const served = await world.serve('sim-echo-keeps', [
      { protocols: ['openai-responses'], priority: 1 },
      { protocols: ['openai-chat'] },
    ]);
    const first = await openai.responses.create({ model: served.model, input: 'first turn' });
    world.simulator.script(served.credentials[0]![0]!, '500');
    await turnTwo(served, first);
  });

  it('has forgotten it, it is told the whole conversation', async () => {
    const served = await world.serve('sim-echo-keeps', [{ protocols: ['openai-responses'] }]);
    const first = await openai.responses.create({ model: served.model, input: 'first turn' });
    world.simulator.forget();
    await turnTwo(served, first);
  });
});

it('refuses what is not there as OpenAI does', async () => {
  const { model } = await world.serve('sim-echo');
  const unknown = await failure(openai.responses.create({ model, previous_response_id: 'resp_none', input: 'x' }));
  expect(unknown).toBeInstanceOf(BadRequestError);
  expect(unknown).toMatchObject({ code: 'previous_response_not_found', param: 'previous_response_id' });
  expect(await failure(openai.responses.retrieve('resp_none'))).toBeInstanceOf(NotFoundError);
  expect(await failure(openai.responses.delete('resp_none'))).toBeInstanceOf(NotFoundError);
  for (const path of ['responses/%00', 'responses/a%00b/input_items', `conversations/${'x'.repeat(500)}`])
    expect((await world.get(`/v1/${path}`)).status).toBe(404);
  const { id } = await openai.responses.create({ model, input: 'x' });
  expect((await world.get(`/v1/responses/${id}/input_items?limit=0`)).json().error.param).toBe('limit');
  expect((await world.get(`/v1/responses/${id}/input_items?after=none`)).json().error.param).toBe('after');
  expect((await world.get(`/v1/responses/${id}/nonsense`)).status).toBe(404);
  expect(await failure(openai.responses.cancel(id))).toMatchObject({
    status: 400,
    error: { message: 'Cannot cancel a synchronous response.' },
  });
});

it('deletes an answer', async () => {
  const { model } = await world.serve('sim-echo');
  const { id } = await openai.responses.create({ model, input: 'x' });
  await openai.responses.delete(id);
  expect(await failure(openai.responses.retrieve(id))).toBeInstanceOf(NotFoundError);
  expect(code(await failure(openai.responses.create({ model, previous_response_id: id, input: 'x' })))).toBe(
    'previous_response_not_found',
  );
});

describe('an answer that an upstream keeps too', () => {
  const keep = async () => {
    const served = await world.serve('sim-echo-keeps', [{ protocols: ['openai-responses'] }]);
    const { id } = await openai.responses.create({ model: served.model, input: 'x' });
    const credential = served.credentials[0]![0]!;
    const deletions = () =>
      world.simulator
        .requests()
        .filter((request) => request.method === 'DELETE' && request.credential === credential)
        .map(({ path }) => path);
    return { id, credential, deletions, served };
  };

  it('is deleted there as well', async () => {
    const { id, deletions } = await keep();
    await openai.responses.delete(id);
    expect(deletions()).toEqual([`/v1/responses/${id}`]);
    expect(await failure(openai.responses.retrieve(id))).toBeInstanceOf(NotFoundError);
  });

  it('stays where the upstream cannot be asked, so that it can be deleted later', async () => {
    const { id, credential, deletions } = await keep();
    world.simulator.script(credential, '503');
    expect(await failure(openai.responses.delete(id))).toMatchObject({ status: 502, code: 'upstream_error' });
    expect((await openai.responses.retrieve(id)).output_text).toBe('x');
    world.simulator.script(credential, null);
    await openai.responses.delete(id);
    expect(deletions()).toHaveLength(2);
  });

  it('is only deleted here where its channel is gone, and by nobody but its owner', async () => {
    const { id, deletions, served } = await keep();
    const { key } = await world.account(1);
    expect(await failure(world.openai(key.key).responses.delete(id))).toBeInstanceOf(NotFoundError);
    await world.api.deleteChannel(served.channels[0]!.id);
    await openai.responses.delete(id);
    expect(deletions()).toEqual([]);
    expect(await failure(openai.responses.retrieve(id))).toBeInstanceOf(NotFoundError);
  });
});

it.each(['sim-echo', 'sim-echo-split-7'])(
  'says what an answer goes on from, also where its upstream was told all and knows nothing of it (%s)',
  async (script) => {
    const { model, seen } = await world.serve(script, [{ protocols: ['openai-responses'] }]);
    const first = await openai.responses.create({ model, input: 'one' });
    const link = { previous_response_id: first.id };
    expect(await openai.responses.create({ model, ...link, input: 'two' })).toMatchObject(link);
    const told = [];
    for await (const event of await openai.responses.create({ model, ...link, input: 'thrée', stream: true }))
      if ('response' in event) told.push(event.response);
    expect(told.length).toBeGreaterThanOrEqual(3);
    for (const response of told) expect(response).toMatchObject(link);
    expect(told.at(-1)!.output_text ?? JSON.stringify(told.at(-1))).toContain('thrée');
    expect(bodyOf(seen().at(-1))).not.toHaveProperty('previous_response_id');
  },
);

it('keeps nothing with store: false, and can still go on from what was kept', async () => {
  const { model } = await world.serve('sim-echo');
  const kept = await openai.responses.create({ model, input: 'kept' });
  const gone = await openai.responses.create({ model, previous_response_id: kept.id, input: 'gone', store: false });
  expect(gone.output_text).toBe('gone');
  expect(await failure(openai.responses.retrieve(gone.id))).toBeInstanceOf(NotFoundError);
});

it("shows nobody another user's answers", async () => {
  const { model } = await world.serve('sim-echo');
  const { id } = await openai.responses.create({ model, input: 'private' });
  const { key } = await world.account(100);
  const other = world.openai(key.key);
  for (const attempt of [
    other.responses.retrieve(id),
    other.responses.delete(id),
    other.responses.cancel(id),
    Promise.resolve(other.responses.inputItems.list(id)),
  ]) {
    expect(await failure(attempt)).toBeInstanceOf(NotFoundError);
  }
  expect(code(await failure(other.responses.create({ model, previous_response_id: id, input: 'x' })))).toBe(
    'previous_response_not_found',
  );
  expect((await openai.responses.retrieve(id)).output_text).toBe('private');
});

it('charges a turn by what the upstream was told, history included', async () => {
  const { model } = await world.serve('sim-echo', [{ protocols: ['openai-chat'] }], PRICES);
  const first = await openai.responses.create({ model, input: 'a'.repeat(4_000) });
  const { data, request_id } = await openai.responses
    .create({ model, previous_response_id: first.id, input: 'short' })
    .withResponse();
  expect(data.usage!.input_tokens).toBeGreaterThan(2_000);
  expect(await world.usage(request_id)).toMatchObject({ inputTokens: data.usage!.input_tokens, status: 'ok' });
});

describe.each(protocols)('references to earlier items, on an upstream that speaks %s', (protocol) => {
  it('become the items, as the AI SDK sends every conversation', async () => {
    const { model, seen } = await world.serve('sim-echo', [{ protocols: [protocol] }]);
    const ai = createOpenAI({ baseURL: `${world.url}/v1`, apiKey: world.key });
    const messages: ModelMessage[] = [];
    for (const content of ['apples', 'pears', 'plums']) {
      messages.push({ role: 'user', content });
      const { text, response } = await generateText({ model: ai.responses(model), messages, maxRetries: 0 });
      expect(text).toBe(content);
      messages.push(...response.messages);
    }
    const sent = seen().at(-1)!.body;
    expect(sent).not.toContain('item_reference');
    // Asked and answered.
    expect(sent.split('apples')).toHaveLength(3);
    expect(sent.split('pears')).toHaveLength(3);
  });
});

it('leaves references to the upstream that keeps the items', async () => {
  const { model, seen } = await world.serve('sim-echo-keeps', [
    { protocols: ['openai-responses'], keys: ['a', 'b', 'c'] },
  ]);
  const first = await openai.responses.create({ model, input: 'one' });
  const { id } = first.output[0] as { id: string };
  const input = [
    { type: 'item_reference' as const, id },
    { role: 'user' as const, content: 'two' },
  ];
  for (let call = 0; call < 4; call++) await openai.responses.create({ model, input });
  expect(new Set(seen().map(({ credential }) => credential)).size).toBe(1);
  expect(bodyOf(seen().at(-1)).input).toEqual(input);
});

describe.each(protocols)('in the background, on an upstream that speaks %s', (protocol) => {
  const serve = (script: string) => world.serve(script, [{ protocols: [protocol] }]);

  it('answers at once, and completely later', async () => {
    const { model } = await serve('sim-chunks-5-delay-300');
    const queued = await openai.responses.create({ model, input: 'later', background: true });
    expect(queued).toMatchObject({ status: 'queued', background: true, output: [] });
    const done = await ended(queued.id);
    expect(done).toMatchObject({ id: queued.id, status: 'completed', background: true });
    expect(done.output_text).toBe('word0 word1 word2 word3 word4 ');
    const next = await openai.responses.create({ model, previous_response_id: queued.id, input: 'go on' });
    expect(next.status).toBe('completed');
    const row = await world.usageOf(model);
    expect(row).toMatchObject({ status: 'ok' });
    expect(row.costUsd).toBeGreaterThan(0);
  });

  it('streams, and goes on with the stream where a reader left it', async () => {
    const { model } = await serve('sim-chunks-12-gap-20');
    const stream = await openai.responses.create({ model, input: 'stream', background: true, stream: true });
    const early = [];
    for await (const event of stream) {
      early.push(event);
      if (event.type === 'response.output_text.delta' && early.length > 6) break;
    }
    const { id } = (early[0] as { response: OpenAI.Responses.Response }).response;
    expect(early.slice(0, 3).map(({ type }) => type)).toEqual([
      'response.created',
      'response.queued',
      'response.in_progress',
    ]);
    const late = await eventsAfter(id, early.at(-1)!.sequence_number);
    const all = [...early, ...late];
    expect(all.map(({ sequence_number }) => sequence_number)).toEqual(all.map((_, index) => index));
    expect(late.at(-1)).toMatchObject({ type: 'response.completed', response: { id, status: 'completed' } });
    const text = all.map((event) => (event.type === 'response.output_text.delta' ? event.delta : '')).join('');
    expect(text).toBe((await ended(id)).output_text);
    // Over, it is read from what is kept.
    expect(await eventsAfter(id, 3)).toEqual(all.slice(4));
  });

  it('is cancelled, and the upstream stops working', async () => {
    const { model, seen } = await serve('sim-chunks-5000-gap-20');
    const { id } = await openai.responses.create({ model, input: 'endless', background: true });
    await until('the upstream writes', async () => (seen()[0]?.chunks ?? 0) > 2, 30_000);
    expect(await openai.responses.cancel(id)).toMatchObject({ id, status: 'cancelled' });
    await until('the upstream has been told', async () => seen()[0]?.abortedAt, 30_000);
    expect((await openai.responses.retrieve(id)).status).toBe('cancelled');
    expect((await openai.responses.cancel(id)).status).toBe('cancelled');
    expect(await world.usageOf(model)).toMatchObject({ status: 'aborted' });
  });

  it('fails where every upstream does, and costs nothing', async () => {
    const { model } = await serve('sim-500');
    const { id } = await openai.responses.create({ model, input: 'x', background: true, stream: false });
    const failed = await ended(id);
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'upstream_error' } });
    expect(await world.usageOf(model)).toMatchObject({ status: 'error', costUsd: 0 });
  });
});

describe('a background call', () => {
  it('is refused without store, and cannot be streamed unless it was asked to', async () => {
    const { model } = await world.serve('sim-echo');
    const unstored = openai.responses.create({ model, input: 'x', background: true, store: false });
    expect(await failure(unstored)).toMatchObject({ status: 400, param: 'background' });
    const { id } = await openai.responses.create({ model, input: 'x', background: true });
    expect(await failure(eventsAfter(id, 0))).toMatchObject({ status: 400 });
    expect((await ended(id)).output_text).toBe('x');
  });

  it('is refused where as many run as may', async () => {
    const { model } = await world.serve('sim-echo-delay-2000');
    await world.api.changeSettings({ relay: { responses: { maxBackground: 1 } } });
    const first = await openai.responses.create({ model, input: 'x', background: true });
    expect(await failure(openai.responses.create({ model, input: 'y', background: true }))).toMatchObject({
      status: 503,
    });
    await world.api.changeSettings({ relay: { responses: { maxBackground: 100 } } });
    expect((await ended(first.id)).status).toBe('completed');
  });

  it('is stopped when its answer is deleted', async () => {
    const { model, seen } = await world.serve('sim-chunks-5000-gap-20');
    const { id } = await openai.responses.create({ model, input: 'endless', background: true });
    await until('the upstream writes', async () => (seen()[0]?.chunks ?? 0) > 2, 30_000);
    await openai.responses.delete(id);
    await until('the upstream has been told', async () => seen()[0]?.abortedAt, 30_000);
    expect(await failure(openai.responses.retrieve(id))).toBeInstanceOf(NotFoundError);
  });
});

describe.each(protocols)('a conversation on an upstream that speaks %s', (protocol) => {
  it('grows by its turns, with calls of tools, streamed, in the background', async () => {
    const { model, seen } = await world.serve('sim-tools', [{ protocols: [protocol] }]);
    const items = [{ type: 'message' as const, role: 'user' as const, content: 'I live in Oslo.' }];
    const conversation = await openai.conversations.create({ metadata: { topic: 'weather' }, items });
    const asked = await openai.responses.create({
      model,
      conversation: conversation.id,
      tools: [weather],
      input: 'How is it outside?',
    });
    expect(asked.conversation).toEqual({ id: conversation.id });
    expect((await openai.responses.retrieve(asked.id)).conversation).toEqual({ id: conversation.id });
    const call = asked.output.find((item) => item.type === 'function_call')!;
    const told = await openai.responses
      .stream({
        model,
        conversation: { id: conversation.id },
        tools: [weather],
        input: [{ type: 'function_call_output', call_id: call.call_id, output: 'rain, 7 degrees' }],
      })
      .finalResponse();
    expect(told.status).toBe('completed');
    const { id } = await openai.responses.create({
      model,
      conversation: conversation.id,
      input: 'thanks',
      tools: [weather],
      background: true,
    });
    expect(await ended(id)).toMatchObject({ status: 'completed', conversation: { id: conversation.id } });

    const sent = JSON.stringify(bodyOf(seen().at(-1)));
    for (const word of ['I live in Oslo.', 'How is it outside?', 'get_weather', 'rain, 7 degrees', 'thanks'])
      expect(sent).toContain(word);
    expect(sent).not.toContain('conv_');
    expect(seen().every(({ status }) => status === 200)).toBe(true);

    const listed = [];
    const query = { order: 'asc' as const, limit: 3 };
    for await (const item of openai.conversations.items.list(conversation.id, query)) listed.push(item);
    // Gemini's signature of the call comes as an item of its own.
    const types = listed.map(({ type }) => type).filter((type) => type !== 'reasoning');
    expect(types.slice(0, 4)).toEqual(['message', 'message', 'function_call', 'function_call_output']);
    expect(new Set(listed.map((item) => (item as { id: string }).id)).size).toBe(listed.length);
  });
});

it('changes and deletes a conversation, for its owner alone', async () => {
  const { id } = await openai.conversations.create();
  expect(await openai.conversations.update(id, { metadata: { a: 'b' } })).toMatchObject({ id, metadata: { a: 'b' } });
  const added = await openai.conversations.items.create(id, {
    items: [
      { type: 'message', role: 'user', content: 'one' },
      { type: 'message', role: 'user', content: 'two' },
    ],
  });
  const [one, two] = added.data as { id: string }[];
  expect(await openai.conversations.items.retrieve(two!.id, { conversation_id: id })).toMatchObject({
    role: 'user',
    content: [{ type: 'input_text', text: 'two' }],
  });
  await openai.conversations.items.delete(one!.id, { conversation_id: id });
  expect((await openai.conversations.items.list(id)).data.map((item) => (item as { id: string }).id)).toEqual([
    two!.id,
  ]);
  expect(await openai.conversations.retrieve(id)).toMatchObject({ object: 'conversation', metadata: { a: 'b' } });

  const { model } = await world.serve('sim-echo');
  const other = world.openai((await world.account(100)).key.key);
  for (const attempt of [
    other.conversations.retrieve(id),
    other.conversations.update(id, { metadata: {} }),
    other.conversations.delete(id),
    Promise.resolve(other.conversations.items.list(id)),
    other.responses.create({ model, conversation: id, input: 'x' }),
  ]) {
    expect(await failure(attempt)).toBeInstanceOf(NotFoundError);
  }
  await openai.conversations.delete(id);
  expect(await failure(openai.conversations.retrieve(id))).toBeInstanceOf(NotFoundError);
});

it('refuses a conversation together with an answer to go on from, and what does not fit into one', async () => {
  const { model } = await world.serve('sim-echo');
  const { id } = await openai.responses.create({ model, input: 'x' });
  const conversation = await openai.conversations.create();
  const both = openai.responses.create({ model, conversation: conversation.id, previous_response_id: id, input: 'x' });
  expect(await failure(both)).toMatchObject({ status: 400, param: 'conversation' });
  const items = Array.from({ length: 21 }, () => ({ type: 'message' as const, role: 'user' as const, content: 'x' }));
  expect(await failure(openai.conversations.create({ items }))).toMatchObject({ status: 400, param: 'items' });
  const metadata = { long: 'x'.repeat(513) };
  expect(await failure(openai.conversations.create({ metadata }))).toMatchObject({ status: 400, param: 'metadata' });
});

it('keeps them across a kill, and ends what was running', async () => {
  const { model } = await world.serve('sim-echo');
  const { id } = await openai.responses.create({ model, input: 'remember me' });
  const { dataDir, port } = world.gateway;
  const slow = await world.serve('sim-chunks-5000-gap-20');
  const running = await openai.responses.create({ model: slow.model, input: 'endless', background: true });
  await until('the upstream writes', async () => (slow.seen()[0]?.chunks ?? 0) > 2, 30_000);
  await world.gateway.kill9();
  const successor = await startGateway({ dataDir, port });
  try {
    expect((await openai.responses.retrieve(id)).output_text).toBe('remember me');
    const next = await openai.responses.create({ model, previous_response_id: id, input: 'still here' });
    expect(next.output_text).toBe('still here');
    expect(await until('the lost call failed', () => failed(running.id), 60_000)).toMatchObject({
      error: { code: 'server_error' },
    });
  } finally {
    await successor.discard();
  }
}, 120_000);

async function failed(id: string): Promise<OpenAI.Responses.Response | null> {
  const response = await openai.responses.retrieve(id);
  return response.status === 'failed' ? response : null;
}
