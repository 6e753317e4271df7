import { SseParser } from '@app/core';
import { type Protocol, protocols, quirksOf } from '@app/providers';
import type { ReplyContext } from '../chat/face';
import { Fold } from '../chat/fold';
import type { Part } from '../chat/parts';
import type { Candidate } from '../chat/reply';
import { clientFace, upstreamFace } from './faces';

/** Answers no vendor documents: whatever an upstream sends, its caller gets a whole answer or an error, and the process lives on. */
const data = (...events: readonly object[]): string =>
  events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');

function partsOf(protocol: Protocol, stream: string): Part[] {
  const decoder = upstreamFace(protocol).decodeStream(quirksOf({}, protocol));
  const parts: Part[] = [];
  const parser = new SseParser((event) => parts.push(...decoder.push(event)));
  parser.push(Buffer.from(stream));
  parser.end();
  return [...parts, ...decoder.end()];
}

function foldedOf(protocol: Protocol, stream: string): Candidate | undefined {
  const fold = new Fold();
  for (const part of partsOf(protocol, stream)) fold.push(part);
  return fold.reply().candidates[0];
}

const context: ReplyContext = {
  model: 'm',
  requestId: 'req_1',
  created: 1,
  includeUsage: true,
  request: { model: 'm', stream: true, system: [], turns: [], tools: [], sampling: {}, meta: {}, extensions: [] },
};

function answerTo(protocol: Protocol, parts: readonly Part[]): string {
  const encoder = clientFace(protocol).encodeStream(context);
  return [...parts.flatMap((part) => [...encoder.push(part)]), ...encoder.end()].join('');
}

const eventsOf = (text: string): Record<string, unknown>[] =>
  text
    .split(/\r?\n/)
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice('data: '.length)) as Record<string, unknown>);

describe('numbers that are only names', () => {
  const thought = (summary_index: number, delta: string) => ({
    type: 'response.reasoning_summary_text.delta',
    output_index: 0,
    summary_index,
    delta,
  });
  const reasoning = { type: 'reasoning', id: 'rs_1', summary: [] };
  const stream = data(
    { type: 'response.output_item.added', output_index: 0, item: reasoning },
    thought(3_000_000_000, 'First.'),
    thought(-1, 'Second.'),
    { type: 'response.completed', response: { id: 'resp_1', status: 'completed', output: [] } },
  );

  it('of a part of the summary reserve no room for those before it', () => {
    expect(foldedOf('openai-responses', stream)?.blocks).toEqual([
      { kind: 'reasoning', text: '', summary: ['First.', 'Second.'], id: 'rs_1' },
    ]);
  });

  it.each(protocols)('reach a caller of %s as thoughts', (protocol) => {
    const text = answerTo(protocol, partsOf('openai-responses', stream));
    expect(text).toContain('First.');
    expect(text).toContain('Second.');
  });

  const message = (text: string) => ({ type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] });
  const call = { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{}' };
  const completed = {
    type: 'response.completed',
    response: { status: 'completed', output: [message('Hello'), call] },
  };
  const blocks = [
    { kind: 'text', text: 'Hello' },
    { kind: 'tool-call', id: 'call_1', name: 'f', type: 'function', input: '{}' },
  ];

  it('of items may begin with 1, and nothing is said twice', () => {
    const added = (output_index: number, item: object) => ({ type: 'response.output_item.added', output_index, item });
    const counted = data(
      added(1, { ...message(''), content: [] }),
      { type: 'response.output_text.delta', output_index: 1, content_index: 0, delta: 'Hello' },
      added(2, { ...call, arguments: '' }),
      { type: 'response.function_call_arguments.delta', output_index: 2, delta: '{}' },
      completed,
    );
    expect(foldedOf('openai-responses', counted)?.blocks).toEqual(blocks);
  });

  it('of items may be missing', () => {
    const uncounted = data(
      { type: 'response.output_item.added', item: { ...message(''), content: [] } },
      { type: 'response.output_text.delta', delta: 'Hello' },
      { type: 'response.output_item.added', item: { ...call, arguments: '' } },
      { type: 'response.function_call_arguments.delta', delta: '{}' },
      completed,
    );
    expect(foldedOf('openai-responses', uncounted)?.blocks).toEqual(blocks);
  });

  it('stand alone where the item they announce is null', () => {
    const unnamed = data(
      { type: 'response.output_item.added', output_index: 0, item: null },
      { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'Hello' },
      { type: 'response.output_item.done', output_index: 0, item: null },
      { type: 'response.completed', response: { status: 'completed', output: [message('Hello')] } },
    );
    expect(foldedOf('openai-responses', unnamed)?.blocks).toEqual([{ kind: 'text', text: 'Hello' }]);
  });
});

describe('words for the end that are names of other things', () => {
  const ends = ['constructor', 'toString', '__proto__'];
  const chatEnd = (finish_reason: string) =>
    data({ choices: [{ index: 0, delta: { content: 'Hi' }, finish_reason }] }) + 'data: [DONE]\n\n';
  const incomplete = (reason: string) =>
    data({ type: 'response.incomplete', response: { status: 'incomplete', incomplete_details: { reason } } });

  it.each(ends)('are no reason: %s', (word) => {
    expect(foldedOf('openai-chat', chatEnd(word))?.finish).toEqual({ reason: 'other', raw: word });
    expect(foldedOf('openai-responses', incomplete(word))?.finish).toEqual({ reason: 'other', raw: word });
  });

  it.each(protocols)('end the answer of a caller of %s', (protocol) => {
    const last = eventsOf(answerTo(protocol, partsOf('openai-chat', chatEnd('constructor')))).at(-1);
    expect(last).not.toHaveProperty('error.message');
  });
});

describe('an answer that goes on after its reason', () => {
  const late = partsOf(
    'openai-chat',
    data(
      { choices: [{ index: 0, delta: { content: 'One' }, finish_reason: 'stop' }] },
      { choices: [{ index: 0, delta: { content: ' two' }, finish_reason: null }] },
      {
        choices: [
          { index: 0, delta: { tool_calls: [{ index: 0, id: 'c', function: { name: 'f', arguments: '{}' } }] } },
        ],
      },
    ) + 'data: [DONE]\n\n',
  );

  it('has ended blocks', () => {
    const started = late.filter(({ kind }) => kind.endsWith('-start')).length;
    expect(late.filter(({ kind }) => kind === 'block-end')).toHaveLength(started);
  });

  it('ends all of its blocks before a message of Anthropic’s', () => {
    const types = eventsOf(answerTo('anthropic-messages', late)).map(({ type }) => type);
    expect(types.filter((type) => type === 'content_block_stop')).toHaveLength(3);
    expect(types.slice(-3)).toEqual(['content_block_stop', 'message_delta', 'message_stop']);
  });

  it('has all of its items done before a response', () => {
    const events = eventsOf(answerTo('openai-responses', late));
    const of = (type: string) => events.filter((event) => event.type === type).length;
    expect(of('response.output_item.done')).toBe(of('response.output_item.added'));
    expect(events.at(-1)).toMatchObject({ type: 'response.completed', response: { output: { length: 3 } } });
  });
});
