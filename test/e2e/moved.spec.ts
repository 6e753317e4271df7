import Anthropic from '@anthropic-ai/sdk';
import { useWorld, type World } from '../support/world';

/** A conversation that goes on at an upstream which did not begin it. */
let world: World;

useWorld((opened) => {
  world = opened;
});

const serve = (protocol: string) => world.serve('sim-reasoning', [{ protocols: [protocol] }]);

it('Anthropic’s own protocol: what Gemini signed stays behind, everything else is the caller’s', async () => {
  const anthropic = new Anthropic({ baseURL: world.url, apiKey: world.key, maxRetries: 0, timeout: 30_000 });
  const first = await world.serve('sim-tools', [{ protocols: ['gemini'] }]);
  const second = await serve('anthropic-messages');
  const question = { role: 'user' as const, content: 'hello there' };
  const tools = [{ name: 'get_weather', input_schema: { type: 'object' as const } }];
  const answer = await anthropic.messages.create({ model: first.model, max_tokens: 99, messages: [question], tools });
  expect(JSON.stringify(answer.content)).toContain('"oneapi1.gemini.');
  const call = answer.content.find((block) => block.type === 'tool_use')!;
  const result = { type: 'tool_result' as const, tool_use_id: call.id, content: 'Sunny.' };
  const messages = [
    question,
    { role: 'assistant' as const, content: answer.content },
    { role: 'user' as const, content: [result] },
  ];
  const next = await anthropic.messages.create({ model: second.model, max_tokens: 99, messages, tools });
  expect(next.stop_reason).toBe('end_turn');
  const sent = JSON.parse(second.seen()[0]!.body) as { messages: unknown[] };
  expect(sent.messages).toEqual([question, { role: 'assistant', content: [call] }, messages[2]]);
});

it('the Responses API: items of our own making are no items of the upstream', async () => {
  const [first, second] = [await serve('anthropic-messages'), await serve('openai-responses')];
  const ask = { reasoning: { effort: 'low' as const, summary: 'auto' as const }, store: false };
  const include = ['reasoning.encrypted_content' as const];
  const openai = world.openai();
  const answer = await openai.responses.create({ ...ask, model: first.model, input: 'hello there', include });
  expect(JSON.stringify(answer.output)).toContain('oneapi');
  const question = { role: 'user' as const, content: 'hello there' };
  const input = [question, ...(answer.output as OpenAiInput), question];
  const next = await openai.responses.create({ ...ask, model: second.model, input });
  expect(next.status).toBe('completed');
  const { body } = second.seen()[0]!;
  expect(body).not.toContain('oneapi');
  expect(JSON.parse(body).input).toHaveLength(3);
});

/** What an answer holds may be sent back as it is. */
type OpenAiInput = Extract<
  NonNullable<Parameters<ReturnType<World['openai']>['responses']['create']>[0]['input']>,
  readonly unknown[]
>;
