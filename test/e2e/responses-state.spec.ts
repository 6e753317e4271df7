import OpenAI, { BadRequestError, NotFoundError } from 'openai';
import { startGateway } from '../support/gateway';
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
  const { id } = await openai.responses.create({ model, input: 'x' });
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

it('keeps them across a restart', async () => {
  const { model } = await world.serve('sim-echo');
  const { id } = await openai.responses.create({ model, input: 'remember me' });
  const { dataDir, port } = world.gateway;
  await world.gateway.stop();
  const successor = await startGateway({ dataDir, port });
  try {
    expect((await openai.responses.retrieve(id)).output_text).toBe('remember me');
    const next = await openai.responses.create({ model, previous_response_id: id, input: 'still here' });
    expect(next.output_text).toBe('still here');
  } finally {
    await successor.discard();
  }
});
