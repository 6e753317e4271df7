import { SseParser } from '@app/core';
import { quirksOf, type Quirks } from '@app/providers';
import type { Block } from '../../chat/blocks';
import { Fold } from '../../chat/fold';
import type { Part } from '../../chat/parts';
import type { ChatReply } from '../../chat/reply';
import type { JsonObject } from '../../json';
import { openaiChatUpstream } from './upstream';

const quirks = quirksOf({}, 'openai-chat');
const { decodeReply, decodeStream } = openaiChatUpstream;

const chunk = (delta: object, more: object = {}, top: object = {}) => ({
  id: 'chatcmpl-9',
  object: 'chat.completion.chunk',
  created: 1_700_000_000,
  model: 'gpt-x',
  choices: [{ index: 0, delta, finish_reason: null, ...more }],
  ...top,
});
const finish = (finish_reason: string, top: object = {}) => chunk({}, { finish_reason }, top);
const frames = (...chunks: (object | string)[]) =>
  chunks.map((data) => (typeof data === 'string' ? data : `data: ${JSON.stringify(data)}\n\n`)).join('');
const DONE = 'data: [DONE]\n\n';

function partsOf(stream: string, size = Infinity, its: Quirks = quirks): Part[] {
  const bytes = Buffer.from(stream);
  const decoder = decodeStream(its);
  const parts: Part[] = [];
  const parser = new SseParser((event) => parts.push(...decoder.push(event)));
  const step = Math.min(size, bytes.length || 1);
  for (let at = 0; at < bytes.length; at += step) parser.push(bytes.subarray(at, at + step));
  parser.end();
  return [...parts, ...decoder.end()];
}

function folded(stream: string, its: Quirks = quirks): ChatReply & { error: unknown } {
  const fold = new Fold();
  for (const part of partsOf(stream, Infinity, its)) fold.push(part);
  return { ...fold.reply(), error: fold.error };
}
const blocksOf = (stream: string): readonly Block[] => folded(stream).candidates[0]?.blocks ?? [];
const reasonOf = (stream: string) => folded(stream).candidates[0]?.finish;

const whole = (message: object, more: object = {}, top: object = {}): JsonObject => ({
  id: 'chatcmpl-9',
  object: 'chat.completion',
  created: 1_700_000_000,
  model: 'gpt-x',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: null, ...message },
      finish_reason: 'stop',
      logprobs: null,
      ...more,
    },
  ],
  ...top,
});
const callOf = (id: string, name: string, args: string, index?: number) => ({
  ...(index === undefined ? {} : { index }),
  id,
  type: 'function',
  function: { name, arguments: args },
});
const more = (index: number, args: string) => ({ tool_calls: [{ index, function: { arguments: args } }] });
const usage = { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 };

