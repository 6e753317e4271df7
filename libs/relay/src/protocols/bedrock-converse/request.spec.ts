import { findProvider, quirksOf } from '@app/providers';
import type { Block } from '../../chat/blocks';
import type { ChatRequest, Tool } from '../../chat/request';
import { type JsonObject, objectAt } from '../../json';
import { clientFace, upstreamFace } from '../faces';

const quirks = quirksOf(findProvider('bedrock')!, 'bedrock-converse');
const CLAUDE = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const NOVA = 'us.amazon.nova-2-lite-v1:0';
const LLAMA = 'meta.llama3-1-70b-instruct-v1:0';

const request = (over: Partial<ChatRequest> = {}, model = CLAUDE): ChatRequest => ({
  model,
  stream: false,
  system: [],
  turns: [{ role: 'user', blocks: [{ kind: 'text', text: 'hi' }] }],
  tools: [],
  sampling: {},
  meta: {},
  extensions: [],
  ...over,
});

const encode = (over: Partial<ChatRequest> = {}, model = CLAUDE) =>
  upstreamFace('bedrock-converse').encodeRequest(request(over, model), quirks);
const bodyOf = (over: Partial<ChatRequest> = {}, model = CLAUDE): JsonObject => encode(over, model).body;
const user = (...blocks: Block[]): ChatRequest['turns'][number] => ({ role: 'user', blocks });
const assistant = (...blocks: Block[]): ChatRequest['turns'][number] => ({ role: 'assistant', blocks });
const contentOf = (...blocks: Block[]): unknown =>
  (bodyOf({ turns: [user(...blocks)] }).messages as JsonObject[])[0]?.content;

const weather: Tool = {
  kind: 'function',
  name: 'weather',
  description: 'w',
  parameters: { type: 'object', properties: { city: {} } },
};
const call: Block = { kind: 'tool-call', id: 'c1', name: 'weather', type: 'function', input: '{"city":"Rome"}' };
const spec = { toolSpec: { name: 'weather', description: 'w', inputSchema: { json: weather.parameters } } };

