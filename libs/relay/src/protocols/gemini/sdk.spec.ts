import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FunctionCallingConfigMode, GoogleGenAI, ThinkingLevel, Type } from '@google/genai';
import { Agent, setGlobalDispatcher } from 'undici';
import type { Part } from '../../chat/parts';
import type { ChatReply } from '../../chat/reply';
import type { ChatRequest } from '../../chat/request';
import { unfold } from '../../chat/unfold';
import { RelayError } from '../../relay.errors';
import { decodeRequest } from './decode-request';
import { geminiClient } from './client';

/** What the server answers, and the requests it got, decoded. */
let answer: (request: ChatRequest) => ChatReply | readonly Part[] | RelayError;
let requests: ChatRequest[] = [];
let server: Server;
let ai: GoogleGenAI;

const stopped = (text: string): ChatReply => ({
  id: 'r-1',
  candidates: [{ index: 0, blocks: [{ kind: 'text', text }], finish: { reason: 'stop' } }],
  usage: { input: 3, output: 2, reasoning: 1 },
});

beforeAll(async () => {
  // The agent that Node gives its own `fetch` is not visible inside jest.
  setGlobalDispatcher(new Agent());
  server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const [, model, method] = /models\/([^:]+):(\w+)/.exec(incoming.url ?? '') ?? [];
      const stream = method === 'streamGenerateContent';
      const request = decodeRequest(JSON.parse(Buffer.concat(chunks).toString('utf8')), { model, stream });
      requests.push(request);
      const given = answer(request);
      const context = { model: model ?? '', requestId: 'req_1', created: 0, includeUsage: true, request };
      if (given instanceof RelayError) {
        response.writeHead(given.status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(geminiClient.errorBody(given, 'req_1')));
      } else if (stream) {
        const encoder = geminiClient.encodeStream(context);
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        for (const part of 'candidates' in given ? unfold(given) : given)
          for (const frame of encoder.push(part)) response.write(frame);
        response.end(encoder.end().join(''));
      } else {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify(geminiClient.encodeReply(given as ChatReply, context)));
      }
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  ai = new GoogleGenAI({ apiKey: 'key', httpOptions: { baseUrl: `http://127.0.0.1:${port}` } });
});

afterAll(() => new Promise((closed) => server.close(closed)));

beforeEach(() => {
  requests = [];
});

const f = {
  name: 'f',
  description: 'd',
  parameters: { type: Type.OBJECT, properties: { city: { type: Type.STRING } }, required: ['city'] },
};
const signature = { issuer: 'anthropic', value: 'EqQB+/=' } as const;

describe("Google's own SDK as a client", () => {
  it('sends requests of which every field is understood', async () => {
    answer = () => stopped('Hallo');
    const reply = await ai.models.generateContent({
      model: 'my-model',
      contents: [{ role: 'user', parts: [{ text: 'Hi' }, { inlineData: { mimeType: 'image/png', data: 'QQ==' } }] }],
      config: {
        ...{ systemInstruction: 'Be brief.', maxOutputTokens: 9, temperature: 0.5, stopSequences: ['x'], seed: 7 },
        ...{ tools: [{ functionDeclarations: [f] }, { googleSearch: {} }], responseMimeType: 'application/json' },
        ...{
          thinkingConfig: { thinkingLevel: ThinkingLevel.LOW, includeThoughts: true },
          cachedContent: 'cachedContents/x',
        },
        toolConfig: { functionCallingConfig: { mode: FunctionCallingConfigMode.ANY } },
      },
    });
    expect(reply.text).toBe('Hallo');
    expect(reply.usageMetadata).toEqual({
      promptTokenCount: 3,
      candidatesTokenCount: 2,
      thoughtsTokenCount: 1,
      totalTokenCount: 6,
    });
    expect(requests[0]).toEqual({
      model: 'my-model',
      stream: false,
      system: [{ kind: 'text', text: 'Be brief.' }],
      turns: [
        {
          role: 'user',
          blocks: [
            { kind: 'text', text: 'Hi' },
            { kind: 'image', source: { kind: 'data', mediaType: 'image/png', data: 'QQ==' } },
          ],
        },
      ],
      tools: [
        expect.objectContaining({ kind: 'function', name: 'f' }),
        expect.objectContaining({ kind: 'hosted', type: 'googleSearch' }),
      ],
      toolChoice: { kind: 'required' },
      reasoning: { effort: 'low', summary: 'auto' },
      format: { kind: 'json' },
      sampling: { maxOutputTokens: 9, temperature: 0.5, seed: 7, stop: ['x'] },
      meta: {},
      extensions: [{ issuer: 'gemini', path: 'cachedContent', value: 'cachedContents/x' }],
    });
  });

  it('keeps a streamed chat, from which thoughts, signatures and calls come back as they were', async () => {
    const blocks = [
      { kind: 'reasoning', text: 'Let me look.', signature },
      { kind: 'text', text: 'One moment.' },
      { kind: 'tool-call', id: 'toolu_1', name: 'f', input: '{"city":"北京"}', type: 'function' },
      { kind: 'tool-call', id: 'toolu_2', name: 'f', input: '{"city":"Rom"}', type: 'function' },
    ] as const;
    answer = ({ turns }) =>
      turns.length === 1 ? { candidates: [{ index: 0, blocks, finish: { reason: 'tool-calls' } }] } : stopped('Sunny.');
    const chat = ai.chats.create({ model: 'my-model', config: { tools: [{ functionDeclarations: [f] }] } });
    const calls = [];
    for await (const event of await chat.sendMessageStream({ message: 'Weather?' }))
      calls.push(...(event.functionCalls ?? []));
    expect(calls).toEqual([
      { id: 'toolu_1', name: 'f', args: { city: '北京' } },
      { id: 'toolu_2', name: 'f', args: { city: 'Rom' } },
    ]);
    const results = calls.map(({ id, name }) => ({ functionResponse: { id, name, response: { output: 'sunny' } } }));
    expect((await chat.sendMessage({ message: results })).text).toBe('Sunny.');
    expect(requests[1]?.turns.slice(1)).toEqual([
      { role: 'assistant', blocks },
      {
        role: 'user',
        blocks: ['toolu_1', 'toolu_2'].map((callId) => ({
          kind: 'tool-result',
          type: 'function',
          callId,
          name: 'f',
          content: [{ kind: 'text', text: 'sunny' }],
        })),
      },
    ]);
  });

  it('throws when the stream breaks, and when the request is refused', async () => {
    answer = () => [
      { kind: 'text-start', block: 0, candidate: 0 },
      { kind: 'text-delta', block: 0, text: 'Half' },
      { kind: 'error', error: { message: 'busy', code: 'overloaded' } },
    ];
    const seen: (string | undefined)[] = [];
    const broken = async () => {
      for await (const event of await ai.models.generateContentStream({ model: 'm', contents: 'Hi' }))
        seen.push(event.text);
    };
    await expect(broken()).rejects.toMatchObject({ name: 'ApiError', status: 503 });
    answer = () => new RelayError('rate_limit_exceeded', 'Slow down.');
    await expect(
      ai.models.generateContent({
        model: 'm',
        contents: 'Hi',
        config: { httpOptions: { retryOptions: { attempts: 1 } } },
      }),
    ).rejects.toMatchObject({ status: 429 });
    expect(seen.every((text) => text === 'Half')).toBe(true);
  });
});