describe('a streamed chat completion', () => {
  const stream = frames(
    chunk({ role: 'assistant', content: '' }),
    chunk({ reasoning_content: 'Überlegt' }),
    chunk({ content: 'Grüße ' }),
    chunk({ content: '北京 🌍' }),
    chunk({ tool_calls: [callOf('call_a', 'look', '', 0)] }),
    chunk(more(0, '{"pa')),
    chunk(more(0, 'th":"a"}')),
    chunk({ tool_calls: [callOf('call_b', 'list', '{}', 1)] }),
    finish('tool_calls'),
    { ...chunk({}), choices: [], usage: { ...usage, completion_tokens_details: { reasoning_tokens: 1 } } },
    DONE,
  );

  it('becomes blocks in order, usage and finish', () => {
    const { candidates, usage: counted, id, created } = folded(stream);
    expect(candidates).toEqual([
      {
        index: 0,
        blocks: [
          { kind: 'reasoning', text: 'Überlegt' },
          { kind: 'text', text: 'Grüße 北京 🌍' },
          { kind: 'tool-call', id: 'call_a', name: 'look', type: 'function', input: '{"path":"a"}' },
          { kind: 'tool-call', id: 'call_b', name: 'list', type: 'function', input: '{}' },
        ],
        finish: { reason: 'tool-calls', raw: 'tool_calls' },
      },
    ]);
    expect(counted).toEqual({ input: 9, output: 3, reasoning: 1 });
    expect({ id, created }).toEqual({ id: 'chatcmpl-9', created: 1_700_000_000 });
  });

  it('gives the same parts however its bytes are cut', () => {
    const expected = partsOf(stream);
    for (const size of [1, 2, 3, 7, 64, 1000]) expect(partsOf(stream, size)).toEqual(expected);
  });

  it('equals the unstreamed answer', () => {
    const message = {
      content: 'Grüße 北京 🌍',
      reasoning_content: 'Überlegt',
      tool_calls: [callOf('call_a', 'look', '{"path":"a"}'), callOf('call_b', 'list', '{}')],
    };
    const answer = whole(
      message,
      { finish_reason: 'tool_calls' },
      { usage: { ...usage, completion_tokens_details: { reasoning_tokens: 1 } } },
    );
    const { error: _, ...streamed } = folded(stream);
    expect(decodeReply(answer, quirks)).toEqual(streamed);
  });

  it('numbers the blocks of several choices together', () => {
    const two = frames(
      chunk({ content: 'a' }),
      chunk({ content: 'b' }, { index: 1 }),
      chunk({ content: 'A' }),
      finish('stop'),
      chunk({}, { index: 1, finish_reason: 'length' }),
      DONE,
    );
    expect(folded(two).candidates.map(({ blocks, finish: { reason } }) => [blocks, reason])).toEqual([
      [[{ kind: 'text', text: 'aA' }], 'stop'],
      [[{ kind: 'text', text: 'b' }], 'length'],
    ]);
  });

  it('keeps log probabilities of answers and refusals', () => {
    const token = (text: string) => ({ token: text, logprob: -1, bytes: null, top_logprobs: [] });
    const stream = frames(
      chunk({ content: 'a' }, { logprobs: { content: [token('a')], refusal: null } }),
      chunk({ refusal: 'b' }, { logprobs: { content: null, refusal: [token('b')] } }),
      finish('stop'),
      DONE,
    );
    expect(folded(stream).candidates[0]?.logprobs).toEqual({ content: [token('a')], refusal: [token('b')] });
  });
});

