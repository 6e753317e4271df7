import OpenAI from 'openai';
import type { ReplyContext } from '../../chat/face';
import type { Part } from '../../chat/parts';
import type { Candidate, ChatReply } from '../../chat/reply';
import { unfold } from '../../chat/unfold';
import type { JsonObject } from '../../json';
import { openaiChatClient } from './client';

const { decodeRequest, encodeReply, encodeStream } = openaiChatClient;
const params = { model: 'my-model', messages: [{ role: 'user' as const, content: 'x' }] };
const contextOf = (more: Partial<ReplyContext> = {}, body: JsonObject = params): ReplyContext => ({
  model: 'my-model',
  requestId: 'req_7',
  created: 1_700_000_000,
  includeUsage: false,
  request: decodeRequest(body, {}),
  ...more,
});
const context = contextOf();

const replyOf = (
  blocks: Candidate['blocks'],
  more: Partial<Candidate> = {},
  rest: Partial<ChatReply> = {},
): ChatReply => ({
  id: 'msg_1',
  model: 'claude',
  candidates: [{ index: 0, blocks, finish: { reason: 'stop' }, ...more }],
  usage: { input: 9, cacheRead: 3, output: 5, reasoning: 2 },
  ...rest,
});

function streamed(parts: readonly Part[], its: ReplyContext = context): string {
  const encoder = encodeStream(its);
  return [...parts.flatMap((part) => [...encoder.push(part)]), ...encoder.end()].join('');
}

/** The official SDK, answered with the given bytes. */
const sdk = (body: string, type: string): OpenAI =>
  new OpenAI({
    apiKey: 'k',
    maxRetries: 0,
    fetch: () => Promise.resolve(new Response(body, { headers: { 'content-type': type } })),
  });
const readStream = (text: string) =>
  sdk(text, 'text/event-stream').chat.completions.stream(params).finalChatCompletion();
const readReply = (body: object) => sdk(JSON.stringify(body), 'application/json').chat.completions.create(params);

type Chunk = OpenAI.ChatCompletionChunk & { error?: object };
const chunksOf = (text: string): Chunk[] =>
  text
    .split('\n\n')
    .filter((frame) => frame.startsWith('data: {'))
    .map((frame) => JSON.parse(frame.slice(6)) as Chunk);
const deltasOf = (text: string) =>
  chunksOf(text).flatMap(({ choices }) => choices.map(({ delta }) => delta as JsonObject));

const call = (id: string, name: string, input: string) =>
  ({ kind: 'tool-call', id, name, input, type: 'function' }) as const;
const rich = replyOf(
  [
    { kind: 'reasoning', text: 'Überlegt' },
    { kind: 'text', text: 'Grüße 🌍', citations: [{ url: 'https://a.example', title: 'A', start: 0, end: 5 }] },
    call('toolu_1', 'look', '{"path":"a"}'),
    call('toolu_2', 'list', '{}'),
  ],
  { finish: { reason: 'tool-calls', raw: 'tool_use' } },
);

