import type { UpstreamProtocol } from '@app/providers';

/** An event of a stream: its name, where the protocol gives it one, and its JSON. */
export type WireEvent = readonly [name: string | undefined, data: unknown];

const plain = (...events: readonly unknown[]): WireEvent[] => events.map((data) => [undefined, data]);
const named = (events: Readonly<Record<string, unknown>>[]): WireEvent[] =>
  events.map((data) => [data.type as string, data]);

const chunk = (delta: object, finish_reason: string | null = null, more: object = {}) => ({
  ...{ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'm' },
  choices: [{ index: 0, delta, logprobs: null, finish_reason }],
  ...more,
});
const chatUsage = { prompt_tokens: 9, completion_tokens: 5, total_tokens: 14, prompt_cache_hit_tokens: 4 };

/** As https://api-docs.deepseek.com/api/create-chat-completion shows it: thoughts, text, a call. */
const chat = plain(
  chunk({ role: 'assistant', content: null, reasoning_content: '' }),
  chunk({ content: null, reasoning_content: 'Hm' }),
  chunk({ content: null, reasoning_content: ', well.' }),
  chunk({ content: 'Hello', reasoning_content: null }),
  chunk({ content: ' 🙂' }),
  chunk({ tool_calls: [{ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } }] }),
  chunk({ tool_calls: [{ index: 0, function: { arguments: '{"a":' } }] }),
  chunk({ tool_calls: [{ index: 0, function: { arguments: '1}' } }] }),
  chunk({ tool_calls: [{ index: 1, id: 'b', type: 'function', function: { name: 'g', arguments: '{}' } }] }),
  chunk({ content: '' }, 'tool_calls', { usage: chatUsage }),
  '[DONE]',
);

const item = (output_index: number, value: object) => ({ output_index, item: value });
const grow = (type: string, output_index: number, delta: string, more: object = {}) => ({
  ...{ type, output_index, item_id: `i${output_index}`, delta },
  ...more,
});
const message = { type: 'message', id: 'i1', role: 'assistant', status: 'in_progress', content: [] };
const call = { type: 'function_call', id: 'i2', call_id: 'a', name: 'f', arguments: '' };
const thought = { type: 'reasoning', id: 'i0', summary: [] };
const told = { type: 'output_text', text: 'Hello 🙂', annotations: [] };
const output = [
  { ...thought, summary: [{ type: 'summary_text', text: 'Hm' }], encrypted_content: 'e==' },
  { ...message, status: 'completed', content: [told] },
  { ...call, arguments: '{"a":1}' },
];
const responses = named([
  { type: 'response.created', response: { id: 'r1', model: 'm', status: 'in_progress', output: [] } },
  { type: 'response.output_item.added', ...item(0, thought) },
  grow('response.reasoning_summary_text.delta', 0, 'Hm', { summary_index: 0 }),
  { type: 'response.output_item.done', ...item(0, output[0] ?? {}) },
  { type: 'response.output_item.added', ...item(1, message) },
  { type: 'response.content_part.added', output_index: 1, content_index: 0, part: { ...told, text: '' } },
  grow('response.output_text.delta', 1, 'Hello', { content_index: 0 }),
  grow('response.output_text.delta', 1, ' 🙂', { content_index: 0 }),
  { type: 'response.output_item.done', ...item(1, output[1] ?? {}) },
  { type: 'response.output_item.added', ...item(2, call) },
  grow('response.function_call_arguments.delta', 2, '{"a":1}'),
  { type: 'response.output_item.done', ...item(2, output[2] ?? {}) },
  {
    type: 'response.completed',
    response: { id: 'r1', status: 'completed', output, usage: { input_tokens: 9, output_tokens: 5 } },
  },
]);

const block = (index: number, content_block: object) => ({ type: 'content_block_start', index, content_block });
const grown = (index: number, delta: object) => ({ type: 'content_block_delta', index, delta });
const stopped = (index: number) => ({ type: 'content_block_stop', index });
const anthropic = named([
  {
    type: 'message_start',
    message: { id: 'm1', role: 'assistant', model: 'm', content: [], usage: { input_tokens: 9, output_tokens: 1 } },
  },
  block(0, { type: 'thinking', thinking: '', signature: '' }),
  grown(0, { type: 'thinking_delta', thinking: 'Hm' }),
  grown(0, { type: 'signature_delta', signature: 's==' }),
  stopped(0),
  block(1, { type: 'text', text: '' }),
  grown(1, { type: 'text_delta', text: 'Hello' }),
  grown(1, { type: 'text_delta', text: ' 🙂' }),
  stopped(1),
  block(2, { type: 'tool_use', id: 'a', name: 'f', input: {} }),
  grown(2, { type: 'input_json_delta', partial_json: '{"a":' }),
  grown(2, { type: 'input_json_delta', partial_json: '1}' }),
  stopped(2),
  { type: 'message_delta', delta: { stop_reason: 'tool_use', stop_sequence: null }, usage: { output_tokens: 5 } },
  { type: 'message_stop' },
]);

