import { chargeOf } from '@app/billing';
import { quirksOf } from '@app/providers';
import { Fold } from '../../chat/fold';
import type { Part } from '../../chat/parts';
import { billable, totalInput, totalOutput } from '../../chat/usage';
import { cohereChatUpstream } from './upstream';
import { cohereChatWire } from './wire';

/** After the shapes of https://docs.cohere.com/reference/chat and https://docs.cohere.com/docs/streaming */
const quirks = quirksOf({}, 'cohere-chat');
const decode = (answer: object) => cohereChatUpstream.decodeReply(answer as Record<string, unknown>, quirks);

function partsOf(events: readonly object[]): Part[] {
  const decoder = cohereChatUpstream.decodeStream(quirks);
  return [...events.flatMap((event) => decoder.push({ data: JSON.stringify(event) })), ...decoder.end()];
}

function folded(events: readonly object[]) {
  const fold = new Fold();
  for (const part of partsOf(events)) fold.push(part);
  return fold.reply();
}

const usage = {
  billed_units: { input_tokens: 10, output_tokens: 5 },
  tokens: { input_tokens: 100, output_tokens: 30, reasoning_tokens: 12 },
  cached_tokens: 64,
};
const buckets = { input: 36, cacheRead: 64, output: 18, reasoning: 12, billed: { input: 10, output: 5 } };
const delta = (type: string, index: number, message: object) => ({ type, index, delta: { message } });
const content = (index: number, item: object) => delta('content-delta', index, { content: item });
const ending = (more: object = {}) => ({ type: 'message-end', delta: { finish_reason: 'COMPLETE', usage, ...more } });
const source = { type: 'document', id: 'doc:0', document: { title: 'Penguins', text: 'Emperors are tall.' } };
const citation = { start: 3, end: 11, text: 'Emperors', sources: [source], type: 'TEXT_CONTENT', content_index: 1 };

describe('an answer with thoughts, citations and usage', () => {
  const whole = {
    id: 'c1',
    finish_reason: 'COMPLETE',
    message: {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'Who is tall?' },
        { type: 'text', text: '🐧: Emperors.' },
      ],
      citations: [citation, { ...citation, type: 'THINKING_CONTENT', content_index: 0 }],
    },
    usage,
  };
  const streamed = [
    { type: 'message-start', id: 'c1', delta: { message: { role: 'assistant', content: [], citations: [] } } },
    delta('content-start', 0, { content: { type: 'thinking', thinking: '' } }),
    content(0, { thinking: 'Who is' }),
    content(0, { thinking: ' tall?' }),
    { type: 'content-end', index: 0 },
    delta('content-start', 1, { content: { type: 'text', text: '' } }),
    content(1, { text: '🐧: Emp' }),
    content(1, { text: 'erors.' }),
    { type: 'content-end', index: 1 },
    delta('citation-start', 0, { citations: citation }),
    { type: 'citation-end', index: 0 },
    ending(),
  ];
  const expected = {
    id: 'c1',
    candidates: [
      {
        blocks: [
          { kind: 'reasoning', text: 'Who is tall?' },
          {
            kind: 'text',
            text: '🐧: Emperors.',
            citations: [{ title: 'Penguins', citedText: 'Emperors are tall.', start: 4, end: 12 }],
          },
        ],
        finish: { reason: 'stop', raw: 'COMPLETE' },
      },
    ],
    usage: buckets,
  };

  it('is read whole, offsets in UTF-16 units', () => expect(decode(whole)).toMatchObject(expected));
  it('is the same streamed, with citations after the text has ended', () =>
    expect(folded(streamed)).toMatchObject(expected));
});

