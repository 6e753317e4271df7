import Anthropic from '@anthropic-ai/sdk';
import { SseParser, type SseEvent } from '@app/core';
import { quirksOf } from '@app/providers';
import type { ReplyContext } from '../../chat/face';
import { Fold } from '../../chat/fold';
import type { Part } from '../../chat/parts';
import type { ChatReply } from '../../chat/reply';
import { seal } from '../../chat/signature';
import { unfold } from '../../chat/unfold';
import { anthropicMessagesClient } from './client';
import { decodeRequest } from './decode-request';
import { MessageStreamDecoder } from './decode-stream';

const quirks = quirksOf({}, 'anthropic-messages');
const params = { model: 'my-model', max_tokens: 10, messages: [{ role: 'user' as const, content: 'x' }] };
const context: ReplyContext = {
  model: 'my-model',
  requestId: 'req_7',
  created: 1,
  includeUsage: false,
  request: decodeRequest(params, {}),
};
const { encodeReply, encodeStream } = anthropicMessagesClient;

function streamed(parts: readonly Part[]): string {
  const encoder = encodeStream(context);
  return [...parts.flatMap((part) => [...encoder.push(part)]), ...encoder.end()].join('');
}

function eventsOf(stream: string): { name: string | undefined; data: Record<string, unknown> }[] {
  const events: SseEvent[] = [];
  const parser = new SseParser((event) => events.push(event));
  parser.push(Buffer.from(stream));
  parser.end();
  return events.map(({ event, data }) => ({ name: event, data: JSON.parse(data) as Record<string, unknown> }));
}

const namesOf = (stream: string) => eventsOf(stream).map(({ name }) => name);

/** The official SDK, answered with the given bytes. */
const sdk = (body: string, type: string): Anthropic =>
  new Anthropic({
    apiKey: 'k',
    maxRetries: 0,
    fetch: () => Promise.resolve(new Response(body, { headers: { 'content-type': type } })),
  });
const readStream = (stream: string) => sdk(stream, 'text/event-stream').messages.stream(params).finalMessage();

const reply = (
  more: Partial<ChatReply>,
  ...blocks: ChatReply['candidates'][number]['blocks'][number][]
): ChatReply => ({
  id: 'chatcmpl-1',
  model: 'gpt-5',
  candidates: [{ index: 0, blocks, finish: { reason: 'stop', raw: 'stop' } }],
  usage: { input: 9, cacheRead: 3, output: 5, reasoning: 2 },
  ...more,
});
const finished = (
  reason: ChatReply['candidates'][number]['finish'],
  ...blocks: ChatReply['candidates'][number]['blocks'][number][]
) => reply({ candidates: [{ index: 0, blocks, finish: reason }] });
const call = { kind: 'tool-call', id: 'call_1', name: 'f', input: '{"a":[1]}', type: 'function' } as const;
const gemini = { issuer: 'gemini', value: 'g==' } as const;
const openai = { issuer: 'openai', value: 'o==' } as const;

const replies: readonly (readonly [name: string, reply: ChatReply])[] = [
  ['text', reply({}, { kind: 'text', text: 'Grüße 北京 🌍' })],
  ['nothing', reply({})],
  ['an empty text', reply({}, { kind: 'text', text: '' })],
  ['thoughts without signature', reply({}, { kind: 'reasoning', text: 'Hm' }, { kind: 'text', text: 'a' })],
  [
    'a summary of thoughts',
    reply({}, { kind: 'reasoning', text: '', summary: ['One', 'Two'], signature: openai }, { kind: 'text', text: 'a' }),
  ],
  [
    'hidden thoughts',
    reply({}, { kind: 'reasoning', text: '', redacted: true, signature: { issuer: 'anthropic', value: 'x' } }),
  ],
  [
    'calls',
    finished({ reason: 'tool-calls' }, { kind: 'text', text: 'a' }, call, { ...call, id: 'call_2', input: '{}' }),
  ],
  ['a call of an upstream that says it just stopped', reply({}, call)],
  ['a call Gemini signed', reply({}, { ...call, signature: gemini }, { ...call, id: 'call_2' })],
  ['a refusal', reply({}, { kind: 'refusal', text: 'No.' })],
  [
    'a citation',
    reply(
      {},
      { kind: 'text', text: 'a', citations: [{ url: 'https://x', title: 'X', citedText: 'c' }, { title: 'no place' }] },
    ),
  ],
  ['a picture', reply({}, { kind: 'image', source: { kind: 'url', url: 'https://x/y.png' } })],
  [
    'a picture Gemini signed',
    reply({}, { kind: 'image', source: { kind: 'data', mediaType: 'image/png', data: 'AA==' }, signature: gemini }),
  ],
  [
    'a block of another vendor',
    reply({}, { kind: 'opaque', issuer: 'openai', type: 'web_search_call', value: {} }, { kind: 'text', text: 'a' }),
  ],
  [
    'a server tool',
    reply(
      {},
      {
        kind: 'opaque',
        issuer: 'anthropic',
        type: 'server_tool_use',
        value: { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'q' } },
      },
    ),
  ],
  ['no usage', { ...reply({}, { kind: 'text', text: 'a' }), usage: undefined }],
];

