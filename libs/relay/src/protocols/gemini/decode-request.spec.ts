import { RelayError } from '../../relay.errors';
import type { JsonObject } from '../../json';
import { decodeRequest } from './decode-request';

const path = { model: 'gemini-3-flash', stream: true };
const decode = (body: JsonObject) =>
  decodeRequest({ contents: [{ role: 'user', parts: [{ text: 'Hi' }] }], ...body }, path);
const turnsOf = (...contents: unknown[]) => decode({ contents }).turns;
const userBlock = (part: object) => turnsOf({ role: 'user', parts: [part] })[0]?.blocks[0];

describe("a request of Gemini's", () => {
  it('has its model and its wish for a stream in the path', () => {
    expect(decode({ model: 'models/other' })).toMatchObject({ model: 'gemini-3-flash', stream: true });
  });

  it('reads both spellings of every field', () => {
    const camel = {
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      generationConfig: {
        maxOutputTokens: 5,
        topP: 0.5,
        stopSequences: ['x'],
        thinkingConfig: { thinkingBudget: 9, includeThoughts: true },
      },
      toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f', 'g'] } },
      tools: [{ functionDeclarations: [{ name: 'f' }] }, { googleSearch: {} }],
      contents: [
        {
          role: 'model',
          parts: [{ functionCall: { name: 'f', args: { camelKey: 1, snake_key: 2 } }, thoughtSignature: 'c2ln' }],
        },
      ],
      safetySettings: [{ category: 'X' }],
    };
    const snake = {
      system_instruction: { parts: [{ text: 'Be brief.' }] },
      generation_config: {
        max_output_tokens: 5,
        top_p: 0.5,
        stop_sequences: ['x'],
        thinking_config: { thinking_budget: 9, include_thoughts: true },
      },
      tool_config: { function_calling_config: { mode: 'ANY', allowed_function_names: ['f', 'g'] } },
      tools: [{ function_declarations: [{ name: 'f' }] }, { google_search: {} }],
      contents: [
        {
          role: 'model',
          parts: [{ function_call: { name: 'f', args: { camelKey: 1, snake_key: 2 } }, thought_signature: 'c2ln' }],
        },
      ],
      safety_settings: [{ category: 'X' }],
    };
    expect(decode(snake)).toEqual(decode(camel));
    expect(decode(camel)).toMatchObject({
      system: [{ kind: 'text', text: 'Be brief.' }],
      toolChoice: { kind: 'allowed', names: ['f', 'g'], mode: 'required' },
      reasoning: { budgetTokens: 9, summary: 'auto' },
      sampling: { maxOutputTokens: 5, topP: 0.5, stop: ['x'] },
      extensions: [{ issuer: 'gemini', path: 'safetySettings', value: [{ category: 'X' }] }],
    });
  });

  it('takes every sampling field, numbers in quotes too, and null for absent', () => {
    const generationConfig = {
      ...{ temperature: 0, topP: 0.9, topK: 40, candidateCount: 2, seed: '7', maxOutputTokens: null },
      ...{ frequencyPenalty: 0.1, presencePenalty: 0.2, responseLogprobs: true, logprobs: 3, stopSequences: ['a', ''] },
    };
    expect(decode({ generationConfig }).sampling).toEqual({
      ...{ temperature: 0, topP: 0.9, topK: 40, candidates: 2, seed: 7 },
      ...{ frequencyPenalty: 0.1, presencePenalty: 0.2, logprobs: true, topLogprobs: 3, stop: ['a'] },
    });
  });

  it.each([
    [{ responseMimeType: 'application/json' }, { kind: 'json' }],
    [{ responseMimeType: 'text/plain' }, { kind: 'text' }],
    [{ responseJsonSchema: { type: 'object' } }, { kind: 'json-schema', schema: { type: 'object' } }],
    [
      { responseMimeType: 'application/json', responseSchema: { type: 'OBJECT', nullable: true } },
      { kind: 'json-schema', schema: { type: ['object', 'null'] } },
    ],
    [{}, undefined],
  ])('reads the format of %j', (generationConfig, format) => {
    expect(decode({ generationConfig }).format).toEqual(format);
  });

  it('keeps what only Gemini knows under its path', () => {
    const generationConfig = {
      ...{
        mediaResolution: 'MEDIA_RESOLUTION_LOW',
        speech_config: { voiceConfig: {} },
        responseModalities: ['TEXT', 'AUDIO'],
      },
      ...{ responseMimeType: 'text/x.enum', responseSchema: { type: 'STRING', enum: ['a'] } },
    };
    const toolConfig = {
      functionCallingConfig: { mode: 'VALIDATED', streamFunctionCallArguments: true },
      retrievalConfig: {},
    };
    const { extensions, format, meta, toolChoice } = decode({
      generationConfig,
      toolConfig,
      cachedContent: 'cachedContents/x',
      labels: { a: 'b' },
    });
    expect(extensions.map(({ path: name, issuer }) => [issuer, name])).toEqual(
      [
        ...['cachedContent', 'labels', 'generationConfig.mediaResolution', 'generationConfig.speechConfig'],
        ...['generationConfig.responseMimeType', 'generationConfig.responseSchema', 'toolConfig.retrievalConfig'],
        ...['toolConfig.functionCallingConfig.mode', 'toolConfig.functionCallingConfig.streamFunctionCallArguments'],
      ].map((name) => ['gemini', name]),
    );
    expect({ format, meta, toolChoice }).toEqual({
      format: undefined,
      meta: { modalities: ['text', 'audio'] },
      toolChoice: { kind: 'auto' },
    });
  });

  it.each([
    [{ thinkingLevel: 'low' }, { effort: 'low', summary: false }],
    [
      { thinkingLevel: 'HIGH', includeThoughts: true },
      { effort: 'high', summary: 'auto' },
    ],
    [
      { thinkingBudget: -1, includeThoughts: false },
      { budgetTokens: -1, summary: false },
    ],
    [{ thinkingBudget: 0 }, { budgetTokens: 0, summary: false }],
  ])('reads the wish to think in %j', (thinkingConfig, wish) => {
    expect(decode({ generationConfig: { thinkingConfig } }).reasoning).toEqual(wish);
  });

  it.each([
    [{ mode: 'AUTO' }, { kind: 'auto' }],
    [{ mode: 'NONE' }, { kind: 'none' }],
    [{ mode: 'ANY' }, { kind: 'required' }],
    [
      { mode: 'ANY', allowedFunctionNames: ['f'] },
      { kind: 'tool', name: 'f' },
    ],
    [
      { mode: 'VALIDATED', allowedFunctionNames: ['f'] },
      { kind: 'allowed', names: ['f'], mode: 'auto' },
    ],
    [{ mode: 'MODE_UNSPECIFIED' }, undefined],
  ])('reads the choice of tools in %j', (functionCallingConfig, choice) => {
    expect(decode({ toolConfig: { functionCallingConfig } }).toolChoice).toEqual(choice);
  });

  it('reads functions by either schema, and knows what built-in tools do', () => {
    const own = { name: 'f', description: 'd', parameters: { type: 'OBJECT', properties: { a: { type: 'STRING' } } } };
    const json = { name: 'g', parametersJsonSchema: { type: 'object', additionalProperties: false } };
    const { tools } = decode({
      tools: [{ functionDeclarations: [own, json], codeExecution: {} }, { urlContext: {} }, { googleMaps: { x: 1 } }],
    });
    expect(tools).toMatchObject([
      {
        kind: 'function',
        name: 'f',
        description: 'd',
        parameters: { type: 'object', properties: { a: { type: 'string' } } },
      },
      { kind: 'function', name: 'g', parameters: { type: 'object', additionalProperties: false } },
      { kind: 'hosted', issuer: 'gemini', type: 'codeExecution', does: 'code-execution' },
      { kind: 'hosted', type: 'urlContext', does: 'web-fetch' },
      { kind: 'hosted', type: 'googleMaps', value: { x: 1 } },
    ]);
  });
});