describe('tool calls', () => {
  const calls = (...chunks: object[]) => blocksOf(frames(...chunks, finish('tool_calls'), DONE));
  const call = (id: string, name: string, input: string) => ({ kind: 'tool-call', id, name, type: 'function', input });

  it('without an index are whole (Mistral)', () => {
    expect(calls(chunk({ tool_calls: [callOf('gSIMJiOkT', 'a', '{}'), callOf('hSIMJiOkT', 'b', '{"x":1}')] }))).toEqual(
      [call('gSIMJiOkT', 'a', '{}'), call('hSIMJiOkT', 'b', '{"x":1}')],
    );
  });

  it('may begin at index 1, or all share index 0', () => {
    expect(calls(chunk({ tool_calls: [callOf('a', 'x', '', 1)] }), chunk(more(1, '{}')))).toEqual([
      call('a', 'x', '{}'),
    ]);
    expect(
      calls(
        chunk({ tool_calls: [callOf('a', 'x', '{}', 0)] }),
        chunk({ tool_calls: [callOf('b', 'x', '{"y":2}', 0)] }),
      ),
    ).toEqual([call('a', 'x', '{}'), call('b', 'x', '{"y":2}')]);
  });

  it('ignore names and ids that come empty or again', () => {
    const again = { tool_calls: [{ index: 0, id: '', function: { name: '', arguments: '{"a"' } }] };
    const same = { tool_calls: [{ index: 0, id: 'a', function: { name: 'x', arguments: ':1}' } }] };
    expect(calls(chunk({ tool_calls: [callOf('a', 'x', '', 0)] }), chunk(again), chunk(same))).toEqual([
      call('a', 'x', '{"a":1}'),
    ]);
  });

  it('get an id where none is given, the same at every reading', () => {
    const stream = frames(
      chunk({ tool_calls: [callOf('', 'x', '{}', 0), callOf('', 'y', '{}', 1)] }),
      finish('stop'),
      DONE,
    );
    const ids = () => blocksOf(stream).map((block) => block.kind === 'tool-call' && block.id);
    expect(ids()).toEqual(['call_chatcmpl9_0', 'call_chatcmpl9_1']);
    expect(ids()).toEqual(ids());
  });

  it('wait for their name', () => {
    const early = { tool_calls: [{ index: 0, id: 'a', function: { arguments: '{"a":' } }] };
    const late = { tool_calls: [{ index: 0, function: { name: 'x', arguments: '1}' } }] };
    expect(calls(chunk(early), chunk(late))).toEqual([call('a', 'x', '{"a":1}')]);
  });

  it('interleave by their index', () => {
    const both = { tool_calls: [callOf('a', 'x', '{"a":', 0), callOf('b', 'y', '{"b":', 1)] };
    expect(calls(chunk(both), chunk(more(1, '2}')), chunk(more(0, '1}')))).toEqual([
      call('a', 'x', '{"a":1}'),
      call('b', 'y', '{"b":2}'),
    ]);
  });

  it('take arguments that are no text, and none', () => {
    const object = { tool_calls: [{ index: 0, id: 'a', function: { name: 'x', arguments: { city: 'Ulm' } } }] };
    expect(calls(chunk(object))).toEqual([call('a', 'x', '{"city":"Ulm"}')]);
    expect(calls(chunk({ tool_calls: [{ index: 0, id: 'a', function: { name: 'x', arguments: null } }] }))).toEqual([
      call('a', 'x', '{}'),
    ]);
  });

  it('of free-text tools are free text, in their own shape or as a function that stands for one', () => {
    const custom = { tool_calls: [{ index: 0, id: 'a', type: 'custom', custom: { name: 'patch', input: '*** ' } }] };
    const rest = { tool_calls: [{ index: 0, custom: { input: 'End' } }] };
    expect(calls(chunk(custom), chunk(rest))).toEqual([{ ...call('a', 'patch', '*** End'), type: 'custom' }]);
    expect(
      calls(chunk({ tool_calls: [callOf('a', 'patch', '{"free_text', 0)] }), chunk(more(0, '_input":"x\\n"}'))),
    ).toEqual([{ ...call('a', 'patch', 'x\n'), type: 'custom' }]);
  });

  it('in the deprecated spelling are calls, its zero values none', () => {
    const stream = frames(
      chunk({ function_call: { name: 'x', arguments: '{"a"' } }),
      chunk({ function_call: { arguments: ':1}' } }),
      finish('function_call'),
      DONE,
    );
    expect(blocksOf(stream)).toEqual([call('call_chatcmpl9_0', 'x', '{"a":1}')]);
    expect(reasonOf(stream)).toEqual({ reason: 'tool-calls', raw: 'function_call' });
    expect(
      blocksOf(
        frames(
          chunk({ content: '4', function_call: { name: '', arguments: '' }, tool_calls: null }),
          finish('stop'),
          DONE,
        ),
      ),
    ).toEqual([{ kind: 'text', text: '4' }]);
  });

  it('end a text and begin another after them', () => {
    const stream = frames(
      chunk({ content: 'a' }),
      chunk({ tool_calls: [callOf('1', 'x', '{}', 0)] }),
      chunk({ content: 'b' }),
      finish('tool_calls'),
      DONE,
    );
    expect(blocksOf(stream).map(({ kind }) => kind)).toEqual(['text', 'tool-call', 'text']);
  });

  it('stay calls when the finish says stop', () => {
    expect(reasonOf(frames(chunk({ tool_calls: [callOf('1', 'x', '{}', 0)] }), finish('stop'), DONE))).toEqual({
      reason: 'tool-calls',
      raw: 'stop',
    });
  });

  it('keep Gemini’s signature, told on the call or on the message', () => {
    const extra_content = { google: { thought_signature: 'AVSo+/=' } };
    const signed = { ...call('1', 'x', '{}'), signature: { issuer: 'gemini', value: 'AVSo+/=' } };
    expect(calls(chunk({ tool_calls: [{ ...callOf('1', 'x', '{}', 0), extra_content }] }))).toEqual([signed]);
    expect(
      calls(
        chunk({
          tool_calls: [callOf('1', 'x', '{}', 0)],
          extra_content: { google: { thought: true, ...extra_content.google } },
        }),
      ),
    ).toEqual([signed]);
    const details = [{ type: 'reasoning.encrypted', data: 'AVSo+/=', id: '1', format: 'google-gemini-v1', index: 0 }];
    expect(calls(chunk({ reasoning_details: details }), chunk({ tool_calls: [callOf('1', 'x', '{}', 0)] }))).toEqual([
      signed,
    ]);
    expect(calls(chunk({ tool_calls: [callOf('1', 'x', '{}', 0)] }), chunk({ reasoning_details: details }))).toEqual([
      signed,
    ]);
  });
});

