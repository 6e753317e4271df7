import Anthropic from '@anthropic-ai/sdk';
import { type GenerateContentResponse, GoogleGenAI } from '@google/genai';
import type { Protocol } from '@app/providers';
import OpenAI from 'openai';

/** What a vendor's own SDK made of an answer, in common words. */
export interface Reading {
  readonly text: string;
  readonly reasoning: string;
  readonly toolCalls: readonly { readonly name: string; readonly arguments: string }[];
  readonly finish: string;
  readonly usage: { readonly input: number; readonly output: number };
}

/** Hands one prepared answer to whatever asks. */
const fetchOf = (body: string, stream: boolean) => () =>
  Promise.resolve(
    new Response(body, { headers: { 'content-type': stream ? 'text/event-stream' : 'application/json' } }),
  );

type Read = (body: string, stream: boolean) => Promise<Reading>;

/** Each protocol's answer read by its own official SDK. */
export const readers: Readonly<Record<Protocol, Read>> = {
  'openai-chat': readChat,
  'openai-responses': readResponses,
  'anthropic-messages': readMessages,
  gemini: readGemini,
};

/** Fields of the field's standard that OpenAI's own types do not name. */
interface Extended {
  reasoning_content?: string | null;
}

async function readChat(body: string, stream: boolean): Promise<Reading> {
  const client = new OpenAI({ apiKey: 'k', baseURL: 'http://x/v1', maxRetries: 0, fetch: fetchOf(body, stream) });
  const request = { model: 'm', messages: [{ role: 'user' as const, content: 'x' }] };
  if (stream) return readChunks(await client.chat.completions.create({ ...request, stream: true }));
  const answer = await client.chat.completions.create(request);
  const choice = answer.choices[0];
  const message = choice?.message;
  return {
    text: message?.content ?? '',
    reasoning: (message as Extended | undefined)?.reasoning_content ?? '',
    toolCalls: (message?.tool_calls ?? []).map((call) =>
      call.type === 'function'
        ? { name: call.function.name, arguments: call.function.arguments }
        : { name: call.custom.name, arguments: call.custom.input },
    ),
    finish: message?.refusal ? 'refusal' : (choice?.finish_reason ?? ''),
    usage: { input: answer.usage?.prompt_tokens ?? 0, output: answer.usage?.completion_tokens ?? 0 },
  };
}

async function readChunks(chunks: AsyncIterable<OpenAI.ChatCompletionChunk>): Promise<Reading> {
  const calls: { name: string; arguments: string }[] = [];
  const read = { text: '', reasoning: '', finish: '', refused: false, usage: { input: 0, output: 0 } };
  for await (const { choices, usage } of chunks) {
    const choice = choices.find(({ index }) => index === 0);
    const delta = choice?.delta;
    read.text += delta?.content ?? '';
    read.reasoning += (delta as Extended | undefined)?.reasoning_content ?? '';
    read.refused ||= Boolean(delta?.refusal);
    read.finish = choice?.finish_reason ?? read.finish;
    for (const { index, function: called } of delta?.tool_calls ?? []) {
      const call = (calls[index] ??= { name: '', arguments: '' });
      call.name += called?.name ?? '';
      call.arguments += called?.arguments ?? '';
    }
    if (usage) read.usage = { input: usage.prompt_tokens, output: usage.completion_tokens };
  }
  const { text, reasoning, usage } = read;
  return { text, reasoning, toolCalls: calls, finish: read.refused ? 'refusal' : read.finish, usage };
}

async function readResponses(body: string, stream: boolean): Promise<Reading> {
  const client = new OpenAI({ apiKey: 'k', baseURL: 'http://x/v1', maxRetries: 0, fetch: fetchOf(body, stream) });
  const request = { model: 'm', input: 'x' };
  const answer = stream
    ? await client.responses.stream(request).finalResponse()
    : await client.responses.create(request);
  const toolCalls = answer.output.flatMap((item) => {
    if (item.type === 'function_call') return [{ name: item.name, arguments: item.arguments }];
    return item.type === 'custom_tool_call' ? [{ name: item.name, arguments: item.input }] : [];
  });
  const thoughts = answer.output.flatMap((item) =>
    item.type === 'reasoning' ? [...item.summary, ...(item.content ?? [])] : [],
  );
  return {
    text: answer.output_text,
    reasoning: thoughts.map(({ text }) => text).join(''),
    toolCalls,
    finish: finishOfResponse(answer, toolCalls.length > 0),
    usage: { input: answer.usage?.input_tokens ?? 0, output: answer.usage?.output_tokens ?? 0 },
  };
}

