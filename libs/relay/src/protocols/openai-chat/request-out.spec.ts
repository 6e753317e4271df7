import { findProvider, quirksOf, type Quirks } from '@app/providers';
import type { Block } from '../../chat/blocks';
import type { ChatRequest } from '../../chat/request';
import type { JsonObject } from '../../json';
import { openaiChatClient } from './client';
import { openaiChatUpstream } from './upstream';

const quirksFor = (provider: string): Quirks => quirksOf(findProvider(provider) ?? {}, 'openai-chat');
const openai = quirksFor('openai');

const request = (more: Partial<ChatRequest> = {}): ChatRequest => ({
  model: 'm',
  stream: false,
  system: [],
  turns: [],
  tools: [],
  sampling: {},
  meta: {},
  extensions: [],
  ...more,
});
const encode = (more: Partial<ChatRequest>, quirks: Quirks = openai) =>
  openaiChatUpstream.encodeRequest(request(more), quirks);
const messagesOf = (more: Partial<ChatRequest>, quirks: Quirks = openai) =>
  encode(more, quirks).body.messages as JsonObject[];
const text = (value: string) => ({ kind: 'text', text: value }) as const;
const userTurn = (...blocks: Block[]) => ({ turns: [{ role: 'user' as const, blocks }] });
const answerTurn = (...blocks: Block[]) => ({ turns: [{ role: 'assistant' as const, blocks }] });
const call = (id: string, more: object = {}) =>
  ({ kind: 'tool-call', id, name: 'f', input: '{}', type: 'function', ...more }) as const;
const result = (callId: string, ...content: Block[]) =>
  ({ kind: 'tool-result', callId, type: 'function', content }) as const;
const image = { kind: 'image', source: { kind: 'data', mediaType: 'image/png', data: 'AAEC' } } as const;
const imagePart = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAEC' } };

describe('the conversation', () => {
  it('one text is a string, more are parts', () => {
    expect(messagesOf({ system: [text('s')], ...userTurn(text('a'), image) })).toEqual([
      { role: 'system', content: 's' },
      { role: 'user', content: [{ type: 'text', text: 'a' }, imagePart] },
    ]);
    expect(messagesOf({ system: [text('s'), text('t')] })).toEqual([
      {
        role: 'system',
        content: [
          { type: 'text', text: 's' },
          { type: 'text', text: 't' },
        ],
      },
    ]);
  });

  it('instructions in the middle stay there', () => {
    const turns = [
      { role: 'user', blocks: [text('a')] },
      { role: 'system', blocks: [text('b')] },
    ] as const;
    expect(messagesOf({ turns })).toEqual([
      { role: 'user', content: 'a' },
      { role: 'system', content: 'b' },
    ]);
  });

  it('results come first, each in a message of its own; pictures in them follow as the user’s', () => {
    expect(messagesOf(userTurn(text('see'), result('1', text('one')), result('2', image)))).toEqual([
      { role: 'tool', tool_call_id: '1', content: 'one' },
      { role: 'tool', tool_call_id: '2', content: 'The result follows in the next message.' },
      {
        role: 'user',
        content: [{ type: 'text', text: 'Result of the tool call 2:' }, imagePart, { type: 'text', text: 'see' }],
      },
    ]);
  });

  it('calls, with null for content', () => {
    expect(messagesOf(answerTurn(call('1'), { ...call('2'), type: 'custom', name: 'g', input: '***' }))).toEqual([
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: '1', type: 'function', function: { name: 'f', arguments: '{}' } },
          { id: '2', type: 'custom', custom: { name: 'g', input: '***' } },
        ],
      },
    ]);
  });

  it('text split over many blocks is one again', () => {
    expect(messagesOf(answerTurn(text('a'), text('b')))).toEqual([{ role: 'assistant', content: 'ab' }]);
  });

  it('ids that are too long are shortened, the same in call and result', () => {
    const id = `toolu_${'x'.repeat(60)}`;
    const [asked, told] = messagesOf({
      turns: [...answerTurn(call(id)).turns, ...userTurn(result(id, text('r'))).turns],
    });
    expect(told?.tool_call_id).toMatch(/^call_[0-9a-f]{24}$/);
    expect(asked?.tool_calls).toMatchObject([{ id: told?.tool_call_id }]);
  });

  it('files: bytes under a name, ids of OpenAI, text as text', () => {
    const pdf = { kind: 'file', source: { kind: 'data', mediaType: 'application/pdf', data: 'AAEC' } } as const;
    const plain = { kind: 'file', source: { kind: 'text', text: 'Body' }, name: 'notes.txt' } as const;
    const kept = { kind: 'file', source: { kind: 'file', id: 'file-1', issuer: 'openai' } } as const;
    expect(messagesOf(userTurn(pdf, plain, kept))[0]?.content).toEqual([
      { type: 'file', file: { filename: 'file.pdf', file_data: 'data:application/pdf;base64,AAEC' } },
      { type: 'text', text: 'notes.txt\nBody' },
      { type: 'file', file: { file_id: 'file-1' } },
    ]);
  });
});

