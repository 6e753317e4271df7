import { quirksOf } from '@app/providers';
import type { Block, ToolResultBlock } from '../../chat/blocks';
import type { ChatRequest, Tool, Turn } from '../../chat/request';
import type { JsonObject } from '../../json';
import { decodeRequest } from './decode-request';
import { encodeRequest } from './encode-request';

const quirks = quirksOf({}, 'gemini');
const user = (...blocks: Block[]): Turn => ({ role: 'user', blocks });
const model = (...blocks: Block[]): Turn => ({ role: 'assistant', blocks });
const say = (text: string): Block => ({ kind: 'text', text });
const call = (id: string, name: string, more: object = {}): Block => ({
  kind: 'tool-call',
  id,
  name,
  input: '{}',
  type: 'function',
  ...more,
});
const result = (callId: string, text: string, more: object = {}): ToolResultBlock => ({
  kind: 'tool-result',
  callId,
  type: 'function',
  content: [{ kind: 'text', text }],
  ...more,
});
const base: ChatRequest = {
  model: 'gemini-3-flash',
  stream: false,
  system: [],
  turns: [user(say('Hi'))],
  tools: [],
  sampling: {},
  meta: {},
  extensions: [],
};
const encode = (request: Partial<ChatRequest>) => encodeRequest({ ...base, ...request }, quirks);
const contents = (turns: readonly Turn[], name = base.model) =>
  encode({ turns, model: name }).body.contents as readonly { role: string; parts: readonly JsonObject[] }[];
const own = (value: string) => ({ issuer: 'gemini', value }) as const;