describe('an answer, read by the official SDK', () => {
  const message = {
    role: 'assistant',
    content: 'Grüße 🌍',
    refusal: null,
    reasoning_content: 'Überlegt',
    tool_calls: [
      { id: 'toolu_1', type: 'function', function: { name: 'look', arguments: '{"path":"a"}' } },
      { id: 'toolu_2', type: 'function', function: { name: 'list', arguments: '{}' } },
    ],
    annotations: [
      { type: 'url_citation', url_citation: { start_index: 0, end_index: 5, url: 'https://a.example', title: 'A' } },
    ],
  };

  it('whole', async () => {
    const completion = await readReply(encodeReply(rich, context));
    expect(completion).toMatchObject({
      id: 'msg_1',
      object: 'chat.completion',
      created: 1_700_000_000,
      model: 'my-model',
    });
    expect(completion.choices).toEqual([{ index: 0, message, logprobs: null, finish_reason: 'tool_calls' }]);
    expect(completion.usage).toEqual({
      prompt_tokens: 12,
      completion_tokens: 7,
      total_tokens: 19,
      prompt_tokens_details: { cached_tokens: 3 },
      completion_tokens_details: { reasoning_tokens: 2 },
    });
  });

  it('streamed, the same', async () => {
    const completion = await readStream(streamed(unfold(rich), contextOf({ includeUsage: true })));
    expect(completion.choices[0]?.message).toMatchObject(message);
    expect(completion.choices[0]?.finish_reason).toBe('tool_calls');
    expect(completion.usage).toMatchObject({ prompt_tokens: 12, total_tokens: 19 });
  });

  it('a refusal ends with stop', async () => {
    const refusal = replyOf([{ kind: 'refusal', text: 'No.' }], { finish: { reason: 'refusal' } });
    for (const { choices } of [
      await readReply(encodeReply(refusal, context)),
      await readStream(streamed(unfold(refusal))),
    ]) {
      expect(choices[0]?.message).toMatchObject({ content: null, refusal: 'No.' });
      expect(choices[0]?.finish_reason).toBe('stop');
    }
  });

  it('several choices', async () => {
    const two = replyOf(
      [{ kind: 'text', text: 'a' }],
      {},
      {
        candidates: [
          { index: 0, blocks: [{ kind: 'text', text: 'a' }], finish: { reason: 'stop' } },
          { index: 1, blocks: [{ kind: 'text', text: 'b' }], finish: { reason: 'length' } },
        ],
      },
    );
    for (const { choices } of [await readReply(encodeReply(two, context)), await readStream(streamed(unfold(two)))]) {
      expect(choices.map((choice) => [choice.message.content, choice.finish_reason])).toEqual([
        ['a', 'stop'],
        ['b', 'length'],
      ]);
    }
  });

  it('log probabilities', async () => {
    const content = [{ token: 'a', logprob: -1, bytes: [97], top_logprobs: [] }];
    const told = replyOf([{ kind: 'text', text: 'a' }], { logprobs: { content } });
    for (const { choices } of [await readReply(encodeReply(told, context)), await readStream(streamed(unfold(told)))]) {
      expect(choices[0]?.logprobs).toEqual({ content, refusal: null });
    }
  });

  it('pictures and spoken words', async () => {
    const source = { kind: 'data', mediaType: 'image/png', data: 'AAEC' } as const;
    const made = replyOf([
      { kind: 'image', source },
      {
        kind: 'audio',
        source: { kind: 'data', mediaType: 'audio/wav', data: 'UklGRg' },
        transcript: 'Hi',
        id: 'audio_1',
        expiresAt: 9,
      },
    ]);
    for (const { choices } of [await readReply(encodeReply(made, context)), await readStream(streamed(unfold(made)))]) {
      expect(choices[0]?.message).toMatchObject({
        images: [{ index: 0, type: 'image_url', image_url: { url: 'data:image/png;base64,AAEC' } }],
        audio: { id: 'audio_1', data: 'UklGRg', transcript: 'Hi', expires_at: 9 },
      });
    }
  });

  it('a call of a free-text tool', () => {
    const custom = replyOf([{ kind: 'tool-call', id: 'c', name: 'patch', input: '*** a', type: 'custom' }]);
    expect(encodeReply(custom, context).choices).toMatchObject([
      { message: { tool_calls: [{ id: 'c', type: 'custom', custom: { name: 'patch', input: '*** a' } }] } },
    ]);
    expect(deltasOf(streamed(unfold(custom)))[1]).toEqual({
      tool_calls: [{ index: 0, id: 'c', type: 'custom', custom: { name: 'patch', input: '*** a' } }],
    });
  });
});

describe('the grammar of a stream', () => {
  const start: Part = { kind: 'start', id: 'x' };
  const begin: Part = { kind: 'tool-call-start', block: 0, candidate: 0, id: 'c', name: 'f', type: 'function' };
  const input = (text: string): Part => ({ kind: 'input-delta', block: 0, text });
  const done: Part = { kind: 'finish', candidate: 0, finish: { reason: 'stop' } };

  it('first chunk has the role', () => {
    const [first] = chunksOf(streamed(unfold(rich)));
    expect(first?.choices[0]).toMatchObject({
      index: 0,
      delta: { role: 'assistant', content: '' },
      finish_reason: null,
    });
  });

  it('tool calls have dense indexes, id and name once, arguments always a text', () => {
    const calls = deltasOf(streamed(unfold(rich))).flatMap(
      ({ tool_calls }) => (tool_calls as JsonObject[] | undefined) ?? [],
    );
    expect(calls.map(({ index }) => index)).toEqual([0, 1]);
    expect(calls.filter(({ id }) => id !== undefined)).toHaveLength(2);
    for (const { function: body } of calls) expect(typeof (body as JsonObject).arguments).toBe('string');
  });

  it('a call without arguments is sent when it ends', () => {
    const deltas = deltasOf(streamed([start, begin, { kind: 'block-end', block: 0 }, done]));
    expect(deltas[1]).toEqual({
      tool_calls: [{ index: 0, id: 'c', type: 'function', function: { name: 'f', arguments: '' } }],
    });
  });

  it('arguments follow piece by piece', () => {
    const deltas = deltasOf(
      streamed([start, begin, input('{"a'), input('":'), input('1}'), { kind: 'block-end', block: 0 }, done]),
    );
    const pieces = deltas.flatMap(
      ({ tool_calls }) => (tool_calls as { function: { arguments: string } }[] | undefined) ?? [],
    );
    expect(pieces.map((piece) => piece.function.arguments)).toEqual(['{"a', '":', '1}']);
  });

  it('usage comes only where asked for, in a chunk of its own, null before', () => {
    expect(streamed(unfold(rich))).not.toContain('"usage"');
    const chunks = chunksOf(streamed(unfold(rich), contextOf({ includeUsage: true })));
    expect(chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 19 } });
  });

  it('ends with [DONE] only when it is complete', () => {
    expect(streamed(unfold(rich)).endsWith('data: [DONE]\n\n')).toBe(true);
    for (const cut of unfold(rich)
      .slice(0, -2)
      .map((_, index, parts) => parts.slice(0, index))) {
      const text = streamed(cut);
      expect(text).not.toContain('[DONE]');
      expect(chunksOf(text).at(-1)?.error).toMatchObject({ type: 'upstream_error', code: 'upstream_incomplete' });
    }
  });

  it('an error is the last event, and the SDK throws it', async () => {
    const text = streamed([
      start,
      { kind: 'text-start', block: 0, candidate: 0 },
      { kind: 'error', error: { message: 'Overloaded', code: 529 } },
      done,
    ]);
    expect(text).not.toContain('[DONE]');
    expect(chunksOf(text).at(-1)).toEqual({
      error: { message: 'Overloaded', type: 'upstream_error', param: null, code: '529' },
    });
    await expect(readStream(text)).rejects.toThrow('Overloaded');
  });

  it('one choice that never finishes makes it incomplete', () => {
    const second: Part = { kind: 'text-start', block: 0, candidate: 1 };
    expect(streamed([start, second, done])).not.toContain('[DONE]');
  });

  it('has an id where the upstream gave none', () => {
    expect(chunksOf(streamed([{ kind: 'start' }, done]))[0]).toMatchObject({
      id: 'chatcmpl-7',
      created: 1_700_000_000,
    });
  });
});

