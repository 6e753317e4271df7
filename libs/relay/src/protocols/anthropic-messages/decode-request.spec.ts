import type { JsonObject } from '../../json';
import { RelayError } from '../../relay.errors';
import { seal } from '../../chat/signature';
import { decodeRequest } from './decode-request';

const base = { model: 'claude-sonnet-4-5', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] };
const decode = (more: object) => decodeRequest({ ...base, ...more } as JsonObject, {});
const blocks = (content: unknown, role = 'user') => decode({ messages: [{ role, content }] }).turns[0]!.blocks;

describe('a request to Anthropic messages, read', () => {
  it('takes texts as blocks', () => {
    const { system, turns, sampling, model, stream } = decode({ system: 'Be brief.' });
    expect({ system, turns, sampling, model, stream }).toEqual({
      model: 'claude-sonnet-4-5',
      stream: false,
      system: [{ kind: 'text', text: 'Be brief.' }],
      turns: [{ role: 'user', blocks: [{ kind: 'text', text: 'Hi' }] }],
      sampling: { maxOutputTokens: 100 },
    });
  });

  it('takes the body of count_tokens, which has no max_tokens', () => {
    expect(decodeRequest({ model: 'm', messages: base.messages }, {}).sampling).toEqual({});
  });

  it('takes system blocks with their cache marks', () => {
    const system = [{ type: 'text', text: 'Long', cache_control: { type: 'ephemeral', ttl: '1h' } }];
    expect(decode({ system }).system).toEqual([{ kind: 'text', text: 'Long', cache: { ttl: '1h' } }]);
  });

  it('takes sampling, user and tier', () => {
    const { sampling, meta } = decode({
      temperature: 0.5,
      top_p: 0.9,
      top_k: 5,
      stop_sequences: ['END'],
      metadata: { user_id: 'u1' },
      service_tier: 'standard_only',
    });
    expect(sampling).toEqual({ maxOutputTokens: 100, temperature: 0.5, topP: 0.9, topK: 5, stop: ['END'] });
    expect(meta).toEqual({ user: 'u1', serviceTier: 'default' });
  });

  it('keeps what only Anthropic knows as extensions, and nulls not at all', () => {
    const { extensions } = decode({
      context_management: { edits: [] },
      container: null,
      output_config: { effort: 'low', task_budget: { total: 9 } },
      metadata: { user_id: 'u', team: 't' },
    });
    expect(extensions).toEqual([
      { issuer: 'anthropic', path: 'context_management', value: { edits: [] } },
      { issuer: 'anthropic', path: 'output_config.task_budget', value: { total: 9 } },
      { issuer: 'anthropic', path: 'metadata.team', value: 't' },
    ]);
  });

  it.each([
    [{ thinking: { type: 'enabled', budget_tokens: 2048 } }, { budgetTokens: 2048 }],
    [{ thinking: { type: 'adaptive', display: 'summarized' } }, { budgetTokens: -1, summary: 'auto' }],
    [{ thinking: { type: 'adaptive', display: 'omitted' } }, { budgetTokens: -1, summary: false }],
    [{ thinking: { type: 'disabled' } }, { budgetTokens: 0 }],
    [{ thinking: { type: 'between_tools' } }, { budgetTokens: 0 }],
    [{ output_config: { effort: 'xhigh' } }, { effort: 'xhigh' }],
    [
      { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } },
      { budgetTokens: -1, effort: 'low' },
    ],
    [{ thinking: null }, undefined],
  ])('thinking: %j → %j', (body, reasoning) => {
    expect(decode(body).reasoning).toEqual(reasoning);
  });

  it('takes a schema for the answer, in the old place too', () => {
    const format = { type: 'json_schema', schema: { type: 'object' } };
    const expected = { kind: 'json-schema', schema: { type: 'object' }, strict: true };
    expect(decode({ output_config: { format } }).format).toEqual(expected);
    expect(decode({ output_format: format }).format).toEqual(expected);
  });

  it.each([
    [{ type: 'auto' }, { toolChoice: { kind: 'auto' } }],
    [
      { type: 'any', disable_parallel_tool_use: true },
      { toolChoice: { kind: 'required' }, parallelToolCalls: false },
    ],
    [{ type: 'tool', name: 'f' }, { toolChoice: { kind: 'tool', name: 'f' } }],
    [{ type: 'none' }, { toolChoice: { kind: 'none' } }],
  ])('tool choice: %j → %j', (tool_choice, expected) => {
    const { toolChoice, parallelToolCalls } = decode({ tool_choice });
    expect({ toolChoice, parallelToolCalls }).toEqual(expected);
  });

  it('tells tools of the caller from tools of Anthropic', () => {
    const search = { type: 'web_search_20250305', name: 'web_search', max_uses: 3 };
    const memory = { type: 'memory_20250818', name: 'memory' };
    const { tools } = decode({
      tools: [
        {
          name: 'f',
          description: 'd',
          input_schema: { type: 'object' },
          strict: true,
          defer_loading: true,
          cache_control: { type: 'ephemeral' },
        },
        search,
        memory,
      ],
    });
    expect(tools).toEqual([
      {
        kind: 'function',
        name: 'f',
        description: 'd',
        parameters: { type: 'object' },
        strict: true,
        cache: {},
        extra: { issuer: 'anthropic', fields: { defer_loading: true } },
      },
      { kind: 'hosted', issuer: 'anthropic', type: 'web_search_20250305', does: 'web-search', value: search },
      { kind: 'hosted', issuer: 'anthropic', type: 'memory_20250818', value: memory },
    ]);
  });

  it.each([
    [
      'base64',
      { type: 'base64', media_type: 'image/png', data: 'AA==' },
      { kind: 'data', mediaType: 'image/png', data: 'AA==' },
    ],
    ['url', { type: 'url', url: 'https://x/y.png' }, { kind: 'url', url: 'https://x/y.png' }],
    ['file', { type: 'file', file_id: 'file_1' }, { kind: 'file', id: 'file_1', issuer: 'anthropic' }],
  ])('takes images by %s', (_name, source, expected) => {
    expect(blocks([{ type: 'image', source }])).toEqual([{ kind: 'image', source: expected }]);
  });

  it('takes documents with title, context and the wish for citations', () => {
    const source = { type: 'text', media_type: 'text/plain', data: 'Facts.' };
    expect(
      blocks([{ type: 'document', source, title: 'facts.txt', context: 'old', citations: { enabled: true } }]),
    ).toEqual([
      {
        kind: 'file',
        source: { kind: 'text', text: 'Facts.', mediaType: 'text/plain' },
        name: 'facts.txt',
        context: 'old',
        citations: true,
      },
    ]);
  });

  it('gives search results to others as texts with a title', () => {
    const result = {
      type: 'search_result',
      source: 'https://x',
      title: 'T',
      content: [
        { type: 'text', text: 'One' },
        { type: 'text', text: 'Two' },
      ],
    };
    expect(blocks([result])).toMatchObject([
      { kind: 'file', name: 'T', source: { kind: 'text', text: 'https://x\n\nOne\n\nTwo' } },
    ]);
  });

  it('takes tool results with errors and images, and finds the name of their tool', () => {
    const { turns } = decode({
      messages: [
        { role: 'user', content: 'x' },
        { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'look', input: { a: 1 } }] },
        {
          role: 'user',
          content: [
            {
              type: 'tool_result',
              tool_use_id: 't1',
              is_error: true,
              content: [
                { type: 'text', text: 'broken' },
                { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AA==' } },
              ],
            },
          ],
        },
      ],
    });
    expect(turns[1]!.blocks).toEqual([
      { kind: 'tool-call', id: 't1', name: 'look', input: '{"a":1}', type: 'function' },
    ]);
    expect(turns[2]!.blocks).toMatchObject([
      {
        kind: 'tool-result',
        callId: 't1',
        name: 'look',
        isError: true,
        content: [{ kind: 'text', text: 'broken' }, { kind: 'image' }],
      },
    ]);
  });

  it('takes thoughts with their signatures, foreign ones out of their envelope', () => {
    const gemini = { issuer: 'gemini', value: 'g==' } as const;
    const openai = { issuer: 'openai', value: 'o==' } as const;
    expect(
      blocks(
        [
          { type: 'thinking', thinking: 'Hm.', signature: 'own==' },
          { type: 'redacted_thinking', data: 'hidden' },
          { type: 'thinking', thinking: '', signature: seal(openai) },
          { type: 'thinking', thinking: 'Unsigned', signature: '' },
          { type: 'tool_use', id: 't', name: 'f', input: {} },
          { type: 'thinking', thinking: '', signature: seal(gemini) },
        ],
        'assistant',
      ),
    ).toEqual([
      { kind: 'reasoning', text: 'Hm.', signature: { issuer: 'anthropic', value: 'own==' } },
      { kind: 'reasoning', text: '', signature: { issuer: 'anthropic', value: 'hidden' }, redacted: true },
      { kind: 'reasoning', text: '', signature: openai },
      { kind: 'reasoning', text: 'Unsigned' },
      { kind: 'tool-call', id: 't', name: 'f', input: '{}', type: 'function', signature: gemini },
    ]);
  });

  it('keeps server tools, their results and unknown blocks whole', () => {
    const block = { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'q' } };
    expect(blocks([block], 'assistant')).toEqual([
      { kind: 'opaque', issuer: 'anthropic', type: 'server_tool_use', value: block },
    ]);
  });

  it.each<readonly [object, string]>([
    [{ messages: undefined }, 'messages'],
    [{ model: '' }, 'model'],
    [{ messages: [{ role: 'tool', content: 'x' }] }, 'messages.0.role'],
    [{ messages: [{ role: 'user', content: 5 }] }, 'messages.0.content'],
    [{ messages: [{ role: 'user', content: [{ text: 'x' }] }] }, 'messages.0.content.0.type'],
    [{ messages: [{ role: 'user', content: [{ type: 'tool_result' }] }] }, 'messages.0.content.0.tool_use_id'],
    [
      { messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'x' } }] }] },
      'messages.0.content.0.source.type',
    ],
    [{ system: [{ type: 'image', source: { type: 'url', url: 'https://x' } }] }, 'system.0.type'],
    [{ max_tokens: 'many' }, 'max_tokens'],
    [{ tools: [{ input_schema: {} }] }, 'tools.0.name'],
    [{ tool_choice: { type: 'all' } }, 'tool_choice.type'],
    [{ tool_choice: { type: 'tool' } }, 'tool_choice.name'],
    [{ messages: [{ role: 'assistant', content: [{ type: 'tool_use', id: 't' }] }] }, 'messages.0.content.0.name'],
    ...(
      [
        ['image', 'base64', 'data'],
        ['image', 'url', 'url'],
        ['document', 'file', 'file_id'],
        ['document', 'text', 'data'],
      ] as const
    ).map(([type, source, field]): [object, string] => [
      { messages: [{ role: 'user', content: [{ type, source: { type: source } }] }] },
      `messages.0.content.0.source.${field}`,
    ]),
    [{ tools: [{ name: 'f', input_schema: 'object' }] }, 'tools.0.input_schema'],
    [{ tools: [{ name: 'f', input_schema: [] }] }, 'tools.0.input_schema'],
    [{ thinking: { type: 'sometimes' } }, 'thinking.type'],
    [{ thinking: {} }, 'thinking.type'],
    [{ output_config: { effort: 'huge' } }, 'output_config.effort'],
    [{ output_config: { effort: 3 } }, 'output_config.effort'],
  ])('refuses %j and names the field', (more, param) => {
    let caught: unknown;
    try {
      decode(more);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(RelayError);
    expect(caught).toMatchObject({ status: 400, extra: { param } });
  });
});