describe('a conversation for Gemini', () => {
  it('has instructions on top, and only the roles user and model', () => {
    expect(
      encode({
        system: [
          { kind: 'text', text: 'A' },
          { kind: 'text', text: 'B' },
        ],
        turns: [user(say('Hi')), model(say('Yes')), user(say('Go'))],
      }).body,
    ).toEqual({
      systemInstruction: { parts: [{ text: 'A' }, { text: 'B' }] },
      contents: [
        { role: 'user', parts: [{ text: 'Hi' }] },
        { role: 'model', parts: [{ text: 'Yes' }] },
        { role: 'user', parts: [{ text: 'Go' }] },
      ],
    });
  });

  it('puts instructions alone into the contents: without any a request is refused', () => {
    expect(encode({ system: [{ kind: 'text', text: 'A' }], turns: [] }).body).toEqual({
      contents: [{ role: 'user', parts: [{ text: 'A' }] }],
    });
  });

  it('has all results of parallel calls in one content, in the order of the calls, and what else is said after them', () => {
    const turns = [
      user(say('Go')),
      model(call('a', 'f'), call('b', 'g')),
      user(result('b', 'second')),
      user(say('Well?'), result('a', 'first')),
    ];
    expect(contents(turns, 'gemini-2.5-flash').slice(2)).toEqual([
      {
        role: 'user',
        parts: [
          { functionResponse: { id: 'a', name: 'f', response: { output: 'first' } } },
          { functionResponse: { id: 'b', name: 'g', response: { output: 'second' } } },
        ],
      },
      { role: 'user', parts: [{ text: 'Well?' }] },
    ]);
  });

  it.each([
    ['text', 'sunny', {}, { output: 'sunny' }],
    ['an object', '{"temp":5}', {}, { temp: 5 }],
    ['a list', '[1,2]', {}, { output: [1, 2] }],
    ['what only looks like JSON', '{oops', {}, { output: '{oops' }],
    ['a number too long for a double', '{"id":12345678901234567890}', {}, { output: '{"id":12345678901234567890}' }],
    ['an error', 'no such city', { isError: true }, { error: 'no such city' }],
    ['nothing', '', {}, { output: '' }],
  ])('gives %s as a response', (_name, text, more, response) => {
    const turns = [model(call('a', 'f')), user(result('a', text, more))];
    expect(contents(turns)[1]?.parts).toEqual([{ functionResponse: { id: 'a', name: 'f', response } }]);
  });

  it('has pictures inside the response, or after it for models that take none there', () => {
    const image: Block = { kind: 'image', source: { kind: 'data', mediaType: 'image/png', data: 'QQ==' } };
    const turns = [model(call('a', 'f')), user(result('a', '', { content: [say('look'), image] }))];
    const inlineData = { mimeType: 'image/png', data: 'QQ==' };
    expect(contents(turns)[1]?.parts).toEqual([
      { functionResponse: { id: 'a', name: 'f', response: { output: 'look' }, parts: [{ inlineData }] } },
    ]);
    expect(
      contents(turns, 'gemini-2.5-pro')
        .slice(1)
        .map(({ parts }) => parts),
    ).toEqual([[{ functionResponse: { id: 'a', name: 'f', response: { output: 'look' } } }], [{ inlineData }]]);
  });

  it('names an unknown call of a result by what is known of it', () => {
    const names = contents([user(result('x', '1', { name: 'f' }), result('y', '2'))])[0]?.parts.map(
      (part) => (part.functionResponse as JsonObject).name,
    );
    expect(names).toEqual(['f', 'y']);
  });

  it('sends no ids that were made up here', () => {
    const body = {
      contents: [
        { role: 'model', parts: [{ functionCall: { name: 'f', args: {} } }] },
        { role: 'user', parts: [{ functionResponse: { name: 'f', response: { a: 1 } } }] },
      ],
    };
    const decoded = decodeRequest(body, { model: 'gemini-2.5-flash' });
    expect(encodeRequest(decoded, quirks).body).toEqual(body);
  });

  it.each<[Block, JsonObject]>([
    [
      { kind: 'image', source: { kind: 'url', url: 'https://x.example/a.png' } },
      { fileData: { fileUri: 'https://x.example/a.png', mimeType: 'image/png' } },
    ],
    [
      { kind: 'image', source: { kind: 'url', url: 'https://x.example/a' } },
      { fileData: { fileUri: 'https://x.example/a', mimeType: 'image/jpeg' } },
    ],
    [
      { kind: 'file', source: { kind: 'data', mediaType: 'application/pdf', data: 'QQ==' } },
      { inlineData: { mimeType: 'application/pdf', data: 'QQ==' } },
    ],
    [{ kind: 'file', source: { kind: 'text', text: 'é' } }, { inlineData: { mimeType: 'text/plain', data: 'w6k=' } }],
    [
      { kind: 'audio', source: { kind: 'data', mediaType: 'audio/mp3', data: 'QQ==' } },
      { inlineData: { mimeType: 'audio/mp3', data: 'QQ==' } },
    ],
    [
      { kind: 'video', source: { kind: 'file', id: 'gs://b/v', issuer: 'gemini', mediaType: 'video/mp4' } },
      { fileData: { fileUri: 'gs://b/v', mimeType: 'video/mp4' } },
    ],
    [{ kind: 'refusal', text: 'No.' }, { text: 'No.' }],
    [
      { kind: 'opaque', issuer: 'gemini', type: 'executableCode', value: { executableCode: { code: '1' } } },
      { executableCode: { code: '1' } },
    ],
  ])('turns %j into its part', (block, part) => {
    expect(contents([user(block)])[0]?.parts).toEqual([part]);
  });
});