describe('what cannot be said is named, once', () => {
  const web = {
    kind: 'hosted',
    issuer: 'anthropic',
    does: 'web-search',
    type: 'web_search_20250305',
    value: {},
  } as const;
  const cases: [string, Partial<ChatRequest>, string[]][] = [
    ['top_k', { sampling: { topK: 3 } }, ['sampling.topK']],
    ['more than four stops', { sampling: { stop: ['a', 'b', 'c', 'd', 'e'] } }, ['sampling.stop']],
    ['server tools', { tools: [web] }, ['tools[web_search_20250305]']],
    [
      'server blocks',
      answerTurn({ kind: 'opaque', issuer: 'anthropic', type: 'server_tool_use', value: {} }),
      ['turns[server_tool_use]'],
    ],
    [
      'files of others',
      userTurn({ kind: 'file', source: { kind: 'file', id: 'f', issuer: 'anthropic' } }, text('x')),
      ['turns.file'],
    ],
    [
      'video',
      userTurn({ kind: 'video', source: { kind: 'url', url: 'https://a.example' } }, text('x')),
      ['turns.video'],
    ],
    [
      'cache marks',
      { system: [{ ...text('s'), cache: {} }], ...userTurn({ ...text('a'), cache: {} }, { ...text('b'), cache: {} }) },
      ['system.cache', 'turns.cache'],
    ],
    ['that a tool failed', userTurn({ ...result('1', text('boom')), isError: true }), ['turns.tool-result.isError']],
    ['thoughts', answerTurn({ kind: 'reasoning', text: 'hm' }, text('x')), ['turns.reasoning']],
    [
      'summaries and encryption',
      { reasoning: { effort: 'low', summary: 'auto', encrypted: true } },
      ['reasoning.summary', 'reasoning.encrypted'],
    ],
    [
      'fields of others',
      { extensions: [{ issuer: 'anthropic', path: 'context_management', value: {} }] },
      ['extensions.context_management'],
    ],
    [
      'fields of the Responses API',
      { extensions: [{ issuer: 'openai', path: 'truncation', value: 'auto' }] },
      ['extensions.truncation'],
    ],
  ];
  it.each(cases)('%s', (_, more, dropped) => expect(encode(more).dropped).toEqual(dropped));

  it('an extension that would replace what the request says itself', () => {
    const extensions = [{ issuer: 'openai', path: 'messages', value: ['evil'] }] as const;
    expect(encode({ extensions })).toEqual({ body: { model: 'm', messages: [] }, dropped: ['extensions.messages'] });
  });

  it('nothing else is', () => {
    expect(
      encode({
        system: [text('s')],
        ...userTurn(text('a'), image),
        sampling: { maxOutputTokens: 3, seed: 1 },
        meta: { user: 'u' },
      }).dropped,
    ).toEqual([]);
  });
});