describe("a conversation of Gemini's", () => {
  it('matches results to calls without ids by name and order', () => {
    const call = (name: string) => ({ functionCall: { name, args: {} } });
    const result = (name: string, output: string) => ({ functionResponse: { name, response: { output } } });
    const [, calls, results] = turnsOf(
      { role: 'user', parts: [{ text: 'Go' }] },
      { role: 'model', parts: [call('f'), call('g'), call('f')] },
      { role: 'user', parts: [result('g', '2'), result('f', '1'), result('f', '3')] },
    );
    const ids = calls!.blocks.map((block) => ('id' in block ? block.id : undefined));
    expect(new Set(ids).size).toBe(3);
    expect(
      results!.blocks.map((block) => (block.kind === 'tool-result' ? [block.callId, block.content[0]] : [])),
    ).toEqual([
      [ids[1], { kind: 'text', text: '2' }],
      [ids[0], { kind: 'text', text: '1' }],
      [ids[2], { kind: 'text', text: '3' }],
    ]);
  });

  it('matches by id where there is one, and pairs a result whose call had none', () => {
    const [, results] = turnsOf(
      {
        role: 'model',
        parts: [
          { functionCall: { id: 'a', name: 'f' } },
          { functionCall: { id: 'b', name: 'f' } },
          { functionCall: { name: 'h' } },
        ],
      },
      { role: 'user', parts: ['b', 'a'].map((id) => ({ functionResponse: { id, name: 'f', response: {} } })) },
      { role: 'model', parts: [{ text: '.' }] },
    );
    expect(results!.blocks.map((block) => block.kind === 'tool-result' && block.callId)).toEqual(['b', 'a']);
    const [calls, own] = turnsOf(
      { role: 'model', parts: [{ functionCall: { name: 'h' } }] },
      { role: 'function', parts: [{ functionResponse: { id: 'mine', name: 'h', response: {} } }] },
    );
    expect(own!.blocks[0]).toMatchObject({ callId: (calls!.blocks[0] as { id: string }).id });
  });

  it.each([
    [{ output: 'sunny' }, { content: [{ kind: 'text', text: 'sunny' }] }],
    [{ output: { temp: 5 } }, { content: [{ kind: 'text', text: '{"temp":5}' }] }],
    [{ error: 'no such city' }, { content: [{ kind: 'text', text: 'no such city' }], isError: true }],
    [{ city: 'Rome', temp: 5 }, { content: [{ kind: 'text', text: '{"city":"Rome","temp":5}' }] }],
    [{}, { content: [{ kind: 'text', text: '{}' }] }],
  ])('reads the response %j', (response, result) => {
    const { content, isError } = userBlock({ functionResponse: { name: 'f', response } }) as {
      content: unknown;
      isError?: boolean;
    };
    expect({ content, ...(isError === undefined ? {} : { isError }) }).toEqual(result);
  });

  it('reads pictures inside a response', () => {
    const parts = [{ inlineData: { mimeType: 'image/png', data: 'QQ==' } }];
    expect(userBlock({ functionResponse: { name: 'f', response: {}, parts } })).toMatchObject({
      content: [{ kind: 'image', source: { mediaType: 'image/png' } }],
    });
  });

  it.each([
    [
      { inlineData: { mimeType: 'image/png', data: '-_8=' } },
      { kind: 'image', source: { kind: 'data', mediaType: 'image/png', data: '+/8=' } },
    ],
    [
      { inlineData: { mimeType: 'application/pdf', data: 'QQ==', displayName: 'a.pdf' } },
      { kind: 'file', name: 'a.pdf' },
    ],
    [{ inlineData: { mimeType: 'audio/wav', data: 'QQ==' } }, { kind: 'audio' }],
    [
      { fileData: { fileUri: 'gs://b/v.mp4', mimeType: 'video/mp4' } },
      { kind: 'video', source: { kind: 'file', id: 'gs://b/v.mp4', issuer: 'gemini' } },
    ],
    [
      { fileData: { fileUri: 'https://youtu.be/x' } },
      { kind: 'video', source: { kind: 'url', url: 'https://youtu.be/x' } },
    ],
    [{ fileData: { fileUri: 'https://x.example/a.JPG?b=1' } }, { kind: 'image', source: { mediaType: 'image/jpeg' } }],
    [
      { fileData: { fileUri: 'https://generativelanguage.googleapis.com/v1beta/files/a' } },
      { kind: 'file', source: { kind: 'file', issuer: 'gemini' } },
    ],
    [{ executableCode: { code: '1' } }, { kind: 'opaque', issuer: 'gemini', type: 'executableCode' }],
    [
      { text: 'Hm', thought: true },
      { kind: 'reasoning', text: 'Hm' },
    ],
  ])('reads the part %j', (part, block) => {
    expect(userBlock(part)).toMatchObject(block);
  });

  it('keeps how a video is cut beside the video, for a Gemini on the other side', () => {
    const part = { fileData: { fileUri: 'gs://b/v.mp4', mimeType: 'video/mp4' }, videoMetadata: { startOffset: '5s' } };
    expect(userBlock(part)).toMatchObject({
      extra: { issuer: 'gemini', fields: { videoMetadata: { startOffset: '5s' } } },
    });
  });

  it("makes one turn of the contents that the SDK's chat keeps of a stream", () => {
    const model = (...parts: object[]) => ({ role: 'model', parts });
    const turns = turnsOf(
      { role: 'user', parts: [{ text: 'Hi' }] },
      model({ text: 'Let ', thought: true }),
      model({ text: 'me see.', thought: true }),
      model({ text: 'Hel' }),
      model({ text: 'lo' }),
      model({ text: '', thoughtSignature: 'c2ln' }),
      model({ functionCall: { id: 'a', name: 'f' } }),
      model({ text: '' }),
      { role: 'model', parts: [] },
    );
    expect(turns.map(({ role, blocks }) => [role, blocks])).toEqual([
      ['user', [{ kind: 'text', text: 'Hi' }]],
      [
        'assistant',
        [
          { kind: 'reasoning', text: 'Let me see.' },
          { kind: 'text', text: 'Hello', signature: { issuer: 'gemini', value: 'c2ln' } },
          { kind: 'tool-call', id: 'a', name: 'f', input: '{}', type: 'function' },
        ],
      ],
    ]);
  });

  it('takes a text, a single content, and instructions as a text', () => {
    expect(decode({ contents: 'Hi', systemInstruction: 'Be brief.' })).toMatchObject({
      system: [{ text: 'Be brief.' }],
      turns: [{ role: 'user', blocks: [{ text: 'Hi' }] }],
    });
    expect(decode({ contents: { parts: [{ text: 'Hi' }] } }).turns).toMatchObject([{ role: 'user' }]);
  });
});

