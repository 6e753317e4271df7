import Anthropic from '@anthropic-ai/sdk';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { until } from '../support/gateway';
import { type ScriptedAnswer, type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream';
import { PRICES, useWorld, type World } from '../support/world';

/** Streams as upstreams send them that keep no protocol's letter, read by the SDKs of two. */
let world: World;
let upstream: ScriptedUpstream;
let anthropic: Anthropic;

useWorld(async (opened) => {
  world = opened;
  upstream = await startScriptedUpstream();
  anthropic = new Anthropic({ baseURL: world.url, apiKey: world.key, maxRetries: 0, timeout: 30_000 });
});
afterAll(() => upstream?.close());

const recording = (name: string): Buffer => readFileSync(join(__dirname, '../fixtures/quirks', `${name}.sse`));

interface Quirk {
  readonly name: string;
  readonly file: string;
  readonly provider?: string;
  readonly protocol?: string;
  /** Absent: with the type of a stream of events. */
  readonly answer?: (bytes: Buffer) => ScriptedAnswer;
  readonly thoughts?: string;
  readonly calls?: boolean;
  readonly usage?: { readonly inputTokens: number; readonly outputTokens: number };
}

const usual = { inputTokens: 20, outputTokens: 5 };
const thinking = { thoughts: 'The user greets.', usage: { inputTokens: 20, outputTokens: 9 } };
const claude = { provider: 'anthropic', protocol: 'anthropic-messages' };

const quirks: readonly Quirk[] = [
  { name: 'reasoning_content', file: 'reasoning-content', ...thinking },
  { name: 'reasoning', file: 'reasoning', ...thinking },
  { name: 'thoughts among the parts of the content', file: 'content-parts', provider: 'mistral', ...thinking },
  { name: 'no role', file: 'no-role' },
  { name: 'no index', file: 'no-index', calls: true },
  { name: 'indexes from 1', file: 'index-from-1', calls: true },
  { name: 'cumulative usage', file: 'cumulative-usage' },
  { name: 'cached input outside the prompt', file: 'usage-outside-prompt', ...claude },
  { name: 'an empty finish reason', file: 'empty-finish' },
  { name: 'message_start twice', file: 'message-start-twice', ...claude },
  { name: 'no content type', file: 'no-role', answer: (body) => ({ body, type: null }) },
  { name: 'the content type of plain text', file: 'no-role', answer: (body) => ({ body, type: 'text/plain' }) },
  { name: 'gzip', file: 'no-role', answer: (body) => ({ body: gzipSync(body), type: EVENTS, encoding: 'gzip' }) },
];

const EVENTS = 'text/event-stream';

/** A model of its own at the scripted upstream, which plays the recording. */
async function play({
  provider = 'openai-compatible',
  protocol = 'openai-chat',
  file,
  answer,
}: Quirk): Promise<string> {
  const model = `${world.label()}-quirk`;
  await world.api.setPrice(model, PRICES);
  const baseUrl = `${upstream.url}/v1`;
  const channel = { name: model, provider, protocols: [protocol], baseUrl, keys: ['k'], models: [model] };
  await world.api.createChannel(channel);
  const body = recording(file);
  upstream.answer = () => answer?.(body) ?? { body, type: EVENTS };
  return model;
}

const messages = [{ role: 'user' as const, content: 'Hello' }];
const parameters = { type: 'object' as const, properties: { sides: { type: 'number' } } };

async function readByOpenAi(model: string) {
  const tools = [{ type: 'function' as const, function: { name: 'roll', parameters } }];
  const stream = await world.openai().chat.completions.create({ model, messages, tools, stream: true });
  const read = { text: '', thoughts: '', input: '', names: '', indexes: new Set<number>(), finish: '' };
  for await (const { choices } of stream) {
    const [choice] = choices;
    if (!choice) continue;
    const delta = choice.delta as typeof choice.delta & { reasoning_content?: string; reasoning?: string };
    if (typeof delta.content === 'string') read.text += delta.content;
    else for (const part of (delta.content as unknown as Thinking[] | null) ?? []) read.thoughts += textOf(part);
    read.thoughts += delta.reasoning_content ?? delta.reasoning ?? '';
    for (const call of delta.tool_calls ?? []) {
      read.names += call.function?.name ?? '';
      read.input += call.function?.arguments ?? '';
    }
    read.finish = choice.finish_reason || read.finish;
  }
  return read;
}

interface Thinking {
  readonly thinking?: readonly { readonly text: string }[];
}
const textOf = ({ thinking: list = [] }: Thinking): string => list.map(({ text }) => text).join('');

async function readByAnthropic(model: string) {
  const tools = [{ name: 'roll', input_schema: parameters }];
  const message = await anthropic.messages.stream({ model, max_tokens: 2000, messages, tools }).finalMessage();
  const read = { text: '', thoughts: '', calls: [] as unknown[], finish: message.stop_reason };
  for (const block of message.content) {
    if (block.type === 'text') read.text += block.text;
    if (block.type === 'thinking') read.thoughts += block.thinking;
    if (block.type === 'tool_use') read.calls.push([block.name, block.input]);
  }
  return read;
}

describe.each(quirks)('$name', (quirk) => {
  const { thoughts = '', calls = false, usage = usual } = quirk;
  const text = 'Hello there.';
  const expectCharged = async (model: string): Promise<void> =>
    expect(await world.usageOf(model)).toMatchObject({ ...usage, usageSource: 'upstream', status: 'ok' });

  it('is read by the SDK of OpenAI, and charged', async () => {
    const model = await play(quirk);
    expect(await readByOpenAi(model)).toMatchObject({
      ...{ text, thoughts, finish: calls ? 'tool_calls' : 'stop' },
      ...{ names: calls ? 'roll' : '', input: calls ? '{"sides":6}' : '' },
    });
    await expectCharged(model);
  });

  it('is read by the SDK of Anthropic, and charged', async () => {
    const model = await play(quirk);
    expect(await readByAnthropic(model)).toEqual({
      ...{ text, thoughts, finish: calls ? 'tool_use' : 'end_turn' },
      calls: calls ? [['roll', { sides: 6 }]] : [],
    });
    await expectCharged(model);
  });
});

it('an error told as bare JSON in the middle is an error for either SDK', async () => {
  const model = await play({ name: '', file: 'bare-error' });
  await expect(readByOpenAi(model)).rejects.toThrow();
  await expect(readByAnthropic(model)).rejects.toThrow();
  const rows = await until('both calls to be logged', async () => {
    const found = await world.api.usage({ model });
    return found.length === 2 && found;
  });
  expect(rows.map(({ status }) => status)).toEqual(['error', 'error']);
});