describe('OpenAI', () => {
  it('max_completion_tokens is not lost', () => {
    expect(encode({ sampling: { maxOutputTokens: 7 } }).body).toMatchObject({ max_completion_tokens: 7 });
  });

  it('usage is always asked for in streams', () => {
    expect(encode({ stream: true }).body).toMatchObject({ stream: true, stream_options: { include_usage: true } });
  });

  it('top_logprobs switches logprobs on', () => {
    expect(encode({ sampling: { topLogprobs: 3 } }).body).toMatchObject({ logprobs: true, top_logprobs: 3 });
  });

  it('tool choice only beside tools', () => {
    expect(encode({ toolChoice: { kind: 'auto' }, parallelToolCalls: false }).body).not.toHaveProperty('tool_choice');
  });

  it('budget as effort', () => {
    const efforts = [0, 1024, 8192, 30_000].map(
      (budgetTokens) => encode({ reasoning: { budgetTokens } }).body.reasoning_effort,
    );
    expect(efforts).toEqual(['none', 'low', 'medium', 'high']);
    expect(encode({ reasoning: { budgetTokens: -1 } }).body).not.toHaveProperty('reasoning_effort');
  });

  it('models that think are asked only what they take', () => {
    const sampling = { temperature: 0.5, topP: 1, stop: ['x'], logprobs: false, maxOutputTokens: 9 };
    const { body, dropped } = encode({ model: 'gpt-5-mini', sampling, reasoning: { effort: 'max' } });
    expect(body).toEqual({ model: 'gpt-5-mini', messages: [], max_completion_tokens: 9, reasoning_effort: 'high' });
    expect(dropped).toEqual(['reasoning.effort', 'sampling.temperature', 'sampling.stop']);
    expect(
      encode({ model: 'gpt-5.1', sampling: { temperature: 0.5 }, reasoning: { effort: 'none' } }).body,
    ).toMatchObject({
      temperature: 0.5,
      reasoning_effort: 'none',
    });
  });

  it('models that do not think are not told to stop it', () => {
    const { body, dropped } = encode({ model: 'gpt-4o', reasoning: { budgetTokens: 0 } });
    expect(body).not.toHaveProperty('reasoning_effort');
    expect(dropped).toEqual([]);
  });

  it('a schema has a name; JSON is mentioned where nobody did', () => {
    expect(encode({ format: { kind: 'json-schema', schema: {} } }).body.response_format).toEqual({
      type: 'json_schema',
      json_schema: { name: 'response', schema: {} },
    });
    expect(messagesOf({ format: { kind: 'json' }, ...userTurn(text('x')) })[0]).toEqual({
      role: 'system',
      content: 'Answer with a JSON object.',
    });
    expect(messagesOf({ format: { kind: 'json' }, ...userTurn(text('as json')) })).toEqual([
      { role: 'user', content: 'as json' },
    ]);
  });

  it('cache marks as breakpoints where the caller turned them on', () => {
    const extensions = [{ issuer: 'openai', path: 'prompt_cache_options', value: { mode: 'explicit' } }] as const;
    const { body, dropped } = encode({ ...userTurn({ ...text('a'), cache: {} }), extensions });
    expect(body).toMatchObject({
      messages: [{ content: [{ prompt_cache_breakpoint: { mode: 'explicit' } }] }],
      prompt_cache_options: { mode: 'explicit' },
    });
    expect(dropped).toEqual([]);
  });

  it('grammars of the Responses API are nested', () => {
    const tools = [
      { kind: 'custom', name: 'g', format: { type: 'grammar', syntax: 'lark', definition: 'x' } },
    ] as const;
    expect(encode({ tools }).body.tools).toEqual([
      {
        type: 'custom',
        custom: { name: 'g', format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'x' } } },
      },
    ]);
  });
});

