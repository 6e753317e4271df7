import type { MessageCreateParams } from '@anthropic-ai/sdk/resources/messages';
import type { Protocol } from '@app/providers';
import type { GenerateContentParameters } from '@google/genai';
import type { ChatCompletionCreateParams } from 'openai/resources/chat/completions';
import type { ResponseCreateParams } from 'openai/resources/responses/responses';

/** One conversation, as a caller of each protocol sends it with the vendor's SDK, saying all that the protocol can say of it. */
export const png = 'iVBORw0KGgo=';
export const pdf = 'JVBERi0xLjQ=';
export const url = 'https://example.com/cat.png';
export const parameters = {
  type: 'object' as const,
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
};
export const schema = {
  type: 'object',
  properties: { warm: { type: 'boolean' } },
  required: ['warm'],
  additionalProperties: false,
};

const chat: ChatCompletionCreateParams & { readonly messages: unknown } = {
  model: 'm',
  messages: [
    { role: 'developer', content: 'Be brief.' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Look.' },
        { type: 'image_url', image_url: { url: `data:image/png;base64,${png}`, detail: 'low' } },
        { type: 'image_url', image_url: { url } },
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
    { role: 'user', content: 'Go on.' },
  ],
  tools: [
    { type: 'function', function: { name: 'weather', description: 'The weather.', parameters } },
    { type: 'function', function: { name: 'photo', description: 'A photo.', parameters } },
  ],
  tool_choice: 'auto',
  parallel_tool_calls: false,
  response_format: { type: 'json_schema', json_schema: { name: 'answer', schema, strict: true } },
  max_completion_tokens: 5_000,
  temperature: 0.5,
  top_p: 0.9,
  stop: ['END'],
  seed: 7,
  logit_bias: { '50256': -100 },
  user: 'u-1',
  metadata: { team: 'blue' },
  service_tier: 'flex',
};

const responses: ResponseCreateParams = {
  model: 'm',
  store: false,
  instructions: 'Be brief.',
  input: [
    {
      role: 'user',
      content: [
        { type: 'input_text', text: 'Look.' },
        { type: 'input_image', image_url: `data:image/png;base64,${png}`, detail: 'low' },
        { type: 'input_image', image_url: url, detail: 'auto' },
        { type: 'input_file', filename: 'a.pdf', file_data: `data:application/pdf;base64,${pdf}` },
      ],
    },
    {
      type: 'reasoning',
      id: 'rs_1',
      summary: [{ type: 'summary_text', text: 'Two lookups.' }],
      encrypted_content: 'gAAAA-openai',
    },
    {
      type: 'message',
      id: 'msg_1',
      role: 'assistant',
      status: 'completed',
      content: [{ type: 'output_text', text: 'I look up both.', annotations: [] }],
    },
    { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: '{"city":"Rom"}' },
    { type: 'function_call', call_id: 'call_2', name: 'photo', arguments: '{"city":"Rom"}' },
    { type: 'function_call_output', call_id: 'call_1', output: 'No such city.' },
    {
      type: 'function_call_output',
      call_id: 'call_2',
      output: [
        { type: 'input_text', text: 'A photo.' },
        { type: 'input_image', image_url: `data:image/png;base64,${png}` },
      ],
    },
    { role: 'user', content: 'Go on.' },
  ],
  tools: [
    { type: 'function', name: 'weather', description: 'The weather.', parameters, strict: false },
    { type: 'function', name: 'photo', description: 'A photo.', parameters, strict: false },
  ],
  tool_choice: 'auto',
  parallel_tool_calls: false,
  text: { format: { type: 'json_schema', name: 'answer', schema, strict: true } },
  include: ['reasoning.encrypted_content'],
  max_output_tokens: 5_000,
  temperature: 0.5,
  top_p: 0.9,
  user: 'u-1',
  metadata: { team: 'blue' },
  service_tier: 'flex',
};

const messages: MessageCreateParams = {
  model: 'm',
  max_tokens: 5_000,
  system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral', ttl: '1h' } }],
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Look.' },
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } },
        { type: 'image', source: { type: 'url', url } },
        {
          type: 'document',
          title: 'a.pdf',
          source: { type: 'base64', media_type: 'application/pdf', data: pdf },
          cache_control: { type: 'ephemeral' },
        },
      ],
    },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'Two lookups.', signature: 'c2lnLWFudGhyb3BpYw==' },
        { type: 'redacted_thinking', data: 'cmVkYWN0ZWQ=' },
        { type: 'text', text: 'I look up both.' },
        { type: 'tool_use', id: 'call_1', name: 'weather', input: { city: 'Rom' } },
        { type: 'tool_use', id: 'call_2', name: 'photo', input: { city: 'Rom' } },
      ],
    },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'call_1', content: 'No such city.', is_error: true },
        {
          type: 'tool_result',
          tool_use_id: 'call_2',
          content: [
            { type: 'text', text: 'A photo.' },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } },
          ],
        },
        { type: 'text', text: 'Go on.' },
      ],
    },
  ],
  tools: [
    { name: 'weather', description: 'The weather.', input_schema: parameters },
    { name: 'photo', description: 'A photo.', input_schema: parameters },
  ],
  tool_choice: { type: 'auto', disable_parallel_tool_use: true },
  thinking: { type: 'enabled', budget_tokens: 2048 },
  output_config: { format: { type: 'json_schema', schema } },
  stop_sequences: ['END'],
  metadata: { user_id: 'u-1' },
  service_tier: 'auto',
};