describe('thoughts in every spelling', () => {
  const said = { kind: 'text', text: 'x' };
  const spellings: [string, object, Block[]][] = [
    ['reasoning_content', { reasoning_content: 'hm' }, [{ kind: 'reasoning', text: 'hm' }]],
    ['reasoning', { reasoning: 'hm' }, [{ kind: 'reasoning', text: 'hm' }]],
    ['both at once, said once', { reasoning: 'hm', reasoning_content: 'hm' }, [{ kind: 'reasoning', text: 'hm' }]],
    [
      'reasoning_details beside reasoning',
      {
        reasoning: 'hm',
        reasoning_details: [
          { type: 'reasoning.text', text: 'hm', signature: 'Sig=', format: 'anthropic-claude-v1', index: 0 },
        ],
      },
      [{ kind: 'reasoning', text: 'hm', signature: { issuer: 'anthropic', value: 'Sig=' } }],
    ],
    [
      'summary and encrypted',
      {
        reasoning_details: [
          { type: 'reasoning.summary', summary: 'short', format: 'openai-responses-v1', index: 0 },
          { type: 'reasoning.encrypted', data: 'gAAA', id: 'rs_1', format: 'openai-responses-v1', index: 1 },
        ],
      },
      [
        { kind: 'reasoning', text: '', summary: ['short'] },
        { kind: 'reasoning', text: '', signature: { issuer: 'openai', value: 'gAAA' }, id: 'rs_1' },
      ],
    ],
    [
      'hidden',
      { reasoning_details: [{ type: 'reasoning.encrypted', data: 'EmwK', format: 'anthropic-claude-v1', index: 0 }] },
      [{ kind: 'reasoning', text: '', signature: { issuer: 'anthropic', value: 'EmwK' }, redacted: true }],
    ],
    [
      'of a format nobody knows',
      { reasoning_details: [{ type: 'reasoning.encrypted', data: 'x', format: 'xai-responses-v1', index: 3 }] },
      [
        {
          kind: 'reasoning',
          text: '',
          signature: {
            issuer: 'openrouter',
            value: '{"type":"reasoning.encrypted","data":"x","format":"xai-responses-v1"}',
          },
        },
      ],
    ],
  ];
  it.each(spellings)('%s', (_, message, thoughts) => {
    const expected = [...thoughts, said];
    expect(blocksOf(frames(chunk(message), chunk({ content: 'x' }), finish('stop'), DONE))).toEqual(expected);
    expect(decodeReply(whole({ ...message, content: 'x' }), quirks).candidates[0]?.blocks).toEqual(expected);
  });

  it('among the parts of the content (Mistral)', () => {
    const content = [
      { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }], closed: true },
      { type: 'text', text: 'x' },
    ];
    expect(decodeReply(whole({ content }), quirks).candidates[0]?.blocks).toEqual([
      { kind: 'reasoning', text: 'hm' },
      said,
    ]);
  });

  it('a signature that comes after its text belongs to it (OpenRouter)', () => {
    const detail = (fields: object) => ({
      reasoning_details: [{ type: 'reasoning.text', format: 'anthropic-claude-v1', index: 0, ...fields }],
    });
    const stream = frames(
      chunk(detail({ text: 'a' })),
      chunk(detail({ text: 'b' })),
      chunk(detail({ signature: 'S' })),
      chunk({ content: 'x' }),
      finish('stop'),
      DONE,
    );
    expect(blocksOf(stream)).toEqual([
      { kind: 'reasoning', text: 'ab', signature: { issuer: 'anthropic', value: 'S' } },
      said,
    ]);
  });

  it('of another index are another block', () => {
    const detail = (index: number, text: string) => ({
      reasoning_details: [{ type: 'reasoning.text', format: null, index, text }],
    });
    const stream = frames(chunk(detail(0, 'a')), chunk(detail(1, 'b')), chunk({ content: 'x' }), finish('stop'), DONE);
    expect(blocksOf(stream)).toEqual([{ kind: 'reasoning', text: 'a' }, { kind: 'reasoning', text: 'b' }, said]);
  });
});

