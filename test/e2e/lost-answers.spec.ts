import Anthropic from '@anthropic-ai/sdk';
import { startScriptedUpstream, type ScriptedUpstream } from '../support/scripted-upstream';
import { PRICES, useWorld, type World } from '../support/world';

/** What an upstream answered and the caller's protocol cannot say: named in the usage log, and in a header where it is known in time. */
const model = 'o-with-logprobs';
const wanted = ['reply.logprobs'];
let world: World;
let upstream: ScriptedUpstream;
let anthropic: Anthropic;

useWorld(async (opened) => {
  world = opened;
  anthropic = new Anthropic({ baseURL: world.url, apiKey: world.key, maxRetries: 0 });
  upstream = await startScriptedUpstream();
  await world.api.setPrice(model, PRICES);
  const channel = { name: model, keys: ['k'], models: [model], protocols: ['openai-chat'] };
  await world.api.createChannel({ ...channel, baseUrl: `${upstream.url}/v1` });
});
afterAll(() => upstream?.close());

const logprobs = { content: [{ token: 'ok', logprob: -0.1, bytes: [111, 107], top_logprobs: [] }], refusal: null };
const usage = { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 };
const head = { id: 'c1', created: 1, model };
const chunk = (choice: object) =>
  `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [{ index: 0, ...choice }] })}\n\n`;
const question = { model, max_tokens: 9, messages: [{ role: 'user' as const, content: 'hi' }] };

it('in a whole answer', async () => {
  const message = { role: 'assistant', content: 'ok' };
  const choices = [{ index: 0, message, logprobs, finish_reason: 'stop' }];
  upstream.answer = () => ({ body: { ...head, object: 'chat.completion', choices, usage } });
  const { response } = await anthropic.messages.create(question).withResponse();
  expect(response.headers.get('x-oneapi-dropped')).toBe('reply.logprobs');
  expect((await world.usage(response.headers.get('x-request-id'))).dropped).toEqual(wanted);
});

const said = chunk({ delta: { role: 'assistant', content: 'ok' }, finish_reason: null });
const told = chunk({ delta: {}, logprobs, finish_reason: null });
const ended = `${chunk({ delta: {}, finish_reason: 'stop' })}data: ${JSON.stringify({ ...head, choices: [], usage })}\n\ndata: [DONE]\n\n`;

it.each([
  ['before its head is sent, also in a header', told + said + ended, 'reply.logprobs'],
  ['later, in the log alone', said + told + ended, null],
])('in a stream: %s', async (_when, body, header) => {
  upstream.answer = () => ({ body });
  const { response, data } = await anthropic.messages.create({ ...question, stream: true }).withResponse();
  const events: string[] = [];
  for await (const { type } of data) events.push(type);
  expect(events.at(-1)).toBe('message_stop');
  expect(response.headers.get('x-oneapi-dropped')).toBe(header);
  expect((await world.usage(response.headers.get('x-request-id'))).dropped).toEqual(wanted);
});

it('nothing is named where nothing was lost', async () => {
  upstream.answer = () => ({ body: said + ended });
  const { response, data } = await anthropic.messages.create({ ...question, stream: true }).withResponse();
  for await (const _event of data);
  expect(response.headers.has('x-oneapi-dropped')).toBe(false);
  expect((await world.usage(response.headers.get('x-request-id'))).dropped).toBeNull();
});