function finishOfResponse(answer: OpenAI.Responses.Response, calls: boolean): string {
  if (answer.status === 'incomplete')
    return answer.incomplete_details?.reason === 'content_filter' ? 'content_filter' : 'length';
  if (answer.status === 'failed') return 'error';
  const refused = answer.output.some(
    (item) => item.type === 'message' && item.content.some((part) => part.type === 'refusal'),
  );
  return refused ? 'refusal' : calls ? 'tool_calls' : 'stop';
}

const anthropicFinish: Readonly<Record<string, string>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_calls',
};

async function readMessages(body: string, stream: boolean): Promise<Reading> {
  const client = new Anthropic({ apiKey: 'k', baseURL: 'http://x', maxRetries: 0, fetch: fetchOf(body, stream) });
  const request = { model: 'm', max_tokens: 10, messages: [{ role: 'user' as const, content: 'x' }] };
  const answer = stream ? await client.messages.stream(request).finalMessage() : await client.messages.create(request);
  const { usage } = answer;
  return {
    text: answer.content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    reasoning: answer.content.map((block) => (block.type === 'thinking' ? block.thinking : '')).join(''),
    toolCalls: answer.content.flatMap((block) =>
      block.type === 'tool_use' ? [{ name: block.name, arguments: JSON.stringify(block.input) }] : [],
    ),
    finish: anthropicFinish[answer.stop_reason ?? ''] ?? answer.stop_reason ?? '',
    usage: {
      input: usage.input_tokens + (usage.cache_read_input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0),
      output: usage.output_tokens,
    },
  };
}

const geminiFinish: Readonly<Record<string, string>> = { STOP: 'stop', MAX_TOKENS: 'length' };
const filtered = new Set(['SAFETY', 'RECITATION', 'PROHIBITED_CONTENT', 'BLOCKLIST', 'SPII', 'IMAGE_SAFETY']);

async function readGemini(body: string, stream: boolean): Promise<Reading> {
  const original = globalThis.fetch;
  globalThis.fetch = fetchOf(body, stream) as typeof fetch; // the SDK takes no fetch of its own
  try {
    return await askGemini(stream);
  } finally {
    globalThis.fetch = original;
  }
}

async function askGemini(stream: boolean): Promise<Reading> {
  const { models } = new GoogleGenAI({ apiKey: 'k' });
  const request = { model: 'm', contents: 'x' };
  const chunks: GenerateContentResponse[] = [];
  if (stream) for await (const chunk of await models.generateContentStream(request)) chunks.push(chunk);
  else chunks.push(await models.generateContent(request));
  const candidates = chunks.flatMap((chunk) => chunk.candidates?.slice(0, 1) ?? []);
  const parts = candidates.flatMap((candidate) => candidate.content?.parts ?? []);
  const usage = chunks.findLast((chunk) => chunk.usageMetadata)?.usageMetadata;
  const calls = parts.flatMap(({ functionCall: call }) =>
    call ? [{ name: call.name ?? '', arguments: JSON.stringify(call.args ?? {}) }] : [],
  );
  const finish =
    candidates.findLast((candidate) => candidate.finishReason)?.finishReason ??
    chunks.at(-1)?.promptFeedback?.blockReason ??
    '';
  const known = geminiFinish[finish] ?? (filtered.has(finish) || !candidates.length ? 'content_filter' : finish);
  return {
    text: parts.map((part) => (part.thought ? '' : (part.text ?? ''))).join(''),
    reasoning: parts.map((part) => (part.thought ? (part.text ?? '') : '')).join(''),
    toolCalls: calls,
    finish: known === 'stop' && calls.length > 0 ? 'tool_calls' : known,
    usage: {
      input: (usage?.promptTokenCount ?? 0) + (usage?.toolUsePromptTokenCount ?? 0),
      output: (usage?.candidatesTokenCount ?? 0) + (usage?.thoughtsTokenCount ?? 0),
    },
  };
}
