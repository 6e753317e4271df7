import { quirksOf } from '@app/providers';
import type { ChatRequest } from '../../chat/request';
import type { JsonObject } from '../../json';
import { RelayError } from '../../relay.errors';
import { decodeRequest } from './decode-request';
import { encodeRequest } from './encode-request';
import { inputItems, outputItemsToInput } from './stored';
import { readUsage, writeUsage } from './usage';

const quirks = quirksOf({}, 'openai-responses');
const decode = (body: JsonObject): ChatRequest => decodeRequest({ model: 'gpt-4.1', ...body }, {});
const encode = (request: Partial<ChatRequest>) =>
  encodeRequest(
    {
      model: 'gpt-4.1',
      stream: false,
      system: [],
      turns: [],
      tools: [],
      sampling: {},
      meta: {},
      extensions: [],
      ...request,
    },
    quirks,
  );

const call = { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'f', arguments: '{"a":1}' };
const full: JsonObject = {
  model: 'gpt-4.1',
  instructions: 'Be brief',
  input: [
    { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'Rules' }] },
    {
      type: 'message',
      role: 'user',
      content: [
        { type: 'input_text', text: 'Look' },
        { type: 'input_image', detail: 'high', image_url: 'data:image/png;base64,aGk=' },
        { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,aGk=' },
        { type: 'input_audio', input_audio: { data: 'aGk=', format: 'wav' } },
      ],
    },
    { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'Hm' }], encrypted_content: 'gAAAA=' },
    {
      type: 'message',
      role: 'assistant',
      content: [{ type: 'output_text', text: 'Wait', annotations: [] }],
      phase: 'commentary',
      id: 'msg_1',
    },
    call,
    { type: 'custom_tool_call', call_id: 'call_2', name: 'sql', input: 'SELECT 1' },
    {
      type: 'function_call_output',
      call_id: 'call_1',
      output: [
        { type: 'input_text', text: 'a' },
        { type: 'input_text', text: 'b' },
      ],
    },
    { type: 'custom_tool_call_output', call_id: 'call_2', output: '1' },
    { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'q' } },
    { type: 'item_reference', id: 'msg_9' },
  ],
  tools: [
    { type: 'function', name: 'f', parameters: { type: 'object', properties: {} }, strict: true, defer_loading: true },
    { type: 'custom', name: 'sql', format: { type: 'text' } },
    {
      type: 'namespace',
      name: 'crm',
      description: 'CRM',
      tools: [{ type: 'function', name: 'find', parameters: { type: 'object', properties: {} }, strict: false }],
    },
    { type: 'mcp', server_label: 'x', server_url: 'https://x.example' },
  ],
  tool_choice: {
    type: 'allowed_tools',
    mode: 'required',
    tools: [
      { type: 'function', name: 'f' },
      { type: 'mcp', server_label: 'x' },
    ],
  },
  parallel_tool_calls: false,
  reasoning: { effort: 'low', summary: 'auto' },
  text: { format: { type: 'json_schema', name: 'n', schema: { type: 'object' }, strict: true }, verbosity: 'low' },
  include: ['reasoning.encrypted_content', 'web_search_call.action.sources'],
  max_output_tokens: 100,
  max_tool_calls: 3,
  truncation: 'auto',
  metadata: { a: 'b' },
  prompt_cache_key: 'k',
  safety_identifier: 'u',
  service_tier: 'flex',
  store: false,
  previous_response_id: 'resp_1',
  stream: true,
  stream_options: { include_obfuscation: false },
};