describe('an answer that calls tools', () => {
  const call = (id: string, args: string) => ({ id, type: 'function', function: { name: 'roll', arguments: args } });
  const expected = [
    { kind: 'text', text: 'I will roll.' },
    { kind: 'tool-call', id: 'a', name: 'roll', input: '{}', type: 'function' },
    { kind: 'tool-call', id: 'b', name: 'roll', input: '{"sides":6}', type: 'function' },
  ];

  it('tells its plan as text, and gives empty arguments as an object', () => {
    const tool_calls = [call('a', ''), call('b', '{"sides":6}')];
    const { candidates } = decode({ message: { tool_plan: 'I will roll.', tool_calls }, finish_reason: 'TOOL_CALL' });
    expect(candidates).toMatchObject([{ blocks: expected, finish: { reason: 'tool-calls' } }]);
  });

  it('is the same streamed', () => {
    const { candidates } = folded([
      delta('tool-plan-delta', 0, { tool_plan: 'I will' }),
      delta('tool-plan-delta', 0, { tool_plan: ' roll.' }),
      delta('tool-call-start', 0, { tool_calls: call('a', '') }),
      { type: 'tool-call-end', index: 0 },
      delta('tool-call-start', 1, { tool_calls: call('b', '') }),
      delta('tool-call-delta', 1, { tool_calls: { function: { arguments: '{"sid' } } }),
      delta('tool-call-delta', 1, { tool_calls: { function: { arguments: 'es":6}' } } }),
      { type: 'tool-call-end', index: 1 },
      ending({ finish_reason: 'TOOL_CALL' }),
    ]);
    expect(candidates).toMatchObject([{ blocks: expected, finish: { reason: 'tool-calls', raw: 'TOOL_CALL' } }]);
  });

  it('is cut: what is open is closed', () => {
    const parts = partsOf([
      delta('tool-call-start', 0, { tool_calls: call('a', '') }),
      delta('tool-call-delta', 0, { tool_calls: { function: { arguments: '{"sid' } } }),
    ]);
    expect(parts.map(({ kind }) => kind)).toEqual(['tool-call-start', 'input-delta', 'block-end']);
  });

  it('gives a free-text tool its text', () => {
    const tool_calls = [call('a', '{"free_text_input":"hi"}')];
    expect(decode({ message: { tool_calls } }).candidates[0]?.blocks).toMatchObject([{ type: 'custom', input: 'hi' }]);
  });
});

describe('how it ends', () => {
  it.each([
    ['COMPLETE', 'stop'],
    ['STOP_SEQUENCE', 'stop'],
    ['MAX_TOKENS', 'length'],
    ['TOOL_CALL', 'tool-calls'],
    ['TIMEOUT', 'other'],
    ['SOMETHING_NEW', 'other'],
  ])('%s means %s', (raw, reason) => {
    expect(decode({ message: {}, finish_reason: raw }).candidates[0]?.finish).toEqual({ reason, raw });
  });

  it.each([
    [{ type: 'message-end', delta: { finish_reason: 'ERROR', error: 'out of memory' } }, { message: 'out of memory' }],
    [
      { id: 'x', message: 'too many tokens' },
      { id: 'x', message: 'too many tokens' },
    ],
  ])('an error in a stream is one: %j', (event, error) => {
    expect(partsOf([content(0, { text: 'a' }), event, ending()]).at(-1)).toEqual({ kind: 'error', error });
  });

  it('an error told in a 200 is no answer', () => {
    expect(cohereChatWire.whole({ id: 'x', message: 'no' }, quirks)).toMatchObject({ meaningful: false, error: {} });
    const broken = { message: { content: [] }, finish_reason: 'ERROR' };
    expect(cohereChatWire.whole(broken, quirks).error).toEqual({ message: 'The generation failed.' });
  });

  it('bills what is billed where nothing else is counted', () => {
    expect(decode({ message: {}, usage: { billed_units: usage.billed_units } }).usage).toEqual({
      input: 10,
      output: 5,
    });
    expect(decode({ message: {} }).usage).toBeUndefined();
  });

  it('charges what is billed and tells what was counted', () => {
    const { usage: counted } = decode({ message: {}, usage });
    expect([totalInput(counted!), totalOutput(counted!)]).toEqual([100, 30]);
    const price = { multiplierPpm: 1_000_000, inputPerMTok: 1_000_000, outputPerMTok: 10_000_000 };
    expect(chargeOf(price, billable(counted!))).toBe(10 + 50);
    const half = decode({ message: {}, usage: { ...usage, billed_units: { input_tokens: 10 } } }).usage;
    expect(chargeOf(price, billable(half!))).toBe(10 + 300);
  });

  it('tells how likely its pieces were', () => {
    const logprobs = [{ text: 'é', token_ids: [1, 2], logprobs: [-0.5, -0.25] }];
    expect(decode({ message: {}, logprobs }).candidates[0]?.logprobs).toEqual({
      content: [{ token: 'é', logprob: -0.75, bytes: [0xc3, 0xa9], top_logprobs: [] }],
    });
  });
});