/** The SDK's parameters are no body: it puts `config` where the REST interface has it. */
type Content = GenerateContentParameters['contents'];
const gemini: { readonly contents: Content; readonly [field: string]: unknown } = {
  systemInstruction: { parts: [{ text: 'Be brief.' }] },
  contents: [
    {
      role: 'user',
      parts: [
        { text: 'Look.' },
        { inlineData: { mimeType: 'image/png', data: png } },
        { fileData: { mimeType: 'image/png', fileUri: url } },
        { inlineData: { mimeType: 'application/pdf', data: pdf, displayName: 'a.pdf' } },
      ],
    },
    {
      role: 'model',
      parts: [
        { text: 'Two lookups.', thought: true },
        { text: 'I look up both.' },
        {
          functionCall: { id: 'call_1', name: 'weather', args: { city: 'Rom' } },
          thoughtSignature: 'c2lnLWdlbWluaQ==',
        },
        { functionCall: { id: 'call_2', name: 'photo', args: { city: 'Rom' } } },
      ],
    },
    {
      role: 'user',
      parts: [
        { functionResponse: { id: 'call_1', name: 'weather', response: { error: 'No such city.' } } },
        {
          functionResponse: {
            id: 'call_2',
            name: 'photo',
            response: { output: 'A photo.' },
            parts: [{ inlineData: { mimeType: 'image/png', data: png } }],
          },
        },
        { text: 'Go on.' },
      ],
    },
  ],
  tools: [
    {
      functionDeclarations: [
        { name: 'weather', description: 'The weather.', parametersJsonSchema: parameters },
        { name: 'photo', description: 'A photo.', parametersJsonSchema: parameters },
      ],
    },
  ],
  toolConfig: { functionCallingConfig: { mode: 'AUTO' } },
  safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }],
  generationConfig: {
    maxOutputTokens: 5_000,
    temperature: 0.5,
    topP: 0.9,
    topK: 40,
    stopSequences: ['END'],
    seed: 7,
    responseMimeType: 'application/json',
    responseJsonSchema: schema,
    thinkingConfig: { thinkingLevel: 'LOW', includeThoughts: true },
  },
};

export const callers = {
  'openai-chat': chat,
  'openai-responses': responses,
  'anthropic-messages': messages,
  gemini,
} satisfies Record<Protocol, object>;