describe('a request of a Responses caller', () => {
  it('keeps everything on the way to a Responses upstream', () => {
    const { body, dropped } = encodeRequest(decode({ ...full, model: 'vendor/m' }), quirks);
    expect(dropped).toEqual([]);
    expect(decode(body)).toEqual(decode({ ...full, model: 'vendor/m' }));
    expect(body.tools).toEqual(full.tools);
    expect(body.tool_choice).toEqual(full.tool_choice);
  });

  it.each([
    ['a text', 'Hi'],
    ['an item without type', [{ role: 'user', content: 'Hi' }]],
    ['parts', [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi' }] }]],
  ])('may say its input as %s', (_as, input) => {
    expect(decode({ input }).turns).toEqual([{ role: 'user', blocks: [{ kind: 'text', text: 'Hi' }] }]);
  });

  it('joins what the model said into one turn, and what its tools answered', () => {
    const { turns } = decode(full);
    expect(turns.map(({ role, blocks }) => [role, ...blocks.map(({ kind }) => kind)])).toEqual([
      ['system', 'text'],
      ['user', 'text', 'image', 'file', 'audio'],
      ['assistant', 'reasoning', 'text', 'tool-call', 'tool-call'],
      ['user', 'tool-result', 'tool-result'],
      ['assistant', 'opaque', 'opaque'],
    ]);
  });

  it('matches results by call_id, never by the id of the item', () => {
    const [, turn] = decode({ input: [call, { type: 'function_call_output', call_id: 'call_1', output: 'x' }] }).turns;
    expect(turn?.blocks[0]).toMatchObject({ callId: 'call_1', name: 'f' });
  });

  it('loses no tools told in the middle (additional_tools, CLIProxyAPI #5753)', () => {
    const input = [{ role: 'developer', type: 'additional_tools', tools: [{ type: 'function', name: 'late' }] }];
    expect(decode({ input }).tools).toEqual([{ kind: 'function', name: 'late' }]);
  });

  it('keeps state and other fields of OpenAI as extensions', () => {
    const paths = decode(full).extensions.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining(['previous_response_id', 'max_tool_calls', 'truncation', 'include', 'tool_choice']),
    );
    expect(decode({ input: 'x', truncation: 'disabled', background: false }).extensions).toEqual([]);
  });

  it.each<[string, JsonObject]>([
    ['model', { model: 1 }],
    ['input', { input: 5 }],
    ['input[0].role', { input: [{ role: 'robot', content: '' }] }],
    ['input[0].type', { input: [{}] }],
    ['input[0].name', { input: [{ type: 'function_call', call_id: 'c' }] }],
    ['input[0].call_id', { input: [{ type: 'function_call_output', output: '' }] }],
    ['tools[0].name', { input: '', tools: [{ type: 'function' }] }],
    ['reasoning.effort', { input: '', reasoning: { effort: 'huge' } }],
    ['temperature', { input: '', temperature: 'hot' }],
    ['text.format', { input: '', text: { format: 'json' } }],
    ['text.format.schema', { input: '', text: { format: { type: 'json_schema', name: 'a' } } }],
    ['text.format.schema', { input: '', text: { format: { type: 'json_schema', schema: 'a' } } }],
    ['input[0].summary', { input: [{ type: 'reasoning', summary: 'Hm.' }] }],
    ['input[0].content', { input: [{ type: 'reasoning', summary: [], content: {} }] }],
    ['input[0].content[1].text', { input: [{ role: 'user', content: ['x', { type: 'input_text', text: 5 }] }] }],
    ['input[0].arguments', { input: [{ type: 'function_call', call_id: 'c', name: 'f', arguments: 5 }] }],
    ['input[0].input', { input: [{ type: 'custom_tool_call', call_id: 'c', name: 'f', input: {} }] }],
  ])('is refused naming %s', (param, body) => {
    expect.assertions(2);
    try {
      decode(body);
    } catch (error) {
      expect(error).toBeInstanceOf(RelayError);
      expect((error as RelayError).extra.param).toBe(param);
    }
  });
});

describe('a request to a Responses upstream', () => {
  it('switches strict off where it was not asked for, because leaving it out switches it on', () => {
    const { body } = encode({ tools: [{ kind: 'function', name: 'f' }] });
    expect(body.tools).toEqual([
      { type: 'function', name: 'f', parameters: { type: 'object', properties: {} }, strict: false },
    ]);
  });

  it('leaves no copy at the upstream unless the caller wants one, and has thoughts sent along instead', () => {
    expect(encode({ model: 'gpt-5', reasoning: { effort: 'low' } }).body).toMatchObject({
      store: false,
      include: ['reasoning.encrypted_content'],
    });
    expect(encode({ meta: { store: true } }).body).toMatchObject({ store: true });
    expect(encode({}).body).not.toHaveProperty('include');
  });

  it("sends no other vendor's signature and says so", () => {
    const blocks = [
      { kind: 'reasoning', text: 'Hm', signature: { issuer: 'anthropic', value: 's' } },
      { kind: 'text', text: 'A' },
    ] as const;
    const { body, dropped } = encode({ turns: [{ role: 'assistant', blocks }] });
    expect(dropped).toEqual(['turns.reasoning']);
    expect(JSON.stringify(body)).not.toContain('"s"');
  });

  it('names what the protocol cannot say, each once', () => {
    const { dropped } = encode({
      sampling: { seed: 1, stop: ['x'], topK: 5, maxOutputTokens: 1 },
      tools: [{ kind: 'hosted', issuer: 'anthropic', type: 'bash_20250124', value: {} }],
      extensions: [{ issuer: 'anthropic', path: 'context_management', value: {} }],
      turns: [1, 2].map(() => ({
        role: 'user',
        blocks: [{ kind: 'video', source: { kind: 'url', url: 'https://v' } }],
      })),
    });
    expect([...dropped].sort()).toEqual([
      'extensions.context_management',
      'sampling.maxOutputTokens',
      'sampling.seed',
      'sampling.stop',
      'sampling.topK',
      'tools[bash_20250124]',
      'turns.video',
    ]);
  });

  it.each([
    ['gpt-5', { budgetTokens: 0 }, 'minimal'],
    ['gpt-5.2', { budgetTokens: 0 }, 'none'],
    ['o3', { effort: 'max' }, 'high'],
    ['gpt-5.2', { budgetTokens: 16_384 }, 'high'],
    ['vendor/m', { effort: 'max' }, 'max'],
  ] as const)('asks %s to think as told by %j', (model, reasoning, effort) => {
    expect(encode({ model, reasoning }).body.reasoning).toMatchObject({ effort });
  });

  it('sends no temperature to models that refuse it', () => {
    expect(encode({ model: 'o3', sampling: { temperature: 0.2 } })).toMatchObject({
      dropped: ['sampling.temperature'],
    });
    expect(encode({ sampling: { temperature: 0.2 } }).body).toMatchObject({ temperature: 0.2 });
  });

  it('shortens ids that are too long the same way for call and result', () => {
    const id = 'x'.repeat(100);
    const { body } = encode({
      turns: [
        { role: 'assistant', blocks: [{ kind: 'tool-call', id, name: 'f', type: 'function', input: '' }] },
        { role: 'user', blocks: [{ kind: 'tool-result', callId: id, type: 'function', content: [] }] },
      ],
    });
    const [made, result] = body.input as JsonObject[];
    expect(made).toMatchObject({ arguments: '{}' });
    expect(String(made?.call_id).length).toBeLessThanOrEqual(64);
    expect(result?.call_id).toBe(made?.call_id);
  });
});

describe('usage of responses', () => {
  const told = {
    input_tokens: 100,
    input_tokens_details: { cached_tokens: 60, cache_write_tokens: 10 },
    output_tokens: 50,
    output_tokens_details: { reasoning_tokens: 20 },
    total_tokens: 150,
  };

  it('is cut into buckets that do not overlap, and put together again', () => {
    const usage = readUsage(told, quirks)!;
    expect(usage).toEqual({ input: 30, cacheRead: 60, cacheWrite: 10, output: 30, reasoning: 20 });
    expect(writeUsage(usage)).toEqual(told);
  });

  it('is absent where there is none, which is not zero', () => {
    expect(readUsage(null, quirks)).toBeUndefined();
    expect(readUsage({}, quirks)).toBeUndefined();
  });
});

describe('stored responses', () => {
  it('put their output before the next input', () => {
    const message = { type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', phase: null };
    const output = [
      { type: 'reasoning', id: 'rs_1', summary: [] },
      { ...message, content: [{ type: 'output_text', text: 'Hi', annotations: [], logprobs: [] }] },
      { ...call, status: 'in_progress' },
    ];
    const { phase: _phase, ...kept } = message;
    expect(outputItemsToInput(output)).toEqual([
      { ...kept, content: [{ type: 'output_text', text: 'Hi', annotations: [] }] },
    ]);
  });

  it('list their input with types and ids, the same each time', () => {
    const body = { input: [{ role: 'user', content: 'Hi' }, { call_id: 'c', output: 'x' }, { ...call }] };
    const items = inputItems(body, 'resp_1');
    expect(items).toEqual(inputItems(body, 'resp_1'));
    expect(items).toMatchObject([
      { type: 'message', role: 'user', status: 'completed', content: [{ type: 'input_text', text: 'Hi' }] },
      { type: 'function_call_output', call_id: 'c' },
      call,
    ]);
    expect(new Set(items.map(({ id }) => id)).size).toBe(3);
  });
});
