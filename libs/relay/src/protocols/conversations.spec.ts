import { type Protocol, quirksOf } from '@app/providers';
import type { JsonObject } from '../json';
import { callers, parameters, pdf, png, schema, url } from './conversations.fixture';
import { clientFace, upstreamFace } from './faces';

/** The same conversation from every caller to every upstream, as the upstream's protocol documents it. */
const models: Readonly<Record<Protocol, string>> = {
  'openai-chat': 'gpt-4.1',
  'openai-responses': 'gpt-4.1',
  'anthropic-messages': 'claude-haiku-4-5',
  gemini: 'gemini-3-flash-preview',
};

/** What only some callers' protocols can say. */
const says = {
  detail: (from: Protocol) => from === 'openai-chat' || from === 'openai-responses',
  thought: (from: Protocol) => from !== 'openai-chat',
  picture: (from: Protocol) => from !== 'openai-chat',
  error: (from: Protocol) => from === 'anthropic-messages' || from === 'gemini',
};
const when = <T>(condition: boolean, value: T): T[] => (condition ? [value] : []);
const picture = `data:image/png;base64,${png}`;

/** What came of the second call, beside its text. */
const chatPhoto = [
  { type: 'text', text: 'Result of the tool call call_2:' },
  { type: 'image_url', image_url: { url: picture } },
];
const goOn = { type: 'text', text: 'Go on.' };

/** A turn that a protocol can cut in two is one message where the caller sent one. */
function chatEnd(from: Protocol): unknown[] {
  if (from === 'openai-chat') return [{ role: 'user', content: 'Go on.' }];
  if (from !== 'openai-responses') return [{ role: 'user', content: [...chatPhoto, goOn] }];
  return [
    { role: 'user', content: chatPhoto },
    { role: 'user', content: 'Go on.' },
  ];
}