describe('thoughts and signatures for Gemini', () => {
  it('go back to the part they came on', () => {
    const parts = [
      { text: 'Hm', thought: true },
      { text: 'Yes', thoughtSignature: 'c2ln' },
      { functionCall: { id: 'a', name: 'f', args: {} }, thoughtSignature: 'czI=' },
      { functionCall: { id: 'b', name: 'g', args: {} } },
    ];
    const body = { contents: [{ role: 'model', parts }] };
    expect(encodeRequest(decodeRequest(body, { model: 'gemini-3-pro' }), quirks).body).toEqual(body);
  });

  it('stand in for calls of a foreign conversation, in every turn: Gemini 3 validates the whole history', () => {
    const turns = [
      model(call('a', 'f'), call('b', 'g')),
      user(result('a', '1'), result('b', '2')),
      model(call('c', 'f')),
      user(result('c', '3')),
    ];
    const signaturesOf = (name: string) =>
      contents(turns, name).map(({ parts }) => parts.map(({ thoughtSignature }) => thoughtSignature));
    const skip = 'skip_thought_signature_validator';
    for (const name of ['gemini-3-flash-preview', 'gemini-3.1-pro-preview', 'gemini-flash-latest', 'my-alias']) {
      expect(signaturesOf(name)).toEqual([[skip, skip], [undefined, undefined], [skip], [undefined]]);
    }
    expect(signaturesOf('gemini-2.5-pro').flat()).toEqual(Array(6).fill(undefined));
  });

  it('are left alone where Gemini signed the first of its parallel calls', () => {
    const [content] = contents([model(call('a', 'f', { signature: own('c2ln') }), call('b', 'g'))]);
    expect(content?.parts.map(({ thoughtSignature }) => thoughtSignature)).toEqual(['c2ln', undefined]);
  });

  it('move to the call from the thought that carried them through another protocol', () => {
    const carrier: Block = { kind: 'reasoning', text: '', signature: own('c2ln') };
    const thought: Block = { kind: 'reasoning', text: 'Hm', signature: own('c2ln') };
    const signed = { functionCall: { id: 'a', name: 'f', args: {} }, thoughtSignature: 'c2ln' };
    expect(contents([model(carrier, call('a', 'f'))])[0]?.parts).toEqual([signed]);
    expect(contents([model(thought, say('Wait.'), call('a', 'f'))])[0]?.parts).toEqual([
      { text: 'Hm', thought: true },
      { text: 'Wait.' },
      signed,
    ]);
    expect(contents([model(thought, say('Done.'))])[0]?.parts).toEqual([
      { text: 'Hm', thought: true, thoughtSignature: 'c2ln' },
      { text: 'Done.' },
    ]);
    expect(contents([model(say('Done.'), carrier)])[0]?.parts).toEqual([
      { text: 'Done.' },
      { text: '', thoughtSignature: 'c2ln' },
    ]);
  });

  it('of another vendor are not sent, and said to be dropped', () => {
    const foreign = { issuer: 'anthropic', value: 'EqQB' } as const;
    const turns = [
      model(
        { kind: 'reasoning', text: 'Hm', signature: foreign },
        { kind: 'reasoning', text: '', signature: foreign, redacted: true },
        say('Yes'),
      ),
    ];
    const { body, dropped } = encode({ turns });
    expect(body.contents).toEqual([{ role: 'model', parts: [{ text: 'Hm', thought: true }, { text: 'Yes' }] }]);
    expect(dropped).toEqual(['turns.reasoning']);
  });
});

describe('tools for Gemini', () => {
  const f: Tool = {
    kind: 'function',
    name: 'f',
    description: 'd',
    parameters: { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false },
  };
  const toolsOf = (tools: readonly Tool[], more: Partial<ChatRequest> = {}) => encode({ tools, ...more });

  it('are declared together, with the schema Gemini takes', () => {
    const bare: Tool = { kind: 'function', name: 'now', parameters: { type: 'object', properties: {}, $schema: 'x' } };
    expect(toolsOf([f, bare, { kind: 'function', name: 'g' }]).body.tools).toEqual([
      {
        functionDeclarations: [
          { name: 'f', description: 'd', parameters: { type: 'OBJECT', properties: { a: { type: 'STRING' } } } },
          { name: 'now' },
          { name: 'g' },
        ],
      },
    ]);
  });

  it('of free text become functions, and their calls too', () => {
    const custom: Tool = { kind: 'custom', name: 'patch', format: { type: 'grammar', definition: 'start: "x"' } };
    const { body } = toolsOf([custom], {
      turns: [model({ kind: 'tool-call', id: 'a', name: 'patch', input: '*** Begin', type: 'custom' })],
    });
    expect(body).toMatchObject({
      tools: [
        {
          functionDeclarations: [
            { name: 'patch', parameters: { properties: { free_text_input: { type: 'STRING' } } } },
          ],
        },
      ],
      contents: [{ parts: [{ functionCall: { args: { free_text_input: '*** Begin' } } }] }],
    });
  });

  it.each([
    ['web-search', { googleSearch: {} }],
    ['web-fetch', { urlContext: {} }],
    ['code-execution', { codeExecution: {} }],
  ] as const)("of another vendor's %s have Gemini's own in their place", (does, tool) => {
    const { body, dropped } = toolsOf([
      { kind: 'hosted', issuer: 'anthropic', type: 'x_2025', does, value: { type: 'x_2025', name: 'x', max_uses: 3 } },
    ]);
    expect(body.tools).toEqual([tool]);
    expect(dropped).toEqual(['tools[x_2025].max_uses']);
  });

  it('that have no counterpart, or may not stand beside functions, are dropped by name', () => {
    const search: Tool = {
      kind: 'hosted',
      issuer: 'openai',
      type: 'web_search',
      does: 'web-search',
      value: { type: 'web_search' },
    };
    const computer: Tool = { kind: 'hosted', issuer: 'openai', type: 'computer', does: 'computer', value: {} };
    expect(toolsOf([f, search, computer], { model: 'gemini-2.5-pro' }).dropped).toEqual([
      'tools[web_search]',
      'tools[computer]',
    ]);
    expect(toolsOf([f, search]).body).toMatchObject({
      tools: [{}, { googleSearch: {} }],
      toolConfig: { includeServerSideToolInvocations: true },
    });
  });

  it.each<[ChatRequest['toolChoice'], object | undefined]>([
    [{ kind: 'auto' }, { mode: 'AUTO' }],
    [{ kind: 'none' }, { mode: 'NONE' }],
    [{ kind: 'required' }, { mode: 'ANY' }],
    [
      { kind: 'tool', name: 'f' },
      { mode: 'ANY', allowedFunctionNames: ['f'] },
    ],
    [
      { kind: 'allowed', names: ['f'], mode: 'required' },
      { mode: 'ANY', allowedFunctionNames: ['f'] },
    ],
    [
      { kind: 'allowed', names: ['f'], mode: 'auto' },
      { mode: 'VALIDATED', allowedFunctionNames: ['f'] },
    ],
    [undefined, undefined],
  ])('are chosen by %j', (toolChoice, config) => {
    const { body } = toolsOf([f], { toolChoice });
    expect((body.toolConfig as JsonObject | undefined)?.functionCallingConfig).toEqual(config);
  });

  it('cannot be chosen where there are none', () => {
    expect(toolsOf([], { toolChoice: { kind: 'required' } })).toEqual({
      body: { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] },
      dropped: ['toolChoice'],
    });
    expect(toolsOf([f], { toolChoice: { kind: 'tool', name: 'unknown' } }).dropped).toEqual(['toolChoice']);
  });
});

