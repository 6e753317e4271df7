export interface SnippetTarget {
  /** With `/v1`. */
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly model: string;
}

/** First calls to copy, in the words of the SDKs people already have. */
export const snippets = {
  curl: ({ baseUrl, apiKey, model }) => `curl ${baseUrl}/chat/completions \\
  -H "Authorization: Bearer ${apiKey}" \\
  -H "Content-Type: application/json" \\
  -d '{
    "model": "${model}",
    "messages": [{"role": "user", "content": "Hello!"}]
  }'`,
  python: ({ baseUrl, apiKey, model }) => `from openai import OpenAI

client = OpenAI(
    base_url="${baseUrl}",
    api_key="${apiKey}",
)
answer = client.chat.completions.create(
    model="${model}",
    messages=[{"role": "user", "content": "Hello!"}],
)
print(answer.choices[0].message.content)`,
  node: ({ baseUrl, apiKey, model }) => `import OpenAI from 'openai';

const client = new OpenAI({
  baseURL: '${baseUrl}',
  apiKey: '${apiKey}',
});
const answer = await client.chat.completions.create({
  model: '${model}',
  messages: [{ role: 'user', content: 'Hello!' }],
});
console.log(answer.choices[0].message.content);`,
} satisfies Record<string, (target: SnippetTarget) => string>;

export type SnippetKind = keyof typeof snippets;

export const apiBaseUrl = (): string => `${window.location.origin}/v1`;

/** For examples where nothing is known about the caller's channels. */
export const FALLBACK_MODEL = 'gpt-5-mini';