const toChat = (from: Protocol): JsonObject => ({
  messages: [
    { role: 'system', content: 'Be brief.' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Look.' },
        { type: 'image_url', image_url: { url: picture, ...(says.detail(from) && { detail: 'low' }) } },
        { type: 'image_url', image_url: { url, ...(from === 'openai-responses' && { detail: 'auto' }) } },
        { type: 'file', file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${pdf}` } },
      ],
    },
    {
      role: 'assistant',
      content: 'I look up both.',
      tool_calls: [
        { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Rom"}' } },
        { id: 'call_2', type: 'function', function: { name: 'photo', arguments: '{"city":"Rom"}' } },
      ],
    },
    { role: 'tool', tool_call_id: 'call_1', content: 'No such city.' },
    { role: 'tool', tool_call_id: 'call_2', content: 'A photo.' },
    ...chatEnd(from),
  ],
  tools: [
    ['weather', 'The weather.'],
    ['photo', 'A photo.'],
  ].map(([name, description]) => ({
    type: 'function',
    function: { name, description, parameters, ...(from === 'openai-responses' && { strict: false }) },
  })),
  response_format: {
    type: 'json_schema',
    json_schema: {
      name: says.detail(from) ? 'answer' : 'response',
      schema,
      ...(from !== 'gemini' && { strict: true }),
    },
  },
});

const toResponses = (from: Protocol): JsonObject => ({
  instructions: 'Be brief.',
  input: [
    {
      type: 'message',
      role: 'user',
      content: [
        { type: 'input_text', text: 'Look.' },
        { type: 'input_image', detail: says.detail(from) ? 'low' : 'auto', image_url: picture },
        { type: 'input_image', detail: 'auto', image_url: url },
        { type: 'input_file', filename: 'a.pdf', file_data: `data:application/pdf;base64,${pdf}` },
      ],
    },
    ...when(from === 'openai-responses', {
      type: 'reasoning',
      id: 'rs_1',
      summary: [{ type: 'summary_text', text: 'Two lookups.' }],
      encrypted_content: 'gAAAA-openai',
    }),
    {
      type: 'message',
      role: 'assistant',
      content: [{ type: 'output_text', text: 'I look up both.', annotations: [] }],
      ...(from === 'openai-responses' && { id: 'msg_1', status: 'completed' }),
    },
    { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: '{"city":"Rom"}' },
    { type: 'function_call', call_id: 'call_2', name: 'photo', arguments: '{"city":"Rom"}' },
    { type: 'function_call_output', call_id: 'call_1', output: 'No such city.' },
    {
      type: 'function_call_output',
      call_id: 'call_2',
      output: says.picture(from)
        ? [
            { type: 'input_text', text: 'A photo.' },
            { type: 'input_image', detail: 'auto', image_url: picture },
          ]
        : 'A photo.',
    },
    { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Go on.' }] },
  ],
  // Left out, `strict` means true.
  tools: [
    { type: 'function', name: 'weather', description: 'The weather.', parameters, strict: false },
    { type: 'function', name: 'photo', description: 'A photo.', parameters, strict: false },
  ],
  text: {
    format: {
      type: 'json_schema',
      name: says.detail(from) ? 'answer' : expect.any(String),
      schema,
      ...(from !== 'gemini' && { strict: true }),
    },
  },
});

function toMessages(from: Protocol): JsonObject {
  const own = from === 'anthropic-messages';
  const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } };
  return {
    system: [{ type: 'text', text: 'Be brief.', ...(own && { cache_control: { type: 'ephemeral', ttl: '1h' } }) }],
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Look.' },
          image,
          { type: 'image', source: { type: 'url', url } },
          {
            type: 'document',
            source: { type: 'base64', media_type: 'application/pdf', data: pdf },
            title: 'a.pdf',
            ...(own && { cache_control: { type: 'ephemeral' } }),
          },
        ],
      },
      {
        role: 'assistant',
        content: [
          ...when<unknown>(own, { type: 'thinking', thinking: 'Two lookups.', signature: 'c2lnLWFudGhyb3BpYw==' }),
          ...when<unknown>(own, { type: 'redacted_thinking', data: 'cmVkYWN0ZWQ=' }),
          { type: 'text', text: 'I look up both.' },
          { type: 'tool_use', id: 'call_1', name: 'weather', input: { city: 'Rom' } },
          { type: 'tool_use', id: 'call_2', name: 'photo', input: { city: 'Rom' } },
        ],
      },
      {
        role: 'user',
        content: [
          {
            type: 'tool_result',
            tool_use_id: 'call_1',
            content: [{ type: 'text', text: 'No such city.' }],
            ...(says.error(from) && { is_error: true }),
          },
          {
            type: 'tool_result',
            tool_use_id: 'call_2',
            content: [{ type: 'text', text: 'A photo.' }, ...when(says.picture(from), image)],
          },
          goOn,
        ],
      },
    ],
    tools: [
      { name: 'weather', description: 'The weather.', input_schema: parameters },
      { name: 'photo', description: 'A photo.', input_schema: parameters },
    ],
    output_config: { format: { type: 'json_schema', schema } },
  };
}

function toGemini(from: Protocol): JsonObject {
  const inline = { inlineData: { mimeType: 'image/png', data: png } };
  // Gemini 3 refuses calls of its history without one; this value stands for calls of other models.
  const foreign = { thoughtSignature: 'skip_thought_signature_validator' };
  const [first, second] = from === 'gemini' ? [{ thoughtSignature: 'c2lnLWdlbWluaQ==' }, {}] : [foreign, foreign];
  return {
    systemInstruction: { parts: [{ text: 'Be brief.' }] },
    contents: [
      {
        role: 'user',
        parts: [
          { text: 'Look.' },
          inline,
          { fileData: { mimeType: 'image/png', fileUri: url } },
          { inlineData: { mimeType: 'application/pdf', data: pdf } },
        ],
      },
      {
        role: 'model',
        parts: [
          ...when<unknown>(says.thought(from), { text: 'Two lookups.', thought: true }),
          { text: 'I look up both.' },
          { functionCall: { id: 'call_1', name: 'weather', args: { city: 'Rom' } }, ...first },
          { functionCall: { id: 'call_2', name: 'photo', args: { city: 'Rom' } }, ...second },
        ],
      },
      {
        role: 'user',
        parts: [
          {
            functionResponse: {
              id: 'call_1',
              name: 'weather',
              response: { [says.error(from) ? 'error' : 'output']: 'No such city.' },
            },
          },
          {
            functionResponse: {
              id: 'call_2',
              name: 'photo',
              response: { output: 'A photo.' },
              ...(says.picture(from) && { parts: [inline] }),
            },
          },
        ],
      },
      { role: 'user', parts: [{ text: 'Go on.' }] },
    ],
    tools: [
      {
        functionDeclarations: [
          ['weather', 'The weather.'],
          ['photo', 'A photo.'],
        ].map(([name, description]) => ({ name, description, ...geminiSchema(from) })),
      },
    ],
  };
}

const geminiSchema = (from: Protocol): JsonObject =>
  from === 'gemini'
    ? { parametersJsonSchema: parameters }
    : { parameters: { type: 'OBJECT', properties: { city: { type: 'STRING' } }, required: ['city'] } };

const conversation = {
  'openai-chat': toChat,
  'openai-responses': toResponses,
  'anthropic-messages': toMessages,
  gemini: toGemini,
} satisfies Record<Protocol, (from: Protocol) => JsonObject>;

const geminiFormat = {
  responseMimeType: 'application/json',
  responseSchema: { type: 'OBJECT', properties: { warm: { type: 'BOOLEAN' } }, required: ['warm'] },
};

/** Everything but the conversation, its tools and the answer's form; and what is named as lost. */
const settings: readonly (readonly [from: Protocol, to: Protocol, body: JsonObject, dropped: readonly string[]])[] = [
  [
    'openai-chat',
    'openai-chat',
    {
      tool_choice: 'auto',
      parallel_tool_calls: false,
      max_completion_tokens: 5000,
      temperature: 0.5,
      top_p: 0.9,
      seed: 7,
      logit_bias: { '50256': -100 },
      stop: ['END'],
      user: 'u-1',
      metadata: { team: 'blue' },
      service_tier: 'flex',
    },
    [],
  ],
  [
    'openai-responses',
    'openai-chat',
    {
      tool_choice: 'auto',
      parallel_tool_calls: false,
      max_completion_tokens: 5000,
      temperature: 0.5,
      top_p: 0.9,
      user: 'u-1',
      metadata: { team: 'blue' },
      service_tier: 'flex',
      store: false,
    },
    ['turns.reasoning', 'reasoning.encrypted'],
  ],
  [
    'anthropic-messages',
    'openai-chat',
    {
      tool_choice: 'auto',
      parallel_tool_calls: false,
      max_completion_tokens: 5000,
      stop: ['END'],
      user: 'u-1',
      service_tier: 'auto',
    },
    ['system.cache', 'turns.cache', 'turns.reasoning', 'turns.tool-result.isError', 'reasoning.effort'],
  ],
  [
    'gemini',
    'openai-chat',
    { tool_choice: 'auto', max_completion_tokens: 5000, temperature: 0.5, top_p: 0.9, seed: 7, stop: ['END'] },
    [
      'turns.reasoning',
      'turns.tool-result.isError',
      'reasoning.effort',
      'reasoning.summary',
      'sampling.topK',
      'extensions.safetySettings',
    ],
  ],
  [
    'openai-chat',
    'openai-responses',
    {
      tool_choice: 'auto',
      parallel_tool_calls: false,
      max_output_tokens: 5000,
      temperature: 0.5,
      top_p: 0.9,
      safety_identifier: 'u-1',
      metadata: { team: 'blue' },
      service_tier: 'flex',
      store: false,
    },
    ['sampling.seed', 'sampling.stop', 'sampling.logitBias'],
  ],
  [
    'openai-responses',
    'openai-responses',
    {
      tool_choice: 'auto',
      parallel_tool_calls: false,
      include: ['reasoning.encrypted_content'],
      max_output_tokens: 5000,
      temperature: 0.5,
      top_p: 0.9,
      safety_identifier: 'u-1',
      metadata: { team: 'blue' },
      service_tier: 'flex',
      store: false,
    },
    [],
  ],
  [
    'anthropic-messages',
    'openai-responses',
    {
      tool_choice: 'auto',
      parallel_tool_calls: false,
      max_output_tokens: 5000,
      safety_identifier: 'u-1',
      service_tier: 'auto',
      store: false,
    },
    ['reasoning.effort', 'turns.cache', 'turns.reasoning', 'turns.tool-result.isError', 'sampling.stop'],
  ],
  [
    'gemini',
    'openai-responses',
    { tool_choice: 'auto', max_output_tokens: 5000, temperature: 0.5, top_p: 0.9, store: false },
    [
      'reasoning.effort',
      'turns.reasoning',
      'turns.signature',
      'turns.tool-result.isError',
      'sampling.topK',
      'sampling.seed',
      'sampling.stop',
      'extensions.safetySettings',
    ],
  ],
  [
    'openai-chat',
    'anthropic-messages',
    {
      max_tokens: 5000,
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
      temperature: 0.5,
      stop_sequences: ['END'],
      metadata: { user_id: 'u-1' },
    },
    [
      'format.name',
      'turns.image.detail',
      'sampling.seed',
      'sampling.logitBias',
      'sampling.topP',
      'meta.serviceTier',
      'meta.metadata',
    ],
  ],
  [
    'openai-responses',
    'anthropic-messages',
    {
      max_tokens: 5000,
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
      temperature: 0.5,
      metadata: { user_id: 'u-1' },
    },
    ['format.name', 'turns.image.detail', 'turns.reasoning', 'sampling.topP', 'meta.serviceTier', 'meta.metadata'],
  ],
  [
    'anthropic-messages',
    'anthropic-messages',
    {
      max_tokens: 5000,
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
      thinking: { type: 'enabled', budget_tokens: 2048 },
      stop_sequences: ['END'],
      metadata: { user_id: 'u-1' },
      service_tier: 'auto',
    },
    [],
  ],
  [
    'gemini',
    'anthropic-messages',
    { max_tokens: 5000, tool_choice: { type: 'auto' }, temperature: 0.5, top_k: 40, stop_sequences: ['END'] },
    ['turns.reasoning', 'turns.signature', 'reasoning', 'sampling.seed', 'sampling.topP', 'extensions.safetySettings'],
  ],
  [
    'openai-chat',
    'gemini',
    {
      toolConfig: { functionCallingConfig: { mode: 'AUTO' } },
      generationConfig: { maxOutputTokens: 5000, temperature: 0.5, topP: 0.9, seed: 7, stopSequences: ['END'] },
      serviceTier: 'flex',
    },
    [
      'format.name',
      'sampling.logitBias',
      'parallelToolCalls',
      'turns.image.detail',
      'turns.file.name',
      'meta.user',
      'meta.metadata',
    ],
  ],
  [
    'openai-responses',
    'gemini',
    {
      toolConfig: { functionCallingConfig: { mode: 'AUTO' } },
      generationConfig: { maxOutputTokens: 5000, temperature: 0.5, topP: 0.9 },
      serviceTier: 'flex',
    },
    [
      'format.name',
      'parallelToolCalls',
      'turns.image.detail',
      'turns.file.name',
      'turns.reasoning',
      'meta.user',
      'meta.metadata',
    ],
  ],
  [
    'anthropic-messages',
    'gemini',
    {
      toolConfig: { functionCallingConfig: { mode: 'AUTO' } },
      generationConfig: {
        maxOutputTokens: 5000,
        stopSequences: ['END'],
        thinkingConfig: { thinkingLevel: 'MEDIUM', includeThoughts: true },
      },
    },
    ['parallelToolCalls', 'system.cache', 'turns.cache', 'turns.file.name', 'turns.reasoning', 'meta.user'],
  ],
  [
    'gemini',
    'gemini',
    {
      toolConfig: { functionCallingConfig: { mode: 'AUTO' } },
      generationConfig: {
        maxOutputTokens: 5000,
        temperature: 0.5,
        topP: 0.9,
        topK: 40,
        seed: 7,
        stopSequences: ['END'],
        thinkingConfig: { thinkingLevel: 'LOW', includeThoughts: true },
      },
      safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }],
    },
    ['turns.file.name'],
  ],
];

describe('a conversation of several turns', () => {
  it.each(settings)('from %s reaches %s with every part in place', (from, to, rest, dropped) => {
    const chat = clientFace(from).decodeRequest(callers[from] as unknown as JsonObject, { model: 'm', stream: false }); // as the SDK types it
    const encoded = upstreamFace(to).encodeRequest({ ...chat, model: models[to] }, quirksOf({}, to));
    const { model, generationConfig, ...body } = encoded.body;
    const config = to === 'gemini' && { generationConfig: { ...(rest.generationConfig as object), ...geminiFormat } };
    expect({ ...body, ...(generationConfig ? { generationConfig } : {}) }).toEqual({
      ...conversation[to](from),
      ...rest,
      ...config,
    });
    if (to !== 'gemini') expect(model).toBe(models[to]);
    expect([...encoded.dropped].sort()).toEqual([...dropped].sort());
  });

  it('is tried from every caller to every upstream', () => {
    expect(new Set(settings.map(([from, to]) => `${from} ${to}`)).size).toBe(16);
  });
});
