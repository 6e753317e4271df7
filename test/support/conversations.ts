/** One conversation in the words of each protocol a caller may speak, kept by the caller: what it sends, and how it sends answers back. */
type Json = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- bodies of every shape

export interface Speaker {
  readonly protocol: string;
  path(model: string): string;
  /** Messages of the user. */
  said(text: string): Json;
  body(model: string, turns: readonly Json[]): Json;
  /** What of an answer stands in the next request. */
  sentBack(answer: Json): readonly Json[];
}

export const speakers: readonly Speaker[] = [
  {
    protocol: 'openai-chat',
    path: () => '/v1/chat/completions',
    said: (content) => ({ role: 'user', content }),
    body: (model, messages) => ({ model, messages }),
    sentBack: ({ choices }) => [choices[0].message],
  },
  {
    protocol: 'openai-responses',
    path: () => '/v1/responses',
    said: (content) => ({ role: 'user', content }),
    body: (model, input) => ({ model, input, store: false, include: ['reasoning.encrypted_content'] }),
    sentBack: ({ output }) => output,
  },
  {
    protocol: 'anthropic-messages',
    path: () => '/v1/messages',
    said: (content) => ({ role: 'user', content }),
    body: (model, messages) => ({ model, messages, max_tokens: 99 }),
    sentBack: ({ content }) => [{ role: 'assistant', content }],
  },
  {
    protocol: 'gemini',
    path: (model) => `/v1beta/models/${model}:generateContent`,
    said: (text) => ({ role: 'user', parts: [{ text }] }),
    body: (_model, contents) => ({ contents }),
    sentBack: ({ candidates }) => [candidates[0].content],
  },
];