describe('what imitators leave out or add', () => {
  const text = [{ kind: 'text', text: 'hi' }];

  it('a first chunk without choices or id (Azure)', () => {
    const azure = { choices: [], created: 0, id: '', model: '', object: '', prompt_filter_results: [{}] };
    const { candidates, id } = folded(frames(azure, chunk({ content: 'hi' }), finish('stop'), DONE));
    expect([candidates[0]?.blocks, id]).toEqual([text, 'chatcmpl-9']);
  });

  it('comments, roles in every chunk, a finish twice (OpenRouter)', () => {
    const last = chunk({ role: 'assistant', content: '' }, { finish_reason: 'stop' }, { usage });
    const parts = partsOf(
      frames(': OPENROUTER PROCESSING\n\n', chunk({ role: 'assistant', content: 'hi' }), finish('stop'), last, DONE),
    );
    expect(parts.filter(({ kind }) => kind === 'finish')).toHaveLength(1);
    expect(parts.at(-1)).toEqual({ kind: 'usage', usage: { input: 9, output: 4 } });
  });

  it('text in the chunk that finishes (Mistral, Moonshot)', () => {
    const stream = frames(chunk({ content: 'h' }), chunk({ content: 'i' }, { finish_reason: 'stop' }, { usage }), DONE);
    expect(blocksOf(stream)).toEqual(text);
    expect(folded(stream).usage).toEqual({ input: 9, output: 4 });
  });

  it('usage in every chunk, in x_groq, in the choice', () => {
    const growing = frames(
      chunk({ content: 'hi' }, {}, { usage: { ...usage, completion_tokens: 1 } }),
      finish('stop', { usage }),
      DONE,
    );
    expect(folded(growing).usage).toEqual({ input: 9, output: 4 });
    expect(folded(frames(chunk({ content: 'hi' }), finish('stop', { x_groq: { usage } }), DONE)).usage).toEqual({
      input: 9,
      output: 4,
    });
    expect(folded(frames(chunk({ content: 'hi' }), chunk({}, { finish_reason: 'stop', usage }), DONE)).usage).toEqual({
      input: 9,
      output: 4,
    });
  });

  it('no finish, an empty one, zero values of everything (Snowflake)', () => {
    const zero = {
      audio: { data: '', expires_at: 0, id: '', transcript: '' },
      function_call: { name: '', arguments: '' },
      refusal: '',
      tool_calls: null,
    };
    const answer = whole(
      { content: 'hi', ...zero },
      { finish_reason: '', logprobs: { content: null, refusal: null } },
      { id: '' },
    );
    expect(decodeReply(answer, quirks).candidates).toEqual([{ index: 0, blocks: text, finish: { reason: 'stop' } }]);
    expect(reasonOf(frames(chunk({ content: 'hi' }), DONE))).toEqual({ reason: 'stop' });
  });

  it('no [DONE] (Perplexity): the finish counts', () => {
    expect(reasonOf(frames(chunk({ content: 'hi' }), finish('stop')))).toEqual({ reason: 'stop', raw: 'stop' });
    expect(reasonOf(frames(chunk({ content: 'hi' }), { ...chunk({}), choices: [], usage }))).toEqual({
      reason: 'stop',
    });
  });

  it('sources beside the choices become citations once', () => {
    const citations = ['https://a.example', 'https://b.example'];
    const stream = frames(
      chunk({ content: 'h' }, {}, { citations }),
      chunk({ content: 'i' }, { finish_reason: 'stop' }, { citations }),
      DONE,
    );
    expect(blocksOf(stream)).toEqual([{ kind: 'text', text: 'hi', citations: citations.map((url) => ({ url })) }]);
  });

  it('annotations of the text become citations', () => {
    const url_citation = { url: 'https://a.example', title: 'A', start_index: 0, end_index: 2 };
    const expected = [
      { kind: 'text', text: 'hi', citations: [{ url: 'https://a.example', title: 'A', start: 0, end: 2 }] },
    ];
    const annotations = [
      { type: 'url_citation', url_citation },
      { type: 'file', file: {} },
    ];
    expect(decodeReply(whole({ content: 'hi', annotations }), quirks).candidates[0]?.blocks).toEqual(expected);
    expect(blocksOf(frames(chunk({ content: 'hi' }), chunk({ annotations }), finish('stop'), DONE))).toEqual(expected);
  });

  it('a refusal with finish stop is a refusal', () => {
    const stream = frames(chunk({ refusal: 'I ' }), chunk({ refusal: 'won’t.' }), finish('stop'), DONE);
    expect(blocksOf(stream)).toEqual([{ kind: 'refusal', text: 'I won’t.' }]);
    expect(reasonOf(stream)).toEqual({ reason: 'refusal', raw: 'stop' });
  });

  it('spoken answers and pictures', () => {
    const audio = frames(
      chunk({ audio: { id: 'audio_1' } }),
      chunk({ audio: { transcript: 'Hal' } }),
      chunk({ audio: { data: 'UklGRg==' } }),
      chunk({ audio: { transcript: 'lo', data: 'AAEC' } }),
      chunk({ audio: { expires_at: 99 } }),
      finish('stop'),
      DONE,
    );
    const data = Buffer.concat([Buffer.from('UklGRg==', 'base64'), Buffer.from('AAEC', 'base64')]).toString('base64');
    expect(blocksOf(audio)).toEqual([
      {
        kind: 'audio',
        source: { kind: 'data', mediaType: 'audio/wav', data },
        transcript: 'Hallo',
        id: 'audio_1',
        expiresAt: 99,
      },
    ]);
    const images = [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAEC' } }];
    expect(blocksOf(frames(chunk({ content: 'hi', images }), finish('stop'), DONE))).toEqual([
      ...text,
      { kind: 'image', source: { kind: 'data', mediaType: 'image/png', data: 'AAEC' } },
    ]);
  });

  it('finish reasons of others', () => {
    const reasons: [string, string][] = [
      ['sensitive', 'content-filter'],
      ['model_length', 'context-length'],
      ['eos', 'stop'],
      ['brand_new', 'other'],
    ];
    for (const [raw, reason] of reasons)
      expect(reasonOf(frames(chunk({ content: 'hi' }), finish(raw), DONE))).toEqual({ reason, raw });
  });

  it('nothing at all is an answer without blocks', () => {
    expect(decodeReply({}, quirks).candidates).toEqual([{ index: 0, blocks: [], finish: { reason: 'other' } }]);
    expect(decodeReply({ choices: [null, 3, { message: 'x' }] }, quirks).candidates[0]?.blocks).toEqual([]);
  });
});

describe('a stream that fails or breaks off', () => {
  const cases: [string, string, unknown][] = [
    [
      'event: error (Groq)',
      frames('event: error\ndata: {"error":{"message":"no","code":"tool_use_failed"}}\n\n'),
      { message: 'no', code: 'tool_use_failed' },
    ],
    [
      'error beside choices (OpenRouter)',
      frames(chunk({ content: '' }, {}, { error: { code: 400, message: 'limit' }, usage }), DONE),
      { code: 400, message: 'limit' },
    ],
    [
      'error in the choice',
      frames(chunk({ content: '' }, { error: { code: 502, message: 'gone' }, finish_reason: 'error' })),
      { code: 502, message: 'gone' },
    ],
    [
      'object: error (vLLM)',
      frames({ object: 'error', message: 'bad', code: 400 }),
      { object: 'error', message: 'bad', code: 400 },
    ],
    ['a list (Google)', frames('data: [{"error":{"code":429}}]\n\n'), { code: 429 }],
    [
      'a finish that is none',
      frames(finish('insufficient_system_resource')),
      expect.objectContaining({ code: 'insufficient_system_resource' }),
    ],
  ];
  it.each(cases)('%s', (_, end, error) => {
    const parts = partsOf(
      frames(chunk({ content: 'hi' })) + end + frames(chunk({ content: 'never' }), finish('stop'), DONE),
    );
    expect(parts.at(-1)).toEqual({ kind: 'error', error });
    expect(parts.some(({ kind }) => kind === 'finish')).toBe(false);
  });

  it('bare JSON after the frames', () => {
    const parts = partsOf(frames(chunk({ content: 'hi' }), '\n{\n  "error": { "code": 503, "message": "busy" }\n}\n'));
    expect(parts.at(-1)).toEqual({ kind: 'error', error: { code: 503, message: 'busy' } });
  });

  it('tells the usage that comes with the error', () => {
    expect(folded(frames(chunk({ content: '' }, {}, { error: { message: 'x' }, usage }), DONE)).usage).toEqual({
      input: 9,
      output: 4,
    });
  });

  it('cut without finish and [DONE] is never finished', () => {
    const parts = partsOf(frames(chunk({ content: 'hi' })));
    expect(parts.at(-1)).toEqual({ kind: 'block-end', block: 0 });
    expect(parts.some(({ kind }) => kind === 'finish')).toBe(false);
  });
});
