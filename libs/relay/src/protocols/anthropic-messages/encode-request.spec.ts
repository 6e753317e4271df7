import { quirksOf } from '@app/providers';
import { unwrapFreeText } from '../../chat/free-text';
import type { ChatRequest } from '../../chat/request';
import { textAt } from '../../json';
import { decodeRequest } from './decode-request';
import { countTokensBody, encodeRequest } from './encode-request';

const quirks = quirksOf({}, 'anthropic-messages');
const plain: ChatRequest = {
  model: 'claude-sonnet-4-5',
  stream: false,
  system: [],
  turns: [{ role: 'user', blocks: [{ kind: 'text', text: 'Hi' }] }],
  tools: [],
  sampling: {},
  meta: {},
  extensions: [],
};
const encode = (more: Partial<ChatRequest>) => encodeRequest({ ...plain, ...more }, quirks);
const look: ChatRequest['tools'][number] = {
  kind: 'function',
  name: 'look',
  parameters: { type: 'object', properties: {} },
};

describe('a request for Anthropic', () => {
  it('always has a limit, and streams only when wanted', () => {
    expect(encode({}).body).toEqual({
      model: 'claude-sonnet-4-5',
      max_tokens: 32_000,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
    });
    expect(encode({ stream: true, sampling: { maxOutputTokens: 7 } }).body).toMatchObject({
      stream: true,
      max_tokens: 7,
    });
    expect(encode({ sampling: { maxOutputTokens: 0 } }).body.max_tokens).toBe(0);
    expect(encode({ model: 'claude-3-haiku-20240307' }).body.max_tokens).toBe(4_096);
    expect(encode({ model: 'kimi-k2' }).body.max_tokens).toBe(8_192);
  });

  it('names everything Anthropic has no field for, once', () => {
    const { dropped } = encode({
      sampling: {
        seed: 1,
        frequencyPenalty: 0.5,
        presencePenalty: 0,
        candidates: 2,
        logprobs: true,
        topLogprobs: 3,
        logitBias: { 5: 1 },
      },
      meta: {
        metadata: { a: 1 },
        store: true,
        promptCacheKey: 'k',
        verbosity: 'low',
        modalities: ['text', 'audio'],
        serviceTier: 'flex',
      },
      extensions: [{ issuer: 'openai', path: 'prediction', value: {} }],
    });
    expect(dropped.toSorted()).toEqual(
      [
        'extensions.prediction',
        'meta.metadata',
        'meta.modalities',
        'meta.promptCacheKey',
        'meta.serviceTier',
        'meta.store',
        'meta.verbosity',
        'sampling.candidates',
        'sampling.frequencyPenalty',
        'sampling.logitBias',
        'sampling.logprobs',
        'sampling.seed',
        'sampling.topLogprobs',
      ].toSorted(),
    );
  });

  it('says nothing of defaults that need no field', () => {
    const sampling = {
      frequencyPenalty: 0,
      presencePenalty: 0,
      candidates: 1,
      logprobs: false,
      temperature: 1,
      topP: 1,
    };
    expect(
      encode({ model: 'claude-opus-5', sampling, meta: { store: false, modalities: ['text'], serviceTier: 'auto' } })
        .dropped,
    ).toEqual([]);
  });

  it('writes user, tier, and its own extensions where they were', () => {
    const { body } = encode({
      meta: { user: 'u', serviceTier: 'default' },
      extensions: [
        { issuer: 'anthropic', path: 'container', value: 'c1' },
        { issuer: 'anthropic', path: 'metadata.team', value: 't' },
        { issuer: 'anthropic', path: 'output_config.task_budget', value: { total: 5 } },
      ],
    });
    expect(body).toMatchObject({
      metadata: { user_id: 'u', team: 't' },
      service_tier: 'standard_only',
      container: 'c1',
      output_config: { task_budget: { total: 5 } },
    });
  });

  describe('sampling', () => {
    it.each([
      ['claude-sonnet-4', { temperature: 0.5, topP: 0.9, topK: 3 }, { temperature: 0.5, top_p: 0.9, top_k: 3 }, []],
      ['claude-sonnet-4', { temperature: 1.7 }, { temperature: 1 }, ['sampling.temperature']],
      ['claude-sonnet-4-5', { temperature: 0.5, topP: 0.9 }, { temperature: 0.5 }, ['sampling.topP']],
      ['claude-sonnet-4-5', { topP: 0.9 }, { top_p: 0.9 }, []],
      [
        'claude-opus-4-8',
        { temperature: 0.5, topP: 0.9, topK: 3 },
        {},
        ['sampling.temperature', 'sampling.topP', 'sampling.topK'],
      ],
      ['deepseek-chat', { temperature: 1.7, topP: 0.9 }, { temperature: 1.7, top_p: 0.9 }, []],
    ])('%s takes of %j: %j', (model, sampling, expected, dropped) => {
      const { body, dropped: lost } = encode({ model, sampling });
      const { temperature, top_p, top_k } = body;
      expect(JSON.parse(JSON.stringify({ temperature, top_p, top_k }))).toEqual(expected);
      expect(lost).toEqual(expect.arrayContaining(dropped));
      expect(lost).toHaveLength(dropped.length);
    });

    it('leaves temperature and top_k alone while the model thinks', () => {
      const { body, dropped } = encode({
        reasoning: { effort: 'low' },
        sampling: { temperature: 0.2, topP: 0.97, topK: 4 },
      });
      expect(body).toMatchObject({ top_p: 0.97 });
      expect(body).not.toHaveProperty('temperature');
      expect(dropped).toEqual(expect.arrayContaining(['sampling.temperature', 'sampling.topK']));
    });

    it('sends no stop sequence of mere white space, which is refused', () => {
      const { body, dropped } = encode({ sampling: { stop: ['\n', 'END'] } });
      expect(body.stop_sequences).toEqual(['END']);
      expect(dropped).toEqual(['sampling.stop']);
    });
  });

  describe('tools', () => {
    const choice = (more: Partial<ChatRequest>) => encode({ tools: [look], ...more }).body.tool_choice;

    it.each([
      [{ toolChoice: { kind: 'auto' } }, { type: 'auto' }],
      [{ toolChoice: { kind: 'none' } }, { type: 'none' }],
      [{ toolChoice: { kind: 'required' } }, { type: 'any' }],
      [{ toolChoice: { kind: 'tool', name: 'look' } }, { type: 'tool', name: 'look' }],
      [{ parallelToolCalls: false }, { type: 'auto', disable_parallel_tool_use: true }],
      [
        { toolChoice: { kind: 'required' }, parallelToolCalls: false },
        { type: 'any', disable_parallel_tool_use: true },
      ],
      [{ toolChoice: { kind: 'none' }, parallelToolCalls: false }, { type: 'none' }],
      [{ parallelToolCalls: true }, undefined],
    ] as const)('%j → %j', (more, expected) => {
      expect(choice(more)).toEqual(expected);
    });

    it('offers only the tools that are allowed', () => {
      const tools = [look, { ...look, name: 'other' }];
      const { body } = encode({ tools, toolChoice: { kind: 'allowed', names: ['look'], mode: 'required' } });
      expect(body).toMatchObject({ tools: [{ name: 'look' }], tool_choice: { type: 'any' } });
      expect(body.tools).toHaveLength(1);
    });

    it('does not force tools on models that refuse it', () => {
      const { body, dropped } = encode({ model: 'claude-opus-5-5', tools: [look], toolChoice: { kind: 'required' } });
      expect(body.tool_choice).toEqual({ type: 'auto' });
      expect(dropped).toEqual(['toolChoice']);
    });

    it('gives up thinking rather than a forced tool', () => {
      const { body, dropped } = encode({
        tools: [look],
        toolChoice: { kind: 'required' },
        reasoning: { effort: 'high' },
      });
      expect(body).toMatchObject({ tool_choice: { type: 'any' } });
      expect(body).not.toHaveProperty('thinking');
      expect(dropped).toEqual(['reasoning']);
    });

    it('defines the tools of former calls when the caller no longer does', () => {
      const call = { kind: 'tool-call', id: 'c1', name: 'look', input: '{}', type: 'function' } as const;
      const result = {
        kind: 'tool-result',
        callId: 'c1',
        type: 'function',
        content: [{ kind: 'text', text: 'x' }],
      } as const;
      const { body } = encode({
        turns: [...plain.turns, { role: 'assistant', blocks: [call] }, { role: 'user', blocks: [result] }],
      });
      expect(body).toMatchObject({
        tools: [{ name: 'look', input_schema: { type: 'object' } }],
        tool_choice: { type: 'none' },
      });
    });

    it('makes strict what the model can enforce', () => {
      const parameters = {
        type: 'object',
        properties: { n: { type: 'integer', minimum: 1 } },
        required: ['n'],
        additionalProperties: false,
      };
      const strict = { ...look, strict: true, parameters };
      expect(encode({ tools: [strict] })).toMatchObject({
        body: { tools: [{ strict: true, input_schema: { properties: { n: { description: '{minimum: 1}' } } } }] },
        dropped: ['tools[look].parameters'],
      });
      expect(encode({ model: 'claude-sonnet-4', tools: [strict] })).toMatchObject({
        body: { tools: [{ name: 'look', input_schema: parameters }] },
        dropped: ['tools.strict'],
      });
      const many = Array.from({ length: 21 }, (_, index) => ({ ...strict, name: `t${index}` }));
      expect(encode({ tools: many }).dropped).toEqual(['tools.strict']);
    });

    it('stands in for tools other vendors run, and names those it cannot', () => {
      const search = {
        kind: 'hosted',
        issuer: 'openai',
        type: 'web_search',
        does: 'web-search',
        value: {
          type: 'web_search',
          filters: { allowed_domains: ['a.org'] },
          user_location: { type: 'approximate', city: 'Bern' },
        },
      } as const;
      const files = { kind: 'hosted', issuer: 'openai', type: 'file_search', does: 'file-search', value: {} } as const;
      const { body, dropped } = encode({ tools: [search, files] });
      expect(body.tools).toEqual([
        {
          type: 'web_search_20250305',
          name: 'web_search',
          allowed_domains: ['a.org'],
          user_location: { type: 'approximate', city: 'Bern' },
        },
      ]);
      expect(dropped).toEqual(['tools[file_search]']);
      expect(encode({ model: 'glm-5', tools: [search] }).dropped).toEqual(['tools[web_search]']);
    });

    it('lets a free-text tool be called as a function', () => {
      const call = { kind: 'tool-call', id: 'c', name: 'patch', input: 'a "b"', type: 'custom' } as const;
      const { body } = encode({
        tools: [{ kind: 'custom', name: 'patch', description: 'Edits.' }],
        turns: [...plain.turns, { role: 'assistant', blocks: [call] }],
      });
      const sent = (body.messages as { content: { input: object }[] }[])[1]!.content[0]!.input;
      expect(unwrapFreeText(JSON.stringify(sent))).toBe('a "b"');
      expect(body.tools).toMatchObject([{ name: 'patch', description: 'Edits.', input_schema: { type: 'object' } }]);
    });
  });

  describe('the form of the answer', () => {
    const schema = {
      type: 'object',
      properties: { a: { type: 'string' } },
      required: ['a'],
      additionalProperties: false,
    };
    const format = { kind: 'json-schema', name: 'thing', schema, strict: true } as const;
    const lastInstruction = (body: object) => textAt((body as { system: unknown[] }).system.at(-1), 'text');

    it('is enforced where the model can', () => {
      expect(encode({ format })).toEqual({
        body: expect.objectContaining({ output_config: { format: { type: 'json_schema', schema } } }),
        dropped: ['format.name'],
      });
    });

    it('is asked for where it cannot be enforced, and said to be lost', () => {
      const { body, dropped } = encode({ model: 'claude-3-5-haiku-latest', format });
      expect(lastInstruction(body)).toContain(JSON.stringify(schema));
      expect(dropped).toEqual(['format']);
      const json = encode({ format: { kind: 'json' } });
      expect(lastInstruction(json.body)).toContain('valid JSON object');
      expect(json.dropped).toEqual(['format']);
    });
  });

  it('leaves for count_tokens what it takes', () => {
    const { body } = encode({
      system: [{ kind: 'text', text: 's' }],
      tools: [look],
      sampling: { temperature: 0 },
      stream: true,
    });
    expect(Object.keys(countTokensBody(body)).toSorted()).toEqual(['messages', 'model', 'system', 'tools']);
  });

  it('gives a caller of the same protocol all of its request back', () => {
    const body = {
      model: 'claude-opus-4-8',
      max_tokens: 9_000,
      stream: true,
      system: [{ type: 'text', text: 'S', cache_control: { type: 'ephemeral', ttl: '1h' } }],
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look', cache_control: { type: 'ephemeral' } },
            { type: 'image', source: { type: 'url', url: 'https://x/y.png' }, transformations: { resize: 'auto' } },
            {
              type: 'document',
              source: { type: 'base64', media_type: 'application/pdf', data: 'AA==' },
              title: 'T',
              citations: { enabled: true },
            },
            { type: 'document', source: { type: 'content', content: [{ type: 'text', text: 'A' }] } },
            {
              type: 'search_result',
              source: 'https://x',
              title: 'T',
              content: [{ type: 'text', text: 'A' }],
              citations: { enabled: true },
            },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Hm', signature: 'sig==' },
            { type: 'redacted_thinking', data: 'hidden' },
            { type: 'text', text: 'So', citations: [{ type: 'char_location', cited_text: 'A', document_index: 0 }] },
            { type: 'server_tool_use', id: 's1', name: 'web_search', input: { query: 'q' } },
            { type: 'web_search_tool_result', tool_use_id: 's1', content: [] },
            { type: 'tool_use', id: 't1', name: 'look', input: { deep: { a: [1, null] } }, caller: { type: 'direct' } },
          ],
        },
        {
          role: 'user',
          content: [
            {
              type: 'tool_result',
              tool_use_id: 't1',
              is_error: true,
              content: [
                { type: 'text', text: 'no' },
                { type: 'tool_reference', tool_name: 'look' },
              ],
              cache_control: { type: 'ephemeral', ttl: '5m' },
            },
          ],
        },
        { role: 'system', content: [{ type: 'text', text: 'Be quick.' }], clear_at: 'never' },
      ],
      tools: [
        { name: 'look', description: 'd', input_schema: { type: 'object', properties: {} }, defer_loading: true },
        { type: 'web_search_20250305', name: 'web_search', max_uses: 2 },
        { type: 'mcp_toolset', mcp_server_name: 'm' },
      ],
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
      thinking: { type: 'adaptive', display: 'omitted' },
      output_config: {
        effort: 'xhigh',
        format: { type: 'json_schema', schema: { type: 'object', properties: {}, additionalProperties: false } },
      },
      stop_sequences: ['END'],
      metadata: { user_id: 'u' },
      service_tier: 'standard_only',
      cache_control: { type: 'ephemeral' },
      context_management: { edits: [{ type: 'clear_tool_uses_20250919' }] },
      mcp_servers: [{ type: 'url', url: 'https://m', name: 'm' }],
    };
    expect(encodeRequest(decodeRequest(body, {}), quirks)).toEqual({ body, dropped: [] });
  });
});
