import OpenAI from 'openai';
import { findProvider, quirksOf } from '@app/providers';
import type { Block, ReasoningBlock, Signature } from '../../chat/blocks';
import type { ReplyContext } from '../../chat/face';
import type { ChatReply } from '../../chat/reply';
import { unfold } from '../../chat/unfold';
import type { JsonObject } from '../../json';
import { openaiChatClient } from './client';
import { openaiChatUpstream } from './upstream';

/** What an upstream wants back of an answer, through a chat client that returns the assistant's message. */
const { decodeRequest, encodeReply, encodeStream } = openaiChatClient;
const params = { model: 'm', messages: [{ role: 'user' as const, content: 'x' }] };
const context: ReplyContext = {
  model: 'm',
  requestId: 'req_1',
  created: 1,
  includeUsage: false,
  request: decodeRequest(params, {}),
};

const replyOf = (blocks: readonly Block[]): ChatReply => ({
  candidates: [{ index: 0, blocks, finish: { reason: 'stop' } }],
});
const messageOf = (blocks: readonly Block[]): JsonObject =>
  (encodeReply(replyOf(blocks), context).choices as { message: JsonObject }[])[0]?.message ?? {};
const sentBack = (message: JsonObject): readonly Block[] =>
  decodeRequest({ model: 'm', messages: [message] }, {}).turns[0]?.blocks ?? [];

/** The message as a client has it that joins texts and lists of a stream. */
async function joined(blocks: readonly Block[]): Promise<JsonObject> {
  const encoder = encodeStream(context);
  const stream = [...unfold(replyOf(blocks)).flatMap((part) => [...encoder.push(part)]), ...encoder.end()].join('');
  const fetch = () => Promise.resolve(new Response(stream, { headers: { 'content-type': 'text/event-stream' } }));
  const runner = new OpenAI({ apiKey: 'k', fetch, maxRetries: 0 }).chat.completions.stream(params);
  let reasoning = '';
  runner.on(
    'chunk',
    ({ choices }) => (reasoning += (choices[0]?.delta as { reasoning_content?: string }).reasoning_content ?? ''),
  );
  const { choices } = await runner.finalChatCompletion();
  return { ...choices[0]?.message, ...(reasoning ? { reasoning_content: reasoning } : {}) };
}

const thought = (text: string, signature?: Signature, more: Partial<ReasoningBlock> = {}): ReasoningBlock => ({
  kind: 'reasoning',
  text,
  ...more,
  ...(signature ? { signature } : {}),
});
const anthropic = (value: string): Signature => ({ issuer: 'anthropic', value });
const gemini = (value: string): Signature => ({ issuer: 'gemini', value });
const text = (value: string): Block => ({ kind: 'text', text: value });
const call = (id: string, signature?: Signature): Block => ({
  kind: 'tool-call',
  id,
  name: 'f',
  input: '{}',
  type: 'function',
  ...(signature ? { signature } : {}),
});

const conversations: [string, readonly Block[]][] = [
  ['plain thoughts', [thought('hm\n\n'), text('x')]],
  ['signed thoughts', [thought(' hm 🌍', anthropic('Sig+/=')), text('x'), call('1')]],
  [
    'hidden thoughts between others',
    [
      thought('a', anthropic('S1')),
      thought('', anthropic('EmwK'), { redacted: true }),
      thought('b\n\nb', anthropic('S2')),
      call('1'),
    ],
  ],
  ['thoughts that are not shown', [thought('', anthropic('S1')), text('x')]],
  [
    'thoughts between texts and calls',
    [text('one'), thought('a', anthropic('S1')), text('two'), call('1'), thought('b', anthropic('S2')), call('2')],
  ],
  [
    'summary and encrypted content',
    [thought('', { issuer: 'openai', value: 'gAAA' }, { summary: ['**One**', 'Two'], id: 'rs_1' }), call('1')],
  ],
  [
    'several encrypted ones',
    [
      thought('', { issuer: 'openai', value: 'gA' }, { id: 'rs_1' }),
      thought('', { issuer: 'openai', value: 'gB' }, { summary: ['s'], id: 'rs_2' }),
      text('x'),
    ],
  ],
  [
    'text and summary',
    [thought('all of it', { issuer: 'openai', value: 'gA' }, { summary: ['short'], id: 'rs_1' }), text('x')],
  ],
  ['unsigned beside signed', [thought('a'), thought('b', anthropic('S')), text('x')]],
  [
    'of a vendor nobody knows',
    [
      thought('a', {
        issuer: 'openrouter',
        value: '{"type":"reasoning.text","signature":"q","format":"xai-responses-v1"}',
      }),
      text('x'),
    ],
  ],
  ['Gemini’s signed calls', [thought('hm'), call('1', gemini('AVSo+/=')), call('2')]],
  ['Gemini’s signed text', [text('a'), { kind: 'text', text: 'b', signature: gemini('T') } as Block]],
];

