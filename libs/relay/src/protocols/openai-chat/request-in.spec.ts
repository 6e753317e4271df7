import type { ChatRequest } from '../../chat/request';
import type { JsonObject } from '../../json';
import { foreignExtras } from '../../chat/extras';
import { RelayError } from '../../relay.errors';
import { openaiChatClient } from './client';

const decode = (body: JsonObject): ChatRequest =>
  openaiChatClient.decodeRequest({ model: 'm', messages: [], ...body }, {});
const user = (content: unknown) => ({ role: 'user', content });
const turnsOf = (...messages: object[]) => decode({ messages }).turns;
const blocksOf = (content: unknown) => turnsOf(user(content))[0]?.blocks;
const text = (value: string) => ({ kind: 'text', text: value });

describe('messages', () => {
  it('system and developer messages before the conversation are its instructions, later ones keep their place', () => {
    const { system, turns } = decode({
      messages: [
        { role: 'system', content: 'a' },
        { role: 'developer', content: [{ type: 'text', text: 'b' }] },
        user('x'),
        { role: 'developer', content: 'c' },
      ],
    });
    expect(system).toEqual([text('a'), text('b')]);
    expect(turns).toEqual([
      { role: 'user', blocks: [text('x')] },
      { role: 'system', blocks: [text('c')] },
    ]);
  });

  it('names are kept', () => {
    expect(turnsOf({ role: 'system', name: 'example_user', content: 'a' }, { ...user('x'), name: 'Ada' })).toEqual([
      { role: 'system', name: 'example_user', blocks: [text('a')] },
      { role: 'user', name: 'Ada', blocks: [text('x')] },
    ]);
  });

  it('results of one row of calls share a turn and know their tool', () => {
    const calls = [
      { id: 'c1', type: 'function', function: { name: 'look', arguments: '{"a":1}' } },
      { id: 'c2', type: 'custom', custom: { name: 'patch', input: '***' } },
    ];
    const turns = turnsOf(
      { role: 'assistant', content: 'Well', tool_calls: calls },
      { role: 'tool', tool_call_id: 'c2', content: 'done' },
      { role: 'tool', tool_call_id: 'c1', content: [{ type: 'text', text: 'seen' }] },
      user('next'),
    );
    expect(turns).toEqual([
      {
        role: 'assistant',
        blocks: [
          text('Well'),
          { kind: 'tool-call', id: 'c1', name: 'look', type: 'function', input: '{"a":1}' },
          { kind: 'tool-call', id: 'c2', name: 'patch', type: 'custom', input: '***' },
        ],
      },
      {
        role: 'user',
        blocks: [
          { kind: 'tool-result', callId: 'c2', name: 'patch', type: 'custom', content: [text('done')] },
          { kind: 'tool-result', callId: 'c1', name: 'look', type: 'function', content: [text('seen')] },
        ],
      },
      { role: 'user', blocks: [text('next')] },
    ]);
  });

  it('ids left out by the client are made up and found again by order', () => {
    const calls = [
      { id: '', type: 'function', function: { name: 'a', arguments: '' } },
      { type: 'function', function: { name: 'b' } },
    ];
    const [, results] = turnsOf(
      { role: 'assistant', tool_calls: calls },
      { role: 'tool', content: '1' },
      { role: 'tool', tool_call_id: '', content: '2' },
    );
    expect(results?.blocks).toMatchObject([
      { callId: 'call__0', name: 'a' },
      { callId: 'call__1', name: 'b' },
    ]);
  });

  it('the deprecated function messages are calls and results', () => {
    const [call, result] = turnsOf(
      { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } },
      { role: 'function', name: 'f', content: '4' },
    );
    expect(call?.blocks).toEqual([{ kind: 'tool-call', id: 'call__0', name: 'f', input: '{}', type: 'function' }]);
    expect(result?.blocks).toEqual([
      { kind: 'tool-result', callId: 'call__0', name: 'f', type: 'function', content: [text('4')] },
    ]);
  });

  it('answers keep refusals and the id of what was spoken', () => {
    const [{ blocks } = { blocks: [] }] = turnsOf({
      role: 'assistant',
      content: null,
      refusal: 'No.',
      audio: { id: 'audio_1' },
    });
    expect(blocks).toEqual([
      { kind: 'refusal', text: 'No.' },
      { kind: 'audio', source: { kind: 'file', id: 'audio_1', issuer: 'openai' }, id: 'audio_1' },
    ]);
  });
});