describe('finish reasons', () => {
  const reasons: [Candidate['finish'], object][] = [
    [{ reason: 'length' }, { finish_reason: 'length' }],
    [{ reason: 'content-filter', raw: 'SAFETY' }, { finish_reason: 'content_filter' }],
    [
      { reason: 'refusal', raw: 'refusal' },
      { finish_reason: 'content_filter', native_finish_reason: 'refusal' },
    ],
    [
      { reason: 'pause', raw: 'pause_turn' },
      { finish_reason: 'stop', native_finish_reason: 'pause_turn' },
    ],
    [
      { reason: 'context-length', raw: 'model_context_window_exceeded' },
      { finish_reason: 'length', native_finish_reason: 'model_context_window_exceeded' },
    ],
    [
      { reason: 'other', raw: 'MALFORMED_FUNCTION_CALL' },
      { finish_reason: 'stop', native_finish_reason: 'MALFORMED_FUNCTION_CALL' },
    ],
  ];
  it.each(reasons)('%j', (finish, expected) => {
    const reply = replyOf([{ kind: 'text', text: 'a' }], { finish });
    expect(encodeReply(reply, context).choices).toMatchObject([expected]);
    expect(chunksOf(streamed(unfold(reply))).at(-1)?.choices[0]).toMatchObject(expected);
  });
});

describe('citations', () => {
  it('count from the beginning of the message, and reach over their text where they say nothing else', () => {
    const reply = replyOf([
      { kind: 'text', text: 'One. ' },
      { kind: 'text', text: 'Two.', citations: [{ title: 'Doc', citedText: 'zwei' }] },
      { kind: 'text', text: ' Three.', citations: [{ url: 'https://c.example', start: 1, end: 6 }] },
    ]);
    const annotations = [
      { type: 'url_citation', url_citation: { start_index: 5, end_index: 9, url: '', title: 'Doc', content: 'zwei' } },
      { type: 'url_citation', url_citation: { start_index: 10, end_index: 15, url: 'https://c.example', title: '' } },
    ];
    expect(encodeReply(reply, context).choices).toMatchObject([{ message: { annotations } }]);
    const told = deltasOf(streamed(unfold(reply))).filter((delta) => delta.annotations);
    expect(told).toEqual([{ annotations }]);
  });
});

describe('callers of the deprecated functions', () => {
  const legacy = contextOf({}, { ...params, functions: [{ name: 'look' }] });

  it('are answered with a function_call', () => {
    expect(encodeReply(rich, legacy).choices).toMatchObject([
      { finish_reason: 'function_call', message: { function_call: { name: 'look', arguments: '{"path":"a"}' } } },
    ]);
  });

  it('also in a stream', async () => {
    const one = replyOf([call('toolu_1', 'look', '{"path":"a"}')], { finish: { reason: 'tool-calls' } });
    const { choices } = await readStream(streamed(unfold(one), legacy));
    expect(choices[0]).toMatchObject({
      finish_reason: 'function_call',
      message: { function_call: { name: 'look', arguments: '{"path":"a"}' } },
    });
  });
});
