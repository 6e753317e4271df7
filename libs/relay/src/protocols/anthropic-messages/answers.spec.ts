import { SseParser, sseFrame } from '@app/core';
import { quirksOf } from '@app/providers';
import { Fold } from '../../chat/fold';
import { wrapFreeText } from '../../chat/free-text';
import type { Part } from '../../chat/parts';
import type { ChatReply } from '../../chat/reply';
import type { JsonObject } from '../../json';
import { decodeReply } from './decode-reply';
import { MessageStreamDecoder } from './decode-stream';

const quirks = quirksOf({}, 'anthropic-messages');
const usage = { input_tokens: 10, cache_creation_input_tokens: 0, cache_read_input_tokens: 4, output_tokens: 20 };
const head = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-sonnet-4-5' };

/** A stream as Anthropic sends it: padding inside objects, a ping, input only at the start, output at the end. */
type Delta = Record<string, unknown>;
const event = (type: string, fields: object = {}) =>
  sseFrame(`${JSON.stringify({ type, ...fields }).slice(0, -1)}   }`, type);
const opens = (index: number, content_block: object) => event('content_block_start', { index, content_block });
const grows = (index: number, ...deltas: Delta[]) =>
  deltas.map((delta) => event('content_block_delta', { index, delta })).join('');
const stops = (index: number) => event('content_block_stop', { index });
const begins = event('message_start', {
  message: { ...head, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } },
});
const ends = (stop_reason: string, more: object = {}) =>
  event('message_delta', { delta: { stop_reason, stop_sequence: null, ...more }, usage: { output_tokens: 20 } }) +
  event('message_stop');
const json = (partial_json: string): Delta => ({ type: 'input_json_delta', partial_json });
const text = (value: string): Delta => ({ type: 'text_delta', text: value });

function partsOf(stream: string, size = Infinity): Part[] {
  const parts: Part[] = [];
  const decoder = new MessageStreamDecoder(quirks);
  const parser = new SseParser((sse) => parts.push(...decoder.push(sse)));
  const bytes = Buffer.from(stream, 'utf8');
  for (let at = 0; at < bytes.length; at += size) parser.push(bytes.subarray(at, Math.min(bytes.length, at + size)));
  parser.end();
  return [...parts, ...decoder.end()];
}

function folded(stream: string): ChatReply {
  const fold = new Fold();
  for (const part of partsOf(stream)) fold.push(part);
  return fold.reply();
}

const blocksOf = (stream: string) => folded(stream).candidates[0]!.blocks;

const citation = {
  type: 'web_search_result_location',
  url: 'https://a.org',
  title: 'A',
  cited_text: 'So.',
  encrypted_index: 'e',
};