describe('answers to callers of Anthropic messages', () => {
  it.each(replies)('are the same to the SDK streamed and whole: %s', async (_name, neutral) => {
    const whole = await sdk(JSON.stringify(encodeReply(neutral, context)), 'application/json').messages.create(params);
    const stream = await readStream(streamed(unfold(neutral)));
    const comparable = ({ id, content, model, stop_reason, stop_sequence, stop_details, usage }: Anthropic.Message) =>
      JSON.parse(
        JSON.stringify({
          id,
          content,
          model,
          stop_reason,
          stop_sequence,
          stop_details,
          usage: { ...usage, cache_creation: null },
        }),
      ) as object;
    const uncited = (message: object) =>
      JSON.parse(JSON.stringify(message).replaceAll(',"citations":[]', '')) as object;
    expect(uncited(comparable(stream))).toEqual(uncited(comparable(whole)));
    expect(stream.model).toBe('my-model');
    expect(stream.id).toBe('msg_7');
  });

  it('have the documented grammar', () => {
    const stream = streamed(
      unfold(
        finished(
          { reason: 'tool-calls' },
          { kind: 'reasoning', text: 'Hm', signature: openai },
          { kind: 'text', text: 'a' },
          call,
        ),
      ),
    );
    expect(namesOf(stream)).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_delta',
      'content_block_stop',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'content_block_start',
      'content_block_delta',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
    for (const { name, data } of eventsOf(stream)) expect(data.type).toBe(name);
    const indexes = eventsOf(stream)
      .filter(({ name }) => name === 'content_block_start')
      .map(({ data }) => data.index);
    expect(indexes).toEqual([0, 1, 2]);
  });

  it('come back as they went, through the same protocol', () => {
    const blocks = [
      { kind: 'reasoning', text: 'Hm', signature: { issuer: 'anthropic', value: 's==' } },
      { kind: 'text', text: 'a' },
      {
        kind: 'opaque',
        issuer: 'anthropic',
        type: 'server_tool_use',
        value: { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'q' } },
      },
      call,
    ] as const;
    const sent = reply({
      id: 'msg_1',
      model: 'my-model',
      candidates: [{ index: 0, blocks, finish: { reason: 'tool-calls', raw: 'tool_use' } }],
    });
    const decoder = new MessageStreamDecoder(quirks);
    const fold = new Fold();
    const parser = new SseParser((event) => decoder.push(event).forEach((part) => fold.push(part)));
    parser.push(Buffer.from(streamed(unfold(sent))));
    expect(fold.reply()).toMatchObject({ ...sent, usage: { input: 9, cacheRead: 3, output: 5, reasoning: 2 } });
  });

  it.each([
    [{ reason: 'stop' }, 'end_turn', null],
    [{ reason: 'stop', stopSequence: 'END' }, 'stop_sequence', 'END'],
    [{ reason: 'length' }, 'max_tokens', null],
    [{ reason: 'tool-calls' }, 'tool_use', null],
    [{ reason: 'content-filter', raw: 'SAFETY' }, 'refusal', null],
    [{ reason: 'pause', raw: 'pause_turn' }, 'pause_turn', null],
    [{ reason: 'pause', raw: 'compaction' }, 'compaction', null],
    [{ reason: 'context-length' }, 'model_context_window_exceeded', null],
    [{ reason: 'other', raw: 'MALFORMED_FUNCTION_CALL' }, 'end_turn', null],
  ] as const)('end %j as %s', (finish, stop_reason, stop_sequence) => {
    expect(encodeReply(finished(finish, { kind: 'text', text: 'a' }), context)).toMatchObject({
      stop_reason,
      stop_sequence,
    });
  });

  it('keep what Anthropic says of a refusal, and say the least where another vendor refused', () => {
    const details = { type: 'refusal', category: 'cyber', explanation: 'x', recommended_model: 'm' };
    expect(encodeReply(finished({ reason: 'refusal', details }), context).stop_details).toEqual(details);
    expect(encodeReply(reply({}, { kind: 'refusal', text: 'No.' }), context)).toMatchObject({
      stop_reason: 'refusal',
      stop_details: { type: 'refusal', category: null, explanation: null },
    });
  });

  it('carry a foreign signature to the next request and back to its block', () => {
    const { content } = encodeReply(reply({}, { ...call, signature: gemini }, { ...call, id: 'call_2' }), context) as {
      content: unknown[];
    };
    expect(content[1]).toEqual({ type: 'thinking', thinking: '', signature: seal(gemini) });
    const { turns } = decodeRequest({ ...params, messages: [...params.messages, { role: 'assistant', content }] }, {});
    expect(turns[1]!.blocks).toEqual([
      { ...call, signature: gemini },
      { ...call, id: 'call_2' },
    ]);
  });

  it('tell usage at the start when it is known by then, and the final one at the end', async () => {
    const parts: Part[] = [
      { kind: 'start' },
      { kind: 'usage', usage: { input: 43, output: 1 } },
      { kind: 'text-start', block: 0, candidate: 0 },
      { kind: 'text-delta', block: 0, text: 'a' },
      { kind: 'block-end', block: 0 },
      { kind: 'finish', candidate: 0, finish: { reason: 'stop' } },
      {
        kind: 'usage',
        usage: {
          input: 61,
          cacheWrite: 5,
          cacheWrite1h: 2,
          output: 8,
          reasoning: 3,
          tools: { webSearch: 1 },
        },
      },
    ];
    const stream = streamed(parts);
    expect(eventsOf(stream)[0]!.data).toMatchObject({ message: { usage: { input_tokens: 43, output_tokens: 1 } } });
    expect((await readStream(stream)).usage).toMatchObject({
      input_tokens: 61,
      cache_creation_input_tokens: 7,
      output_tokens: 11,
      output_tokens_details: { thinking_tokens: 3 },
      server_tool_use: { web_search_requests: 1, web_fetch_requests: 0 },
    });
  });

  it('have whole tool calls one after the other, even when the upstream mixes their pieces', async () => {
    const start = (block: number): Part => ({
      kind: 'tool-call-start',
      block,
      candidate: 0,
      id: `c${block}`,
      name: `f${block}`,
      type: 'function',
    });
    const piece = (block: number, text: string): Part => ({ kind: 'input-delta', block, text });
    const parts = [
      start(0),
      start(1),
      piece(1, '{"b"'),
      piece(0, '{"a"'),
      start(2),
      piece(1, ':2}'),
      piece(0, ':1}'),
      piece(2, '{}'),
    ];
    const ending: Part = { kind: 'finish', candidate: 0, finish: { reason: 'tool-calls' } };
    for (const ends of [[], [1, 0, 2], [0, 1]]) {
      const stream = streamed([...parts, ...ends.map((block): Part => ({ kind: 'block-end', block })), ending]);
      expect((await readStream(stream)).content).toMatchObject([
        { type: 'tool_use', id: 'c0', name: 'f0', input: { a: 1 } },
        { type: 'tool_use', id: 'c1', name: 'f1', input: { b: 2 } },
        { type: 'tool_use', id: 'c2', name: 'f2', input: {} },
      ]);
      const order = eventsOf(stream)
        .filter(({ data }) => data.index !== undefined)
        .map(({ data }) => data.index as number);
      expect(order).toEqual(order.toSorted((a, b) => a - b));
    }
  });

  it('give the first of several', () => {
    const texts = ['first', 'second'].map((text, index) => ({
      index,
      blocks: [{ kind: 'text' as const, text }],
      finish: { reason: 'stop' as const },
    }));
    expect(streamed(unfold(reply({ candidates: texts })))).not.toContain('second');
  });

  it('let a free-text call through as JSON', async () => {
    const custom = { ...call, type: 'custom', input: 'a\n"b" \u0001' } as const;
    const { content } = await readStream(streamed(unfold(finished({ reason: 'tool-calls' }, custom))));
    expect(content).toMatchObject([{ type: 'tool_use', input: { free_text_input: custom.input } }]);
  });

  describe('that break', () => {
    const begun: Part[] = [
      { kind: 'start' },
      { kind: 'text-start', block: 0, candidate: 0 },
      { kind: 'text-delta', block: 0, text: 'Half' },
    ];

    it('off close their block and end in an error, never as complete', async () => {
      const stream = streamed(begun);
      expect(namesOf(stream).slice(-2)).toEqual(['content_block_stop', 'error']);
      await expect(readStream(stream)).rejects.toThrow('The upstream ended its answer before it was complete.');
    });

    it.each([
      [{ type: 'overloaded_error', message: 'Overloaded' }, 'overloaded_error', 'Overloaded'],
      [{ message: 'Slow down', code: 'rate_limit_exceeded' }, 'rate_limit_error', 'Slow down'],
      [{ code: 503, message: 'Busy', status: 'UNAVAILABLE' }, 'overloaded_error', 'Busy'],
      [{ message: 'Too late', code: 'upstream_timeout' }, 'timeout_error', 'Too late'],
      [{ message: 'Broke', code: 'upstream_error' }, 'api_error', 'Broke'],
      ['text', 'api_error', 'text'],
      [null, 'api_error', 'The upstream failed.'],
    ])('with %j end in the error %s', (error, type, message) => {
      const stream = streamed([
        ...begun,
        { kind: 'error', error },
        { kind: 'finish', candidate: 0, finish: { reason: 'stop' } },
      ]);
      expect(namesOf(stream).slice(-2)).toEqual(['content_block_stop', 'error']);
      expect(eventsOf(stream).at(-1)!.data).toEqual({ type: 'error', error: { type, message } });
    });

    it('end once, however often they are ended', () => {
      const encoder = encodeStream(context);
      for (const part of [...begun, { kind: 'finish', candidate: 0, finish: { reason: 'stop' } } as const])
        encoder.push(part);
      expect(encoder.end()).toHaveLength(1);
      expect(encoder.end()).toEqual([]);
      expect(encoder.push({ kind: 'error', error: {} })).toEqual([]);
    });
  });
});