describe('a request to Converse', () => {
  it('has neither model nor stream: both are in its path', () => {
    expect(bodyOf({ stream: true })).toEqual({ messages: [{ role: 'user', content: [{ text: 'hi' }] }] });
  });

  it.each<[string, Block, unknown]>([
    [
      'an image',
      { kind: 'image', source: { kind: 'data', mediaType: 'image/jpeg', data: 'AA==' } },
      [{ image: { format: 'jpeg', source: { bytes: 'AA==' } } }],
    ],
    [
      'an image in a data URL',
      { kind: 'image', source: { kind: 'url', url: 'data:image/png;base64,AA==' } },
      [{ image: { format: 'png', source: { bytes: 'AA==' } } }],
    ],
    [
      'a PDF, with the words it needs and a name it may have',
      {
        kind: 'file',
        name: 'Q3_report (final).pdf',
        source: { kind: 'data', mediaType: 'application/pdf', data: 'AA==' },
      },
      [
        { document: { format: 'pdf', name: 'Q3 report (final)', source: { bytes: 'AA==' } } },
        { text: '(See the document.)' },
      ],
    ],
    [
      'a text as a document',
      { kind: 'file', source: { kind: 'text', text: 'hé' }, citations: true, context: 'c' },
      [
        {
          document: {
            format: 'txt',
            name: 'document',
            source: { bytes: 'aMOp' },
            context: 'c',
            citations: { enabled: true },
          },
        },
        { text: '(See the document.)' },
      ],
    ],
    [
      'a video in S3',
      { kind: 'video', source: { kind: 'url', url: 's3://b/v.mp4', mediaType: 'video/mp4' } },
      [{ video: { format: 'mp4', source: { s3Location: { uri: 's3://b/v.mp4' } } } }],
    ],
    [
      'a cache mark',
      { kind: 'text', text: 'a', cache: { ttl: '1h' } },
      [{ text: 'a' }, { cachePoint: { type: 'default', ttl: '1h' } }],
    ],
  ])('says %s', (_, block, content) => {
    expect(contentOf(block)).toEqual(content);
  });

  it('gives every document a name of its own', () => {
    const file: Block = {
      kind: 'file',
      name: 'a.pdf',
      source: { kind: 'data', mediaType: 'application/pdf', data: 'AA==' },
    };
    const names = (contentOf({ kind: 'text', text: 'x' }, file, file) as JsonObject[]).map(
      (block) => objectAt(block, 'document')?.name,
    );
    expect(names).toEqual([undefined, 'a', 'a 2']);
  });

  it.each<[string, Block, string]>([
    [
      'pictures on the web, which AWS does not fetch',
      { kind: 'image', source: { kind: 'url', url: 'https://x/a.png' } },
      'turns.image',
    ],
    [
      'files of unknown kinds',
      { kind: 'file', source: { kind: 'data', mediaType: 'application/zip', data: 'AA==' } },
      'turns.file',
    ],
    ['sound', { kind: 'audio', source: { kind: 'data', mediaType: 'audio/wav', data: 'AA==' } }, 'turns.audio'],
  ])('names %s as dropped', (_, block, name) => {
    expect(encode({ turns: [user(block, { kind: 'text', text: 'x' })] }).dropped).toEqual([name]);
  });

  it('joins turns, begins with the user and moves instructions to the front', () => {
    const { body, dropped } = encode({
      system: [{ kind: 'text', text: 's', cache: {} }],
      turns: [
        assistant({ kind: 'text', text: 'a' }),
        user({ kind: 'text', text: 'b' }),
        { role: 'system', blocks: [{ kind: 'text', text: 't' }] },
        user({ kind: 'text', text: 'c' }, { kind: 'text', text: '  ' }),
      ],
    });
    expect(body.system).toEqual([{ text: 's' }, { cachePoint: { type: 'default' } }, { text: 't' }]);
    expect(body.messages).toEqual([
      { role: 'user', content: [{ text: '(The assistant opens the conversation.)' }] },
      { role: 'assistant', content: [{ text: 'a' }] },
      { role: 'user', content: [{ text: 'b' }, { text: 'c' }] },
    ]);
    expect(dropped).toEqual(['turns.system']);
  });
});