describe('thoughts and signatures come back byte for byte', () => {
  const flat = (blocks: readonly Block[]) => {
    const texts = blocks.filter((block) => block.kind === 'text');
    const [last] = texts.slice(-1);
    // Chat has one content: texts without anything between them are one.
    return texts.length === 2 && blocks.length === 2
      ? [{ ...last, text: texts.map((block) => block.text).join('') }]
      : blocks;
  };
  it.each(conversations)('%s', async (_, blocks) => {
    expect(sentBack(messageOf(blocks))).toEqual(flat(blocks));
    expect(sentBack(await joined(blocks))).toEqual(flat(blocks));
  });

  it('plain thoughts need no details', () => {
    expect(messageOf([thought('hm'), text('x')])).not.toHaveProperty('reasoning_details');
  });

  it('details are told once, before the finish', () => {
    const encoder = encodeStream(context);
    const deltas = unfold(replyOf([thought('a', anthropic('S1')), thought('b', anthropic('S2')), text('x')])).flatMap(
      (part) => [...encoder.push(part)],
    );
    expect(deltas.filter((delta) => delta.includes('reasoning_details'))).toHaveLength(1);
    expect(deltas.at(-2)).toContain('"format":"anthropic-claude-v1"');
  });
});

describe('clients that keep only a part', () => {
  it('spoilt text is left out: the signature stands for it', () => {
    const message = { ...messageOf([thought('Let me see.', anthropic('S')), call('1')]), reasoning_content: 'see.' };
    expect(sentBack(message)[0]).toEqual(thought('', anthropic('S')));
  });

  it('Gemini’s signature is in the id, too, for clients that drop fields they do not know', () => {
    const { tool_calls } = messageOf([call('call_1', gemini('AVSo+/='))]) as {
      tool_calls: { id: string; extra_content: object; function: object }[];
    };
    const [{ id, extra_content } = { id: '', extra_content: {} }] = tool_calls;
    expect(id).toBe('call_1__oneapi1.gemini.AVSo+/=');
    expect(extra_content).toEqual({ google: { thought_signature: 'AVSo+/=' } });
    const { turns } = decodeRequest(
      {
        model: 'm',
        messages: [
          {
            role: 'assistant',
            content: null,
            tool_calls: [{ id, type: 'function', function: { name: 'f', arguments: '{}' } }],
          },
          { role: 'tool', tool_call_id: id, content: 'r' },
        ],
      },
      {},
    );
    expect(turns[0]?.blocks).toEqual([call('call_1', gemini('AVSo+/='))]);
    expect(turns[1]?.blocks).toMatchObject([{ callId: 'call_1', name: 'f' }]);
  });

  it('a signature is in the first delta of a call, whether it comes before its input or after', () => {
    const start = { kind: 'tool-call-start', block: 0, candidate: 0, id: 'c', name: 'f', type: 'function' } as const;
    const input = { kind: 'input-delta', block: 0, text: '{}' } as const;
    const signature = { kind: 'signature', block: 0, signature: gemini('S') } as const;
    for (const parts of [
      [start, signature, input],
      [start, input, signature],
    ]) {
      const encoder = encodeStream(context);
      const frames = parts
        .flatMap((part) => [...encoder.push(part)])
        .concat([...encoder.push({ kind: 'block-end', block: 0 })]);
      expect(frames.find((frame) => frame.includes('tool_calls'))).toContain('"id":"c__oneapi1.gemini.S"');
    }
  });

  it('OpenRouter’s own clients send its spelling', () => {
    const details = [
      { type: 'reasoning.text', text: 'hm', signature: 'S', format: 'anthropic-claude-v1', index: 0 },
      { type: 'reasoning.encrypted', data: 'G', id: 'c1', format: 'google-gemini-v1', index: 1 },
    ];
    const message = {
      role: 'assistant',
      content: '',
      reasoning: 'hm',
      reasoning_details: details,
      tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }],
    };
    expect(sentBack(message)).toEqual([thought('hm', anthropic('S')), call('c1', gemini('G'))]);
    expect(sentBack({ ...message, reasoning_details: details.slice(1) })).toEqual([
      thought('hm'),
      call('c1', gemini('G')),
    ]);
  });
});