describe('settings for Gemini', () => {
  it('are in generationConfig', () => {
    const sampling = {
      maxOutputTokens: 9,
      temperature: 0,
      topP: 0.5,
      topK: 3,
      frequencyPenalty: 1,
      presencePenalty: 1,
      seed: 7,
      stop: ['a'],
      candidates: 2,
      logprobs: true,
      topLogprobs: 4,
    };
    expect(encode({ sampling, meta: { modalities: ['text', 'image'], serviceTier: 'flex' } }).body).toMatchObject({
      serviceTier: 'flex',
      generationConfig: {
        ...{ maxOutputTokens: 9, temperature: 0, topP: 0.5, topK: 3, frequencyPenalty: 1, presencePenalty: 1, seed: 7 },
        ...{
          stopSequences: ['a'],
          candidateCount: 2,
          responseLogprobs: true,
          logprobs: 4,
          responseModalities: ['TEXT', 'IMAGE'],
        },
      },
    });
  });

  it('ask for JSON by schema, with its properties in their order', () => {
    const schema = {
      type: 'object',
      properties: { z: { type: 'string' }, a: { type: ['integer', 'null'] } },
      required: ['z'],
      additionalProperties: false,
    };
    expect(encode({ format: { kind: 'json-schema', name: 'x', schema, strict: true } }).body.generationConfig).toEqual({
      responseMimeType: 'application/json',
      responseSchema: {
        type: 'OBJECT',
        properties: { z: { type: 'STRING' }, a: { type: 'INTEGER', nullable: true } },
        required: ['z'],
        propertyOrdering: ['z', 'a'],
      },
    });
  });

  it('do not ask for JSON beside functions where that is refused', () => {
    const request: Partial<ChatRequest> = {
      model: 'gemini-2.5-flash',
      format: { kind: 'json' },
      tools: [{ kind: 'function', name: 'f' }],
    };
    expect(encode(request).dropped).toEqual(['format']);
    expect(encode({ ...request, model: 'gemini-3-pro' }).body.generationConfig).toEqual({
      responseMimeType: 'application/json',
    });
  });

  it('name everything that has no place', () => {
    const request: Partial<ChatRequest> = {
      system: [{ kind: 'text', text: 'A', cache: {} }],
      turns: [
        { role: 'user', name: 'Ann', blocks: [{ kind: 'text', text: 'Hi', cache: { ttl: '1h' } }] },
        { role: 'system', blocks: [say('Now.')] },
        user(
          { kind: 'image', source: { kind: 'file', id: 'file-1', issuer: 'openai' } },
          { kind: 'opaque', issuer: 'anthropic', type: 'server_tool_use', value: {} },
        ),
        user({
          kind: 'file',
          source: { kind: 'data', mediaType: 'application/pdf', data: 'QQ==' },
          name: 'a.pdf',
          citations: true,
        }),
      ],
      tools: [
        {
          kind: 'function',
          name: 'f',
          strict: true,
          cache: {},
          parameters: { type: 'object', properties: { a: { type: 'array', uniqueItems: true } } },
        },
      ],
      parallelToolCalls: false,
      sampling: { logitBias: { '1': 5 }, seed: 3_000_000_000, stop: ['1', '2', '3', '4', '5', '6'] },
      meta: {
        user: 'u',
        metadata: { a: 1 },
        promptCacheKey: 'k',
        verbosity: 'low',
        audio: {},
        store: true,
        serviceTier: 'scale',
      },
      extensions: [{ issuer: 'anthropic', path: 'context_management', value: {} }],
    };
    const { body, dropped } = encode(request);
    expect([...dropped].sort()).toEqual(
      [
        ...[
          'system.cache',
          'turns.cache',
          'turns.name',
          'turns.system',
          'turns.image',
          'turns.server_tool_use',
          'turns.file.name',
          'turns.file.citations',
        ],
        ...['tools.strict', 'tools.cache', 'tools[f].parameters.uniqueItems', 'parallelToolCalls'],
        ...['sampling.logitBias', 'sampling.seed', 'sampling.stop', 'extensions.context_management'],
        ...[
          'meta.user',
          'meta.metadata',
          'meta.promptCacheKey',
          'meta.verbosity',
          'meta.audio',
          'meta.store',
          'meta.serviceTier',
        ],
      ].sort(),
    );
    expect(body.contents).toMatchObject([
      { role: 'user', parts: [{ text: 'Hi' }, { text: 'Now.' }, { inlineData: {} }] },
    ]);
  });
});