describe('tools over Converse', () => {
  const results: Block[] = [
    { kind: 'text', text: 'and?' },
    {
      kind: 'tool-result',
      callId: 'c1',
      type: 'function',
      isError: true,
      content: [
        { kind: 'text', text: 'no such city' },
        { kind: 'image', source: { kind: 'data', mediaType: 'image/png', data: 'AA==' } },
      ],
    },
  ];

  it('carry calls, and results with errors and pictures, results first', () => {
    const { messages, toolConfig } = bodyOf({
      tools: [weather],
      turns: [user({ kind: 'text', text: 'x' }), assistant(call), user(...results)],
    });
    expect(toolConfig).toEqual({ tools: [spec] });
    expect((messages as JsonObject[])[1]?.content).toEqual([
      { toolUse: { toolUseId: 'c1', name: 'weather', input: { city: 'Rome' } } },
    ]);
    expect((messages as JsonObject[])[2]?.content).toEqual([
      {
        toolResult: {
          toolUseId: 'c1',
          content: [{ text: 'no such city' }, { image: { format: 'png', source: { bytes: 'AA==' } } }],
          status: 'error',
        },
      },
      { text: 'and?' },
    ]);
  });

  it('are named when only the conversation knows them', () => {
    expect(
      bodyOf({ turns: [user({ kind: 'text', text: 'x' }), assistant(call), user(...results)] }).toolConfig,
    ).toEqual({
      tools: [{ toolSpec: { name: 'weather', inputSchema: { json: { type: 'object', properties: {} } } } }],
    });
  });

  it('have ids AWS takes, the same for call and result', () => {
    const long = `functions.weather:0${'x'.repeat(80)}`;
    const turns = [
      user({ kind: 'text', text: 'x' }),
      assistant({ ...call, id: long }),
      user({ kind: 'tool-result', callId: long, type: 'function', content: [] }),
    ];
    const [, called, answered] = bodyOf({ turns }).messages as { content: JsonObject[] }[];
    const id = objectAt(called?.content[0], 'toolUse')?.toolUseId;
    expect(id).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    expect(objectAt(answered?.content[0], 'toolResult')?.toolUseId).toBe(id);
  });

  it.each<[string, Partial<ChatRequest>, string, unknown, string[]]>([
    ['auto', { toolChoice: { kind: 'auto' } }, CLAUDE, { tools: [spec], toolChoice: { auto: {} } }, []],
    ['any', { toolChoice: { kind: 'required' } }, CLAUDE, { tools: [spec], toolChoice: { any: {} } }, []],
    [
      'one',
      { toolChoice: { kind: 'tool', name: 'weather' } },
      NOVA,
      { tools: [spec], toolChoice: { tool: { name: 'weather' } } },
      [],
    ],
    [
      'any of a model that cannot be forced',
      { toolChoice: { kind: 'required' } },
      LLAMA,
      { tools: [spec] },
      ['toolChoice'],
    ],
    ['none, by having none', { toolChoice: { kind: 'none' } }, CLAUDE, undefined, []],
    ['not two at once', { parallelToolCalls: false }, CLAUDE, { tools: [spec] }, ['parallelToolCalls']],
    [
      'what the upstream runs',
      { tools: [{ kind: 'hosted', issuer: 'openai', type: 'web_search', value: {} }] },
      CLAUDE,
      undefined,
      ['tools[web_search]'],
    ],
  ])('are called as wished: %s', (_, over, model, toolConfig, dropped) => {
    const encoded = encode({ tools: [weather], ...over }, model);
    expect(encoded.body.toolConfig).toEqual(toolConfig);
    expect(encoded.dropped).toEqual(dropped);
  });
});

describe('sampling, thinking and form over Converse', () => {
  it.each<[string, Partial<ChatRequest>, string, JsonObject, string[]]>([
    [
      'sampling',
      { sampling: { maxOutputTokens: 9, temperature: 1.5, topK: 3, stop: ['x', ' '], seed: 1 } },
      CLAUDE,
      {
        inferenceConfig: { maxTokens: 9, temperature: 1, stopSequences: ['x'] },
        additionalModelRequestFields: { top_k: 3 },
      },
      ['sampling.seed', 'sampling.temperature', 'sampling.stop'],
    ],
    [
      'Nova',
      { sampling: { topP: 0.5, topK: 3 }, reasoning: { effort: 'low' } },
      NOVA,
      {
        inferenceConfig: { topP: 0.5 },
        additionalModelRequestFields: {
          inferenceConfig: { topK: 3 },
          reasoningConfig: { type: 'enabled', maxReasoningEffort: 'low' },
        },
      },
      [],
    ],
    [
      'gpt-oss',
      { reasoning: { effort: 'xhigh' } },
      'openai.gpt-oss-120b-1:0',
      { additionalModelRequestFields: { reasoning_effort: 'high' } },
      [],
    ],
    ['a model that does not think', { reasoning: { effort: 'high' } }, LLAMA, {}, ['reasoning']],
    [
      'a thinking budget, above which the limit stays',
      { reasoning: { effort: 'low' }, sampling: { temperature: 0.3 } },
      CLAUDE,
      {
        inferenceConfig: { maxTokens: 32000 },
        additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 2048 } },
      },
      ['sampling.temperature'],
    ],
    [
      'an effort',
      { reasoning: { effort: 'high' } },
      'anthropic.claude-opus-4-7',
      {
        inferenceConfig: { maxTokens: 32000 },
        additionalModelRequestFields: { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } },
      },
      [],
    ],
    [
      'no thinking against a forced tool',
      { reasoning: { effort: 'low' }, tools: [weather], toolChoice: { kind: 'required' } },
      CLAUDE,
      { toolConfig: { tools: [spec], toolChoice: { any: {} } } },
      ['reasoning'],
    ],
    [
      'a strict schema',
      { format: { kind: 'json-schema', name: 'n', strict: true, schema: { type: 'object' } } },
      CLAUDE,
      {
        outputConfig: {
          textFormat: { type: 'json_schema', structure: { jsonSchema: { schema: '{"type":"object"}', name: 'n' } } },
        },
      },
      [],
    ],
    [
      'what only Anthropic knows, to a Claude',
      {
        extensions: [
          { issuer: 'anthropic', path: 'anthropic_beta', value: ['b'] },
          { issuer: 'openai', path: 'x', value: 1 },
        ],
      },
      CLAUDE,
      { additionalModelRequestFields: { anthropic_beta: ['b'] } },
      ['extensions.x'],
    ],
    [
      'tier and labels',
      { meta: { serviceTier: 'flex', metadata: { team: 'a b' }, user: 'u' } },
      CLAUDE,
      { serviceTier: { type: 'flex' }, requestMetadata: { team: 'a b' } },
      ['meta.user'],
    ],
  ])('fits %s', (_, over, model, wanted, dropped) => {
    const { body, dropped: lost } = encode(over, model);
    const { messages: _messages, ...rest } = body;
    expect(rest).toEqual(wanted);
    expect(lost).toEqual(dropped);
  });

  it('asks in words for a form that is not enforced', () => {
    const { body, dropped } = encode({ format: { kind: 'json' } });
    expect(JSON.stringify(body.system)).toContain('valid JSON object');
    expect(dropped).toEqual(['format']);
  });
});