describe('a request that is wrong', () => {
  it.each<readonly [JsonObject, string]>([
    [{ contents: undefined }, 'contents'],
    [{ contents: [] }, 'contents'],
    [{ contents: 5 }, 'contents'],
    [{ contents: [{ role: 'assistant', parts: [{ text: 'a' }] }] }, 'contents[0].role'],
    [{ contents: [{ role: 'constructor', parts: [{ text: 'a' }] }] }, 'contents[0].role'],
    [{ contents: [{ parts: [{ text: 'a' }, 5] }] }, 'contents[0].parts[1]'],
    [{ generationConfig: [] }, 'generationConfig'],
    [{ generationConfig: { temperature: 'warm' } }, 'generationConfig.temperature'],
    [{ tools: 'search' }, 'tools'],
    [{ tools: [{ functionDeclarations: [{ description: 'nameless' }] }] }, 'tools[0].functionDeclarations[0].name'],
    [{ tools: [{ function_declarations: { name: 'f' } }] }, 'tools[0].functionDeclarations'],
    [
      { tools: [{ functionDeclarations: [{ name: 'f', parameters: 'none' }] }] },
      'tools[0].functionDeclarations[0].parameters',
    ],
    ...(
      [
        [{ functionCall: { args: {} } }, 'functionCall.name'],
        [{ functionCall: { name: 'f', args: 'x' } }, 'functionCall.args'],
        [{ functionCall: 'f' }, 'functionCall'],
        [{ function_response: { name: 'f', response: ['x'] } }, 'functionResponse.response'],
        [{ functionResponse: { name: 'f', parts: [{ inlineData: {} }] } }, 'functionResponse.parts[0].inlineData.data'],
        [{ fileData: { mimeType: 'image/png' } }, 'fileData.fileUri'],
        [{ inlineData: { mimeType: 'image/png' } }, 'inlineData.data'],
      ] as const
    ).map(([part, param]): [JsonObject, string] => [
      { contents: [{ parts: [part] }] },
      `contents[0].parts[0].${param}`,
    ]),
    [{ toolConfig: { functionCallingConfig: { mode: 'SOMETIMES' } } }, 'toolConfig.functionCallingConfig.mode'],
    [{ toolConfig: { functionCallingConfig: { mode: 5 } } }, 'toolConfig.functionCallingConfig.mode'],
    [
      { generationConfig: { thinkingConfig: { thinkingLevel: 'ENORMOUS' } } },
      'generationConfig.thinkingConfig.thinkingLevel',
    ],
    [{ generationConfig: { responseMimeType: 'text/csv' } }, 'generationConfig.responseMimeType'],
    [
      { generationConfig: { responseMimeType: 'text/csv', responseSchema: { type: 'STRING' } } },
      'generationConfig.responseMimeType',
    ],
    [{ generationConfig: { responseSchema: 'none' } }, 'generationConfig.responseSchema'],
  ])('%j is refused, naming %s', (body, param) => {
    let error: unknown;
    try {
      decode(body);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(RelayError);
    expect(error).toMatchObject({ status: 400, extra: { param } });
  });
});