const candidate = (parts: readonly object[], more: object = {}) => ({
  candidates: [{ index: 0, content: { role: 'model', parts }, ...more }],
  usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 5, thoughtsTokenCount: 2, totalTokenCount: 16 },
  ...{ modelVersion: 'm', responseId: 'g1' },
});
const gemini = plain(
  candidate([{ text: 'Hm', thought: true }]),
  candidate([{ text: 'Hello' }]),
  candidate([{ text: ' 🙂' }, { functionCall: { name: 'f', args: { a: 1 } }, thoughtSignature: 's==' }]),
  candidate([{ functionCall: { name: 'g', partialArgs: [{ jsonPath: '$.b[0]', stringValue: 'x' }] } }]),
  candidate([{ text: '' }], { finishReason: 'STOP' }),
);

const bedrock: WireEvent[] = [
  ['messageStart', { role: 'assistant' }],
  ['contentBlockDelta', { contentBlockIndex: 0, delta: { reasoningContent: { text: 'Hm' } } }],
  ['contentBlockDelta', { contentBlockIndex: 0, delta: { reasoningContent: { signature: 's==' } } }],
  ['contentBlockStop', { contentBlockIndex: 0 }],
  ['contentBlockDelta', { contentBlockIndex: 1, delta: { text: 'Hello 🙂' } }],
  ['contentBlockStop', { contentBlockIndex: 1 }],
  ['contentBlockStart', { contentBlockIndex: 2, start: { toolUse: { toolUseId: 'a', name: 'f' } } }],
  ['contentBlockDelta', { contentBlockIndex: 2, delta: { toolUse: { input: '{"a":1}' } } }],
  ['contentBlockStop', { contentBlockIndex: 2 }],
  ['messageStop', { stopReason: 'tool_use' }],
  ['metadata', { usage: { inputTokens: 9, outputTokens: 5, totalTokens: 14 } }],
];

const piece = (type: string, index: number, value: object) => ({ type, index, delta: { message: value } });
const cohere = named([
  { type: 'message-start', id: 'c1', delta: { message: { role: 'assistant', content: [] } } },
  piece('content-start', 0, { content: { type: 'thinking', thinking: '' } }),
  piece('content-delta', 0, { content: { thinking: 'Hm' } }),
  { type: 'content-end', index: 0 },
  piece('content-start', 1, { content: { type: 'text', text: '' } }),
  piece('content-delta', 1, { content: { text: 'Hello 🙂' } }),
  { type: 'content-end', index: 1 },
  piece('tool-call-start', 0, {
    tool_calls: { id: 'a', type: 'function', function: { name: 'f', arguments: '' } },
  }),
  piece('tool-call-delta', 0, { tool_calls: { function: { arguments: '{"a":1}' } } }),
  { type: 'tool-call-end', index: 0 },
  {
    type: 'message-end',
    delta: { finish_reason: 'TOOL_CALL', usage: { tokens: { input_tokens: 9, output_tokens: 5 } } },
  },
]);

const difyHead = { task_id: 't', message_id: 'm1', conversation_id: 'c1', created_at: 1 };
const dify = plain(
  { event: 'message', ...difyHead, answer: 'Hello' },
  { event: 'agent_message', ...difyHead, answer: ' 🙂' },
  { event: 'message_end', ...difyHead, metadata: { usage: { prompt_tokens: 9, completion_tokens: 5 } } },
);

const bot = { id: 'c1', conversation_id: 'v1', bot_id: 'b', last_error: { code: 0, msg: '' } };
const answer = (content: string, more: object = {}) => ({ role: 'assistant', type: 'answer', content, ...more });
const coze: WireEvent[] = [
  ['conversation.chat.created', { ...bot, status: 'created' }],
  ['conversation.message.delta', answer('', { reasoning_content: 'Hm' })],
  ['conversation.message.delta', answer('Hello')],
  ['conversation.message.delta', answer(' 🙂')],
  ['conversation.chat.completed', { ...bot, status: 'completed', usage: { input_count: 9, output_count: 5 } }],
  ['done', '[DONE]'],
];

const replicate: WireEvent[] = [
  ['output', 'Hello'],
  ['output', ' 🙂'],
  ['done', {}],
];

/** One whole answer of each upstream protocol, after its public documentation. */
export const answers: Readonly<Record<UpstreamProtocol, readonly WireEvent[]>> = {
  'openai-chat': chat,
  'openai-responses': responses,
  'anthropic-messages': anthropic,
  gemini,
  'bedrock-converse': bedrock,
  'cohere-chat': cohere,
  dify,
  coze,
  replicate,
};