describe('thoughts over Converse', () => {
  it('go back byte for byte to a Claude, before the call they led to, from a caller of Anthropic Messages', () => {
    const asked = {
      model: CLAUDE,
      max_tokens: 3000,
      thinking: { type: 'enabled', budget_tokens: 1024 },
      messages: [
        { role: 'user', content: 'x' },
        {
          role: 'assistant',
          content: [
            { type: 'redacted_thinking', data: 'EvAFCoYBGAIiQL7asAGu==' },
            { type: 'thinking', thinking: 'hm', signature: 'ErcBCkgIBxAB+/==' },
            { type: 'tool_use', id: 'c1', name: 'weather', input: {} },
          ],
        },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c1', content: 'sunny' }] },
      ],
    };
    const chat = clientFace('anthropic-messages').decodeRequest(asked, { model: CLAUDE });
    const { body, dropped } = upstreamFace('bedrock-converse').encodeRequest(chat, quirks);
    expect((body.messages as JsonObject[])[1]?.content).toEqual([
      { reasoningContent: { redactedContent: Buffer.from('EvAFCoYBGAIiQL7asAGu==').toString('base64') } },
      { reasoningContent: { reasoningText: { text: 'hm', signature: 'ErcBCkgIBxAB+/==' } } },
      { toolUse: { toolUseId: 'c1', name: 'weather', input: {} } },
    ]);
    expect(body.additionalModelRequestFields).toEqual({ thinking: { type: 'enabled', budget_tokens: 1024 } });
    expect(dropped).toEqual([]);
  });

  it.each<[string, Block, string]>([
    ['unsigned', { kind: 'reasoning', text: 'hm' }, CLAUDE],
    [
      'signed by another vendor',
      { kind: 'reasoning', text: 'hm', signature: { issuer: 'gemini', value: 's' } },
      CLAUDE,
    ],
    [
      "a Claude's, for another model",
      { kind: 'reasoning', text: 'hm', signature: { issuer: 'anthropic', value: 's' } },
      NOVA,
    ],
  ])('stay away when they are %s', (_, thought, model) => {
    const { dropped } = encode(
      {
        turns: [
          user({ kind: 'text', text: 'x' }),
          assistant(thought, { kind: 'text', text: 'a' }),
          user({ kind: 'text', text: 'y' }),
        ],
      },
      model,
    );
    expect(dropped).toEqual(['turns.reasoning']);
  });
});