/** The same answer whole and streamed. */
const answers: readonly (readonly [name: string, content: readonly JsonObject[], stop: string, stream: string])[] = [
  [
    'text',
    [{ type: 'text', text: 'Grüße 北京 🌍' }],
    'end_turn',
    opens(0, { type: 'text', text: '' }) + event('ping') + grows(0, text('Grüße '), text('北京 🌍')) + stops(0),
  ],
  [
    'thinking, redacted thinking, text',
    [
      { type: 'thinking', thinking: 'Let me see', signature: 'sig==' },
      { type: 'redacted_thinking', data: 'hidden==' },
      { type: 'text', text: 'Yes' },
    ],
    'end_turn',
    opens(0, { type: 'thinking', thinking: '', signature: '' }) +
      grows(0, { type: 'thinking_delta', thinking: 'Let me ' }, { type: 'thinking_delta', thinking: 'see' }) +
      grows(0, { type: 'signature_delta', signature: 'sig==' }) +
      stops(0) +
      opens(1, { type: 'redacted_thinking', data: 'hidden==' }) +
      event('ping') +
      stops(1) +
      opens(2, { type: 'text', text: '' }) +
      grows(2, text('Yes')) +
      stops(2),
  ],
  [
    'thinking that is not shown',
    [
      { type: 'thinking', thinking: '', signature: 'sig==' },
      { type: 'text', text: 'Yes' },
    ],
    'end_turn',
    opens(0, { type: 'thinking', thinking: '', signature: '' }) +
      grows(0, { type: 'signature_delta', signature: 'sig==' }) +
      stops(0) +
      opens(1, { type: 'text', text: '' }) +
      grows(1, text('Yes')) +
      stops(1),
  ],
  [
    'parallel tool calls, one without arguments',
    [
      { type: 'text', text: 'Both.' },
      { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Bern', days: 2 } },
      { type: 'tool_use', id: 'toolu_2', name: 'time', input: {} },
    ],
    'tool_use',
    opens(0, { type: 'text', text: '' }) +
      grows(0, text('Both.')) +
      stops(0) +
      opens(1, { type: 'tool_use', id: 'toolu_1', name: 'weather', input: {} }) +
      grows(1, json(''), json('{"city":"Be'), json('rn","days":2}')) +
      stops(1) +
      opens(2, { type: 'tool_use', id: 'toolu_2', name: 'time', input: {} }) +
      grows(2, json('')) +
      stops(2),
  ],
  [
    'server tools and citations',
    [
      { type: 'server_tool_use', id: 'srv_1', name: 'web_search', input: { query: 'a' } },
      {
        type: 'web_search_tool_result',
        tool_use_id: 'srv_1',
        content: [{ type: 'web_search_result', url: 'https://a.org' }],
      },
      { type: 'text', text: 'So.', citations: [citation] },
    ],
    'pause_turn',
    opens(0, { type: 'server_tool_use', id: 'srv_1', name: 'web_search', input: {} }) +
      grows(0, json(''), json('{"query":'), json('"a"}')) +
      stops(0) +
      opens(1, {
        type: 'web_search_tool_result',
        tool_use_id: 'srv_1',
        content: [{ type: 'web_search_result', url: 'https://a.org' }],
      }) +
      stops(1) +
      opens(2, { type: 'text', text: '', citations: [] }) +
      grows(2, { type: 'citations_delta', citation }, text('So.')) +
      stops(2),
  ],
  [
    'compaction',
    [{ type: 'compaction', content: 'Summary.', encrypted_content: 'x==' }],
    'compaction',
    opens(0, { type: 'compaction', content: null, encrypted_content: null }) +
      grows(0, { type: 'compaction_delta', content: 'Summary.', encrypted_content: 'x==' }) +
      stops(0),
  ],
  [
    'a free-text tool',
    [{ type: 'tool_use', id: 'toolu_1', name: 'patch', input: JSON.parse(wrapFreeText('a\n"b"')) as unknown }],
    'tool_use',
    opens(0, { type: 'tool_use', id: 'toolu_1', name: 'patch', input: {} }) +
      grows(0, json('{"free_'), json('text_input": "a\\n\\"'), json('b\\""}')) +
      stops(0),
  ],
  ['nothing but a refusal', [], 'refusal', ''],
];

describe('answers of Anthropic', () => {
  it.each(answers)('are the same streamed and whole: %s', (_name, content, stop_reason, stream) => {
    const details =
      stop_reason === 'refusal' ? { stop_details: { type: 'refusal', category: 'cyber', explanation: null } } : {};
    const whole = decodeReply({ ...head, content, stop_reason, stop_sequence: null, ...details, usage }, quirks);
    expect(folded(begins + stream + ends(stop_reason, details))).toEqual(whole);
  });

  it.each(answers)('are the same however the bytes are cut: %s', (_name, _content, stop_reason, stream) => {
    const bytes = begins + stream + ends(stop_reason);
    const expected = partsOf(bytes);
    for (const size of [1, 2, 3, 7, 50]) expect(partsOf(bytes, size)).toEqual(expected);
    expect(partsOf(bytes.replaceAll('\n', '\r\n'), 5)).toEqual(expected);
  });

  it.each([
    ['end_turn', 'stop'],
    ['max_tokens', 'length'],
    ['stop_sequence', 'stop'],
    ['tool_use', 'tool-calls'],
    ['pause_turn', 'pause'],
    ['compaction', 'pause'],
    ['refusal', 'refusal'],
    ['model_context_window_exceeded', 'context-length'],
    ['something_new', 'other'],
  ])('stop reason %s → %s', (raw, reason) => {
    const { finish } = decodeReply({ ...head, content: [{ type: 'text', text: 'x' }], stop_reason: raw }, quirks)
      .candidates[0]!;
    expect(finish).toEqual({ reason, raw });
  });

  it('tell which stop sequence ended them', () => {
    const reply = decodeReply({ ...head, content: [], stop_reason: 'stop_sequence', stop_sequence: 'END' }, quirks);
    expect(reply.candidates[0]!.finish).toEqual({ reason: 'stop', raw: 'stop_sequence', stopSequence: 'END' });
  });

  it('that call tools say so, even where an imitator says `end_turn`', () => {
    const content = [{ type: 'tool_use', id: '', name: 'f', input: '{"a":1}' }];
    const { blocks, finish } = decodeReply({ ...head, content, stop_reason: 'end_turn' }, quirks).candidates[0]!;
    expect(finish.reason).toBe('tool-calls');
    expect(blocks).toEqual([{ kind: 'tool-call', id: 'call_0', name: 'f', input: '{"a":1}', type: 'function' }]);
  });

  it('that are none have a candidate without blocks', () => {
    expect(decodeReply({}, quirks).candidates).toEqual([{ index: 0, blocks: [], finish: { reason: 'other' } }]);
  });

  it('cut by the token limit keep the torso of a call', () => {
    const stream =
      begins +
      opens(0, { type: 'tool_use', id: 't', name: 'f', input: {} }) +
      grows(0, json('{"a": "b')) +
      ends('max_tokens');
    expect(folded(stream).candidates[0]).toMatchObject({
      blocks: [{ input: '{"a": "b' }],
      finish: { reason: 'length' },
    });
  });

  describe('usage of a stream', () => {
    it('is reported early, for a caller who goes away, and corrected at the end', () => {
      const stream =
        begins +
        event('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { input_tokens: 61, output_tokens: 20 } });
      const reports = partsOf(stream).filter((part) => part.kind === 'usage');
      expect(reports.map((part) => part.usage)).toEqual([
        { input: 10, cacheRead: 4, cacheWrite: 0, output: 1 },
        { input: 61, cacheRead: 4, cacheWrite: 0, output: 20 },
      ]);
    });
  });

  describe('as proxies and imitators garble them', () => {
    it('a second message_start is no second answer', () => {
      const starts = partsOf(begins + begins + opens(0, { type: 'text', text: '' }) + grows(0, text('a'))).filter(
        ({ kind }) => kind === 'start',
      );
      expect(starts).toHaveLength(1);
    });

    it('a block left open is closed by what follows', () => {
      const stream =
        begins +
        opens(0, { type: 'text', text: '' }) +
        grows(0, text('a')) +
        opens(1, { type: 'tool_use', id: 't', name: 'f', input: {} });
      const kinds = partsOf(stream + grows(1, json('{"a":1}')) + ends('tool_use')).map(({ kind }) => kind);
      expect(kinds).toEqual([
        'start',
        'usage',
        'text-start',
        'text-delta',
        'block-end',
        'tool-call-start',
        'input-delta',
        'usage',
        'block-end',
        'finish',
      ]);
    });

    it('a block nobody opened is opened by its delta', () => {
      expect(blocksOf(begins + grows(0, text('a')) + ends('end_turn'))).toEqual([{ kind: 'text', text: 'a' }]);
    });

    it('text, thoughts and input already at the start of a block are not lost', () => {
      const stream =
        opens(0, { type: 'thinking', thinking: 'Hm', signature: 's' }) +
        stops(0) +
        opens(1, { type: 'text', text: 'a' }) +
        stops(1) +
        opens(2, { type: 'tool_use', id: 't', name: 'f', input: { a: 1 } }) +
        stops(2);
      expect(blocksOf(begins + stream + ends('tool_use'))).toMatchObject([
        { kind: 'reasoning', text: 'Hm', signature: { value: 's' } },
        { kind: 'text', text: 'a' },
        { kind: 'tool-call', input: '{"a":1}' },
      ]);
    });

    it('events without an `event:` line, unknown events and nonsense', () => {
      const stream = (
        begins +
        opens(0, { type: 'text', text: '' }) +
        grows(0, text('a')) +
        ends('end_turn')
      ).replaceAll(/^event:.*\n/gm, '');
      expect(
        blocksOf(`data: nonsense\n\ndata: {"type":"vendor_news"}\n\ndata: {"type":"toString"}\n\n${stream}`),
      ).toEqual([{ kind: 'text', text: 'a' }]);
    });

    it('a stop without a reason', () => {
      const stream = begins + opens(0, { type: 'text', text: 'a' }) + event('message_stop');
      expect(folded(stream).candidates[0]!.finish).toEqual({ reason: 'stop' });
    });
  });

  describe('that break', () => {
    const begun = begins + opens(0, { type: 'text', text: '' }) + grows(0, text('Half'));

    it('off close their block and do not claim to be finished', () => {
      const parts = partsOf(begun);
      expect(parts.at(-1)).toEqual({ kind: 'block-end', block: 0 });
      expect(parts.some(({ kind }) => kind === 'finish')).toBe(false);
    });

    it.each([
      [
        'an error event',
        sseFrame('{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}', 'error'),
      ],
      ['an error without type', sseFrame('{"error":{"type":"overloaded_error","message":"Overloaded"}}')],
      ['bare JSON', '{"type":"error",\n"error":{"type":"overloaded_error","message":"Overloaded"}}'],
    ])('with %s say so, and nothing after it counts', (_name, error) => {
      const parts = partsOf(`${begun}${error}`);
      expect(parts.at(-1)).toEqual({ kind: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } });
      expect(
        partsOf(`${begun}${error.startsWith('{') ? '' : error + ends('end_turn')}`).some(
          ({ kind }) => kind === 'finish',
        ),
      ).toBe(false);
    });
  });
});