describe("a request of Gemini's through both faces", () => {
  it('arrives as it was sent', () => {
    const body = {
      contents: [
        {
          role: 'user',
          parts: [
            { text: 'What is this?' },
            {
              inlineData: { mimeType: 'image/png', data: 'QQ==' },
              mediaResolution: { level: 'MEDIA_RESOLUTION_HIGH' },
            },
            {
              fileData: { fileUri: 'gs://b/v.mp4', mimeType: 'video/mp4' },
              videoMetadata: { startOffset: '5s', fps: 2 },
            },
          ],
        },
        { role: 'model', parts: [{ functionCall: { id: 'x1', name: 'f', args: { a: 1 } }, thoughtSignature: 'c2ln' }] },
        {
          role: 'user',
          parts: [{ functionResponse: { id: 'x1', name: 'f', response: { output: 'ok' }, scheduling: 'SILENT' } }],
        },
      ],
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      tools: [
        {
          functionDeclarations: [
            {
              name: 'f',
              description: 'd',
              parametersJsonSchema: { type: 'object', patternProperties: {} },
              behavior: 'NON_BLOCKING',
            },
          ],
        },
        { googleSearch: { timeRangeFilter: {} } },
      ],
      toolConfig: { functionCallingConfig: { mode: 'VALIDATED' }, retrievalConfig: { languageCode: 'de' } },
      generationConfig: {
        ...{
          temperature: 0.5,
          stopSequences: ['x'],
          responseModalities: ['TEXT'],
          mediaResolution: 'MEDIA_RESOLUTION_LOW',
        },
        ...{ speechConfig: { languageCode: 'de' }, thinkingConfig: { thinkingLevel: 'LOW', includeThoughts: true } },
      },
      safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }],
      cachedContent: 'cachedContents/x',
      serviceTier: 'priority',
      labels: { team: 'a' },
    };
    expect(encodeRequest(decodeRequest(body, { model: 'gemini-3-flash' }), quirks)).toEqual({ body, dropped: [] });
  });
});