describe('thoughts on their way to an upstream', () => {
  const encode = (blocks: readonly Block[], provider: string) => {
    const quirks = quirksOf(findProvider(provider) ?? {}, 'openai-chat');
    const request = { ...context.request, turns: [{ role: 'assistant' as const, blocks }] };
    const { body, dropped } = openaiChatUpstream.encodeRequest(request, quirks);
    return { message: (body.messages as JsonObject[])[0] ?? {}, dropped, quirks };
  };

  it('OpenRouter gets every issuer’s own back', () => {
    const { message, dropped } = encode(
      [
        thought('a', anthropic('S')),
        thought('', anthropic('EmwK'), { redacted: true }),
        thought('', { issuer: 'openai', value: 'gA' }, { summary: ['s'], id: 'rs_1' }),
        thought('b', {
          issuer: 'openrouter',
          value: '{"type":"reasoning.text","signature":"q","format":"xai-responses-v1"}',
        }),
        call('c1', gemini('G')),
      ],
      'openrouter',
    );
    expect(message.reasoning_details).toEqual([
      { type: 'reasoning.text', text: 'a', signature: 'S', format: 'anthropic-claude-v1', index: 0 },
      { type: 'reasoning.encrypted', data: 'EmwK', format: 'anthropic-claude-v1', index: 1 },
      { type: 'reasoning.summary', summary: 's', format: 'openai-responses-v1', index: 2 },
      { type: 'reasoning.encrypted', data: 'gA', format: 'openai-responses-v1', id: 'rs_1', index: 3 },
      { type: 'reasoning.text', text: 'b', signature: 'q', format: 'xai-responses-v1', index: 4 },
      { type: 'reasoning.encrypted', data: 'G', format: 'google-gemini-v1', id: 'c1', index: 5 },
    ]);
    expect(dropped).toEqual([]);
  });

  it('what OpenRouter sent goes back as it was', () => {
    const details = [
      { type: 'reasoning.summary', summary: 's', format: 'openai-responses-v1', index: 0 },
      { type: 'reasoning.encrypted', data: 'gA', format: 'openai-responses-v1', id: 'rs_1', index: 1 },
    ];
    const quirks = quirksOf(findProvider('openrouter') ?? {}, 'openai-chat');
    const answer = {
      id: 'g',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'x', reasoning: 's', reasoning_details: details },
          finish_reason: 'stop',
        },
      ],
    };
    const reply = openaiChatUpstream.decodeReply(answer, quirks);
    const { message } = encode(reply.candidates[0]?.blocks ?? [], 'openrouter');
    expect(message.reasoning_details).toEqual([{ type: 'reasoning.summary', summary: 's', index: 0 }, details[1]]);
  });

  it('others get the text, never a signature of somebody else', () => {
    const blocks = [thought('a', anthropic('S')), thought('', anthropic('EmwK'), { redacted: true }), text('x')];
    for (const [provider, field] of [
      ['deepseek', 'reasoning_content'],
      ['groq', 'reasoning'],
    ] as const) {
      const { message, dropped } = encode(blocks, provider);
      expect(message).toEqual({ role: 'assistant', content: 'x', [field]: 'a' });
      expect(dropped).toEqual(['turns.reasoning']);
    }
  });

  it('OpenAI gets none', () => {
    const { message, dropped } = encode([thought('a'), text('x'), call('1', gemini('G'))], 'openai');
    expect(JSON.stringify(message)).not.toMatch(/reasoning|extra_content|oneapi1/);
    expect(dropped).toEqual(['turns.reasoning']);
  });

  it('Gemini behind OpenAI’s protocol gets its signatures', () => {
    const quirks = quirksOf({ quirks: { 'openai-chat': { thoughtSignatures: true } } }, 'openai-chat');
    const turns = [{ role: 'assistant' as const, blocks: [call('1', gemini('G'))] }];
    const { body, dropped } = openaiChatUpstream.encodeRequest({ ...context.request, turns }, quirks);
    expect(body.messages).toMatchObject([
      { tool_calls: [{ id: '1', extra_content: { google: { thought_signature: 'G' } } }] },
    ]);
    expect(dropped).toEqual([]);
  });
});
