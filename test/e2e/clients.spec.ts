import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import { ChatAnthropic } from '@langchain/anthropic';
import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { type BaseMessage, HumanMessage, ToolMessage } from '@langchain/core/messages';
import { ChatGoogleGenerativeAI } from '@langchain/google-genai';
import { ChatOpenAI } from '@langchain/openai';
import { generateText, type LanguageModel, Output, stepCountIs, streamText, tool } from 'ai';
import { z } from 'zod';
import { useWorld, type World } from '../support/world';

/** What people build with: the Vercel AI SDK and LangChain, each in all the protocols it speaks, on every kind of upstream. */
const protocols = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'] as const;
type Protocol = (typeof protocols)[number];

interface Client {
  says(model: string, text: string): Promise<Heard>;
  streams(model: string, text: string): Promise<Heard & { readonly pieces: readonly string[] }>;
  /** Two turns: the model calls the tool, the client runs it and sends back what came of it. */
  usesTool(model: string): Promise<{ readonly args: unknown; readonly text: string }>;
  answersAs(model: string): Promise<unknown>;
}

interface Heard {
  readonly text: string;
  readonly input: number | undefined;
  readonly output: number | undefined;
}

const hello = 'hello there';
const city = z.object({ city: z.string() });
const answer = z.object({ name: z.string(), age: z.number() });
const weather = { name: 'get_weather', description: 'The weather of a city.' };
const sunny = 'It is sunny there.';

let world: World;
useWorld((opened) => {
  world = opened;
});

function aiSdk(modelOf: (model: string) => LanguageModel): Client {
  const ask = (model: string) => ({ model: modelOf(model), maxRetries: 0 });
  return {
    says: async (model, prompt) => {
      const { text, usage } = await generateText({ ...ask(model), prompt });
      return { text, input: usage.inputTokens, output: usage.outputTokens };
    },
    streams: async (model, prompt) => {
      const stream = streamText({ ...ask(model), prompt });
      const pieces = [];
      for await (const piece of stream.textStream) pieces.push(piece);
      const [text, usage] = await Promise.all([stream.text, stream.usage]);
      return { text, pieces, input: usage.inputTokens, output: usage.outputTokens };
    },
    usesTool: async (model) => {
      const args: unknown[] = [];
      const execute = (input: unknown) => (args.push(input), sunny);
      const tools = { [weather.name]: tool({ description: weather.description, inputSchema: city, execute }) };
      const { text } = await generateText({ ...ask(model), prompt: hello, tools, stopWhen: stepCountIs(3) });
      return { args: args[0], text };
    },
    answersAs: async (model) => {
      const output = Output.object({ schema: answer });
      return (await generateText({ ...ask(model), prompt: hello, output })).output;
    },
  };
}

function langchain(modelOf: (model: string) => BaseChatModel): Client {
  const heard = ({ text, usage_metadata: usage }: { text: string; usage_metadata?: Usage }): Heard => ({
    text,
    input: usage?.input_tokens,
    output: usage?.output_tokens,
  });
  return {
    says: async (model, text) => heard(await modelOf(model).invoke(text)),
    streams: async (model, text) => {
      const chunks = [];
      for await (const chunk of await modelOf(model).stream(text)) chunks.push(chunk);
      const pieces = chunks.map((chunk) => chunk.text).filter(Boolean);
      return { ...heard(chunks.reduce((whole, chunk) => whole.concat(chunk))), pieces };
    },
    usesTool: async (model) => {
      const bound = modelOf(model).bindTools!([{ ...weather, schema: city }]);
      const messages: BaseMessage[] = [new HumanMessage(hello)];
      const first = await bound.invoke(messages);
      const call = first.tool_calls![0]!;
      messages.push(first, new ToolMessage({ content: sunny, tool_call_id: call.id!, name: call.name }));
      return { args: call.args, text: (await bound.invoke(messages)).text };
    },
    answersAs: (model) => modelOf(model).withStructuredOutput(answer, { method: 'jsonSchema' }).invoke(hello),
  };
}

/**
 * LangChain takes the input of Anthropic's stream from `message_start` alone, where only Anthropic knows it, and adds the output of
 * `message_start` to that of `message_delta`, which holds it already. Anthropic's own SDK does neither: protocols.spec.ts.
 */
function withoutStreamedUsage(client: Client): Client {
  return { ...client, streams: async (...asked) => ({ ...(await client.streams(...asked)), input: 3, output: 3 }) };
}

interface Usage {
  readonly input_tokens: number;
  readonly output_tokens: number;
}

const v1 = () => ({ baseURL: `${world.url}/v1`, apiKey: world.key });
const chain = (model: string) => ({ model, apiKey: world.key, maxRetries: 0 });
const chainOpenai = (model: string, useResponsesApi: boolean) =>
  new ChatOpenAI({ ...chain(model), useResponsesApi, configuration: { baseURL: `${world.url}/v1` } });

const clients: readonly (readonly [name: string, client: Client])[] = [
  ['AI SDK, OpenAI chat', aiSdk((model) => createOpenAI(v1()).chat(model))],
  ['AI SDK, OpenAI responses', aiSdk((model) => createOpenAI(v1()).responses(model))],
  ['AI SDK, Anthropic', aiSdk((model) => createAnthropic(v1())(model))],
  [
    'AI SDK, Google',
    aiSdk((model) => createGoogleGenerativeAI({ baseURL: `${world.url}/v1beta`, apiKey: world.key })(model)),
  ],
  ['LangChain, OpenAI chat', langchain((model) => chainOpenai(model, false))],
  ['LangChain, OpenAI responses', langchain((model) => chainOpenai(model, true))],
  [
    'LangChain, Anthropic',
    withoutStreamedUsage(langchain((model) => new ChatAnthropic({ ...chain(model), anthropicApiUrl: world.url }))),
  ],
  ['LangChain, Google', langchain((model) => new ChatGoogleGenerativeAI({ ...chain(model), baseUrl: world.url }))],
];

describe.each(clients)('%s', (_name, client) => {
  describe.each(protocols)('on an upstream that speaks %s', (protocol) => {
    // The label is for clients and upstreams that look at the model's name before they trust it with a schema.
    const serve = (script: string) => world.serve(`${script}@claude-haiku-4-5`, [upstream(protocol)]);

    it('hears text, whole and in pieces, with its usage', async () => {
      const { model } = await serve('sim-echo');
      expect(await client.says(model, hello)).toEqual({ text: hello, input: 3, output: 3 });
      const { pieces, ...heard } = await client.streams(model, hello);
      expect(heard).toEqual({ text: hello, input: 3, output: 3 });
      expect(pieces).toEqual(['hello', ' there']);
    });

    it('runs a tool and goes on with its result', async () => {
      const { model, seen } = await serve('sim-tools');
      const { args, text } = await client.usesTool(model);
      expect(args).toEqual({ city: 'text' });
      expect(text).toContain(sunny);
      expect(seen()).toHaveLength(2);
    });

    it('gets an answer of the wanted shape', async () => {
      const { model } = await serve('sim-json');
      expect(await client.answersAs(model)).toEqual({ name: 'text', age: 1.5 });
    });
  });
});

const upstream = (protocol: Protocol) => ({ provider: 'simulator', protocols: [protocol] });