describe('content parts', () => {
  const data = { kind: 'data', mediaType: 'image/png', data: 'AAEC' };
  const parts: [string, object, object][] = [
    ['text', { type: 'text', text: 'x' }, text('x')],
    [
      'image by URL',
      { type: 'image_url', image_url: { url: 'https://a.example/i.png', detail: 'low' } },
      { kind: 'image', source: { kind: 'url', url: 'https://a.example/i.png' }, detail: 'low' },
    ],
    [
      'image as data',
      { type: 'image_url', image_url: { url: 'data:image/png;base64,AA\nEC' } },
      { kind: 'image', source: data },
    ],
    [
      'image as a bare text',
      { type: 'image_url', image_url: 'data:image/png;base64,AAEC' },
      { kind: 'image', source: data },
    ],
    [
      'audio',
      { type: 'input_audio', input_audio: { data: 'AAEC', format: 'mp3' } },
      { kind: 'audio', source: { kind: 'data', mediaType: 'audio/mpeg', data: 'AAEC' } },
    ],
    [
      'file by id',
      { type: 'file', file: { file_id: 'file-1' } },
      { kind: 'file', source: { kind: 'file', id: 'file-1', issuer: 'openai' } },
    ],
    [
      'file as data',
      { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAEC' } },
      { kind: 'file', source: { kind: 'data', mediaType: 'application/pdf', data: 'AAEC' }, name: 'a.pdf' },
    ],
    [
      'video',
      { type: 'video_url', video_url: { url: 'https://a.example/v.mp4' } },
      { kind: 'video', source: { kind: 'url', url: 'https://a.example/v.mp4' } },
    ],
    [
      'cache mark of OpenAI',
      { type: 'text', text: 'x', prompt_cache_breakpoint: { mode: 'explicit' } },
      { ...text('x'), cache: {} },
    ],
    [
      'cache mark of Anthropic',
      { type: 'text', text: 'x', cache_control: { type: 'ephemeral', ttl: '1h' } },
      { ...text('x'), cache: { ttl: '1h' } },
    ],
    [
      'of a kind nobody knows',
      { type: 'hologram', x: 1 },
      { kind: 'opaque', issuer: 'openai', type: 'hologram', value: { type: 'hologram', x: 1 } },
    ],
  ];
  it.each(parts)('%s', (_, part, block) => expect(blocksOf([part])).toEqual([block]));

  it('empty text is none', () => {
    expect([blocksOf(''), blocksOf(null), blocksOf([{ type: 'text', text: '' }])]).toEqual([[], [], []]);
  });
});

describe('tools', () => {
  it('functions, free-text tools, hosted tools and web search', () => {
    const parameters = { type: 'object', properties: {} };
    const { tools } = decode({
      tools: [
        { type: 'function', function: { name: 'f', description: 'd', parameters, strict: true } },
        { type: 'custom', custom: { name: 'g', format: { type: 'text' } } },
        { type: 'web_search', web_search: {} },
      ],
      web_search_options: { search_context_size: 'low' },
    });
    expect(tools).toEqual([
      { kind: 'function', name: 'f', description: 'd', parameters, strict: true },
      { kind: 'custom', name: 'g', format: { type: 'text' } },
      {
        kind: 'hosted',
        issuer: 'openai',
        type: 'web_search',
        does: 'web-search',
        value: { type: 'web_search', web_search: {} },
      },
      {
        kind: 'hosted',
        issuer: 'openai',
        type: 'web_search_options',
        does: 'web-search',
        value: { search_context_size: 'low' },
      },
    ]);
  });

  it('the deprecated functions call one at a time', () => {
    expect(decode({ functions: [{ name: 'f' }], function_call: { name: 'f' } })).toMatchObject({
      tools: [{ kind: 'function', name: 'f' }],
      toolChoice: { kind: 'tool', name: 'f' },
      parallelToolCalls: false,
      meta: { legacyFunctions: true },
    });
  });

  const choices: [unknown, object][] = [
    ['auto', { kind: 'auto' }],
    ['none', { kind: 'none' }],
    ['required', { kind: 'required' }],
    ['any', { kind: 'required' }],
    [
      { type: 'function', function: { name: 'f' } },
      { kind: 'tool', name: 'f' },
    ],
    [
      { type: 'custom', custom: { name: 'g' } },
      { kind: 'tool', name: 'g' },
    ],
    [
      {
        type: 'allowed_tools',
        allowed_tools: {
          mode: 'required',
          tools: [
            { type: 'function', function: { name: 'f' } },
            { type: 'custom', custom: { name: 'g' } },
          ],
        },
      },
      { kind: 'allowed', names: ['f', 'g'], mode: 'required' },
    ],
  ];
  it.each(choices)('choice %j', (tool_choice, expected) =>
    expect(decode({ tool_choice }).toolChoice).toEqual(expected),
  );
});

describe('everything else', () => {
  it('sampling', () => {
    const body = {
      max_tokens: 5,
      max_completion_tokens: 7,
      temperature: 0,
      top_p: 0.5,
      top_k: 3,
      frequency_penalty: 1,
      presence_penalty: -1,
      seed: 42,
      stop: 'END',
      n: 2,
      logprobs: true,
      top_logprobs: 4,
      logit_bias: { 50256: -100 },
    };
    expect(decode(body).sampling).toEqual({
      maxOutputTokens: 7,
      temperature: 0,
      topP: 0.5,
      topK: 3,
      frequencyPenalty: 1,
      presencePenalty: -1,
      seed: 42,
      stop: ['END'],
      candidates: 2,
      logprobs: true,
      topLogprobs: 4,
      logitBias: { 50256: -100 },
    });
    expect(decode({ max_tokens: 5, stop: ['a', 'b'], temperature: null }).sampling).toEqual({
      maxOutputTokens: 5,
      stop: ['a', 'b'],
    });
  });

  it('who asks, how it is served', () => {
    const body = {
      user: 'u',
      metadata: { a: 'b' },
      service_tier: 'flex',
      store: true,
      prompt_cache_key: 'k',
      verbosity: 'low',
      modalities: ['text', 'audio'],
      audio: { voice: 'ash', format: 'mp3' },
      parallel_tool_calls: false,
    };
    expect(decode(body)).toMatchObject({
      meta: {
        user: 'u',
        metadata: { a: 'b' },
        serviceTier: 'flex',
        store: true,
        promptCacheKey: 'k',
        verbosity: 'low',
        modalities: ['text', 'audio'],
        audio: { voice: 'ash', format: 'mp3' },
      },
      parallelToolCalls: false,
      extensions: [],
    });
    expect(decode({ safety_identifier: 's' })).toMatchObject({ meta: { user: 's' }, extensions: [] });
    expect(decode({ user: 'u', safety_identifier: 's' })).toMatchObject({
      meta: { user: 'u' },
      extensions: [{ issuer: 'openai', path: 'safety_identifier', value: 's' }],
    });
  });

  it('formats', () => {
    const schema = { type: 'object' };
    expect(
      decode({ response_format: { type: 'json_schema', json_schema: { name: 'n', schema, strict: true } } }).format,
    ).toEqual({
      kind: 'json-schema',
      name: 'n',
      schema,
      strict: true,
    });
    expect(decode({ response_format: { type: 'json_object' } }).format).toEqual({ kind: 'json' });
    expect(decode({ response_format: { type: 'regex', regex: 'a+' } })).toMatchObject({
      extensions: [{ path: 'response_format', value: { type: 'regex', regex: 'a+' } }],
    });
  });

  const wishes: [object, object | undefined][] = [
    [{}, undefined],
    [{ reasoning_effort: 'xhigh' }, { effort: 'xhigh' }],
    [{ reasoning: { effort: 'low', exclude: true } }, { effort: 'low', summary: false }],
    [{ reasoning: { max_tokens: 2000 } }, { budgetTokens: 2000 }],
    [{ reasoning: { enabled: false } }, { effort: 'none' }],
    [{ thinking: { type: 'enabled', budget_tokens: 4096 } }, { budgetTokens: 4096 }],
    [{ thinking: { type: 'adaptive' } }, { budgetTokens: -1 }],
    [{ thinking: { type: 'disabled' } }, { effort: 'none' }],
    [{ enable_thinking: true }, { effort: 'medium' }],
    [{ enable_thinking: true, thinking_budget: 100 }, { budgetTokens: 100 }],
    [{ enable_thinking: false, thinking_budget: 100 }, { effort: 'none' }],
  ];
  it.each(wishes)('thinking %j', (body, wish) => expect(decode({ ...body }).reasoning).toEqual(wish));

  it('what it does not know is an extension, null is nothing', () => {
    expect(
      decode({ prediction: { type: 'content', content: 'x' }, min_p: 0.1, seed: null, brand_new: null }).extensions,
    ).toEqual([
      { issuer: 'openai', path: 'prediction', value: { type: 'content', content: 'x' } },
      { issuer: 'openai', path: 'min_p', value: 0.1 },
    ]);
  });
});

describe('what only servers of chat completions know is named', () => {
  const lost = (body: JsonObject) => foreignExtras(decode(body), 'anthropic');
  const own = { prefix: true };
  const call = { id: 'c1', type: 'function', function: { name: 'look', arguments: '{}' } };
  it.each([
    ['that has text', { role: 'assistant', content: 'a' }],
    ['that holds only thoughts', { role: 'assistant', content: null, reasoning_content: 'hm' }],
    ['that holds only a refusal', { role: 'assistant', content: null, refusal: 'No.' }],
    ['that holds only a part nobody knows', user([{ type: 'hologram' }])],
    ['that holds nothing', { role: 'assistant', content: null }],
    ['of the user that holds nothing', user('')],
    ['of the system that holds nothing', { role: 'system', content: '' }],
  ])('of a message %s', (_what, message) => {
    expect(lost({ messages: [{ ...message, ...own }] })).toEqual(['turns.prefix']);
    expect(lost({ messages: [message] })).toEqual([]);
  });

  it('of an entry of tool_calls and of what it calls, beside what its message has', () => {
    const strange = { ...call, index: 0, priority: 1, function: { ...call.function, hint: 'x' } };
    const messages = [{ role: 'assistant', content: null, tool_calls: [strange], ...own }];
    expect(lost({ messages })).toEqual(['turns.priority', 'turns.hint', 'turns.prefix']);
    expect(lost({ messages: [{ role: 'assistant', tool_calls: [{ ...call, index: 0 }] }] })).toEqual([]);
    const custom = { id: 'c2', type: 'custom', custom: { name: 'patch', input: '***', hint: 'x' } };
    expect(lost({ messages: [{ role: 'assistant', tool_calls: [custom] }] })).toEqual(['turns.hint']);
  });

  it('of a tool that takes free text', () => {
    const custom = { name: 'patch', description: 'd', format: { type: 'text' } };
    const strange = { type: 'custom', custom: { ...custom, examples: [] }, cache_control: { type: 'ephemeral' } };
    expect(lost({ tools: [strange] })).toEqual(['tools[patch].cache_control', 'tools[patch].examples']);
    expect(lost({ tools: [{ type: 'custom', custom }] })).toEqual([]);
  });
});

describe('a wrong request names the field', () => {
  const faults: [string, JsonObject][] = [
    ['model', { model: undefined }],
    ['messages', { messages: undefined }],
    ['messages', { messages: 'hi' }],
    ['messages[0]', { messages: ['hi'] }],
    ['messages[0].role', { messages: [{ content: 'x' }] }],
    ['messages[0].role', { messages: [{ role: 'robot', content: 'x' }] }],
    ['messages[1].content', { messages: [user('x'), user(3)] }],
    ['messages[0].content[1]', { messages: [user([{ type: 'text', text: 'a' }, 3])] }],
    ['messages[0].content[0].type', { messages: [user([{ text: 'a' }])] }],
    ['messages[0].content[0].image_url.url', { messages: [user([{ type: 'image_url', image_url: {} }])] }],
    [
      'messages[0].tool_calls[0].function.name',
      { messages: [{ role: 'assistant', tool_calls: [{ id: 'a', type: 'function' }] }] },
    ],
    ['messages[0].content[0].text', { messages: [user([{ type: 'text', text: 5 }])] }],
    ['messages[1].tool_calls', { messages: [user('x'), { role: 'assistant', tool_calls: {} }] }],
    ...[
      ['tool_calls[0].function.arguments', { tool_calls: [{ function: { name: 'f', arguments: 5 } }] }],
      ['tool_calls[0].function.arguments', { tool_calls: [{ function: { name: 'f', arguments: ['x'] } }] }],
      ['tool_calls[0].custom.input', { tool_calls: [{ custom: { name: 'f', input: {} } }] }],
      ['function_call', { function_call: 'f' }],
      ['function_call.arguments', { function_call: { name: 'f', arguments: 5 } }],
    ].map(([param, more]): [string, JsonObject] => [
      `messages[0].${param as string}`,
      { messages: [{ role: 'assistant', ...(more as object) }] },
    ]),
    ...[
      ['', 'f'],
      ['.tools', { tools: 'f' }],
      ['.tools[0]', { tools: ['f'] }],
      ['.tools[0].function.name', { tools: [{ type: 'function' }] }],
    ].map(([rest, allowed_tools]): [string, JsonObject] => [
      `tool_choice.allowed_tools${rest as string}`,
      { tool_choice: { type: 'allowed_tools', allowed_tools } },
    ]),
    ['tools', { tools: {} }],
    ['tools[0].type', { tools: [{}] }],
    ['tools[0].function.name', { tools: [{ type: 'function', function: {} }] }],
    ['tool_choice', { tool_choice: 'perhaps' }],
    ['temperature', { temperature: 'hot' }],
    ['stop', { stop: [1] }],
    ['reasoning_effort', { reasoning_effort: 'huge' }],
    ['response_format.json_schema', { response_format: { type: 'json_schema' } }],
    ['metadata', { metadata: 'x' }],
  ];
  it.each(faults)('%s', (param, body) => {
    const fault = (() => {
      try {
        return decode(body);
      } catch (error) {
        return error;
      }
    })();
    expect(fault).toBeInstanceOf(RelayError);
    expect(fault).toMatchObject({ status: 400, extra: { param } });
    expect(openaiChatClient.errorBody(fault as RelayError, 'req_1')).toMatchObject({
      error: { type: 'invalid_request_error', param },
    });
  });
});