describe('its imitators', () => {
  const thought = { kind: 'reasoning', text: 'hm' } as const;

  it('DeepSeek: text only, max_tokens, thoughts back, schema in words', () => {
    const { body, dropped } = encode(
      {
        system: [text('a'), text('b')],
        turns: [...answerTurn(thought, call('1')).turns, ...userTurn(result('1', text('r')), image).turns],
        sampling: { maxOutputTokens: 7 },
        reasoning: { effort: 'high' },
        format: { kind: 'json-schema', schema: { type: 'object' } },
      },
      quirksFor('deepseek'),
    );
    expect(body).toMatchObject({
      max_tokens: 7,
      thinking: { type: 'enabled' },
      reasoning_effort: 'high',
      response_format: { type: 'json_object' },
      messages: [
        {
          role: 'system',
          content:
            'a\n\nb\n\nAnswer with nothing but a JSON object that conforms to this JSON Schema:\n{"type":"object"}',
        },
        { role: 'assistant', reasoning_content: 'hm' },
        { role: 'tool' },
      ],
    });
    expect(dropped).toEqual(['turns.image']);
  });

  it('DeepSeek and Moonshot: thoughts a client lost do not break a tool turn', () => {
    for (const provider of ['deepseek', 'moonshot']) {
      expect(messagesOf(answerTurn(call('1')), quirksFor(provider))[0]?.reasoning_content).toBe(' ');
      expect(messagesOf(answerTurn(text('x')), quirksFor(provider))[0]).not.toHaveProperty('reasoning_content');
    }
  });

  it('Mistral: its own names, ids of nine, thoughts as parts, no usage option', () => {
    const { body, dropped } = encode(
      {
        stream: true,
        turns: [
          ...answerTurn(thought, text('x'), call('toolu_1')).turns,
          ...userTurn(result('toolu_1', text('r'))).turns,
        ],
        sampling: { seed: 4, maxOutputTokens: 3 },
        meta: { user: 'u' },
      },
      quirksFor('mistral'),
    );
    expect(body).toMatchObject({ random_seed: 4, max_tokens: 3 });
    expect(body).not.toHaveProperty('stream_options');
    const [asked, told] = body.messages as JsonObject[];
    expect(asked?.content).toEqual([
      { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
      { type: 'text', text: 'x' },
    ]);
    expect(told?.tool_call_id).toMatch(/^[a-z0-9]{9}$/);
    expect(asked?.tool_calls).toMatchObject([{ id: told?.tool_call_id }]);
    expect(dropped).toEqual(['meta.user']);
  });

  it('Groq: refuses names, several answers and log probabilities', () => {
    const { body, dropped } = encode(
      { turns: [{ role: 'user', name: 'Ada', blocks: [text('x')] }], sampling: { candidates: 2, logprobs: true } },
      quirksFor('groq'),
    );
    expect(body).toEqual({ model: 'm', messages: [{ role: 'user', content: 'x' }] });
    expect(dropped).toEqual(['turns.name', 'sampling.candidates', 'sampling.logprobs']);
  });

  it('OpenRouter: budget, hidden thoughts, cache marks, files by URL', () => {
    const file = { kind: 'file', source: { kind: 'url', url: 'https://a.example/a.pdf' }, name: 'a.pdf' } as const;
    const { body, dropped } = encode(
      {
        ...userTurn({ ...text('a'), cache: { ttl: '1h' } }, file),
        reasoning: { budgetTokens: 2000, summary: false },
        sampling: { topK: 3 },
      },
      quirksFor('openrouter'),
    );
    expect(body).toMatchObject({
      messages: [
        {
          content: [
            { cache_control: { type: 'ephemeral', ttl: '1h' } },
            { type: 'file', file: { filename: 'a.pdf', file_data: 'https://a.example/a.pdf' } },
          ],
        },
      ],
      reasoning: { max_tokens: 2000, exclude: true },
      top_k: 3,
    });
    expect(dropped).toEqual([]);
  });

  it('Qwen: enable_thinking', () => {
    expect(encode({ reasoning: { effort: 'none' } }, quirksFor('dashscope')).body).toMatchObject({
      enable_thinking: false,
    });
    expect(encode({ reasoning: { budgetTokens: 500 } }, quirksFor('dashscope')).body).toMatchObject({
      enable_thinking: true,
      thinking_budget: 500,
    });
  });

  it('who knows no free-text tools gets functions, and only the allowed ones', () => {
    const quirks = quirksFor('openai-compatible');
    const tools = [
      { kind: 'custom', name: 'patch' },
      { kind: 'function', name: 'other' },
    ] as const;
    const { body } = encode(
      {
        tools,
        toolChoice: { kind: 'allowed', names: ['patch'], mode: 'required' },
        ...answerTurn({ ...call('1'), type: 'custom', name: 'patch', input: '***' }),
      },
      quirks,
    );
    expect(body).toMatchObject({
      tools: [{ type: 'function', function: { name: 'patch' } }],
      tool_choice: 'required',
      messages: [
        { tool_calls: [{ type: 'function', function: { name: 'patch', arguments: '{"free_text_input":"***"}' } }] },
      ],
    });
    expect(body.tools).toHaveLength(1);
  });
});

describe('a request that goes in and out again', () => {
  it('keeps everything', () => {
    const body = {
      model: 'm',
      stream: true,
      messages: [
        { role: 'system', content: 's' },
        {
          role: 'user',
          name: 'Ada',
          content: [
            { type: 'text', text: 'a' },
            imagePart,
            { type: 'input_audio', input_audio: { data: 'AAEC', format: 'wav' } },
          ],
        },
        {
          role: 'assistant',
          content: 'b',
          tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'r' },
        { role: 'assistant', content: null, refusal: 'No.' },
        { role: 'assistant', content: null, audio: { id: 'audio_1' } },
        { role: 'user', content: 'c' },
      ],
      tools: [
        { type: 'function', function: { name: 'f', description: 'd', parameters: { type: 'object' }, strict: true } },
        { type: 'custom', custom: { name: 'g', format: { type: 'text' } } },
      ],
      tool_choice: {
        type: 'allowed_tools',
        allowed_tools: {
          mode: 'auto',
          tools: [
            { type: 'function', function: { name: 'f' } },
            { type: 'custom', custom: { name: 'g' } },
          ],
        },
      },
      parallel_tool_calls: true,
      max_completion_tokens: 7,
      temperature: 0.5,
      top_p: 0.9,
      frequency_penalty: 0.1,
      presence_penalty: 0.2,
      seed: 42,
      n: 2,
      logprobs: true,
      top_logprobs: 2,
      logit_bias: { 1: 2 },
      stop: ['END'],
      response_format: { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object' }, strict: true } },
      reasoning_effort: 'minimal',
      user: 'u',
      safety_identifier: 's',
      metadata: { a: 'b' },
      service_tier: 'priority',
      store: true,
      prompt_cache_key: 'k',
      prompt_cache_retention: '24h',
      verbosity: 'high',
      modalities: ['text', 'audio'],
      audio: { voice: 'ash', format: 'mp3' },
      web_search_options: { search_context_size: 'low' },
      prediction: { type: 'content', content: 'x' },
      some_vendor_field: [1],
    };
    const { body: out, dropped } = openaiChatUpstream.encodeRequest(openaiChatClient.decodeRequest(body, {}), openai);
    expect(out).toEqual({ ...body, stream_options: { include_usage: true } });
    expect(dropped).toEqual([]);
  });
});
