import OpenAI from 'openai';
import type { ReplyContext } from '../../chat/face';
import type { Part } from '../../chat/parts';
import type { ChatReply } from '../../chat/reply';
import { unfold } from '../../chat/unfold';
import type { JsonObject } from '../../json';
import { completionsClient } from './completions';
import { openaiChatUpstream } from './upstream';
import { completesText } from '../../operations/completions';
import { findProvider, quirksOf } from '@app/providers';

const { decodeRequest, encodeReply, encodeStream } = completionsClient;
const params = { model: 'm', prompt: 'Say hi' };
const contextOf = (includeUsage = false): ReplyContext => ({
  model: 'm',
  requestId: 'req_3',
  created: 5,
  includeUsage,
  request: decodeRequest(params, {}),
});
const sdk = (body: string, type: string) =>
  new OpenAI({
    apiKey: 'k',
    maxRetries: 0,
    fetch: () => Promise.resolve(new Response(body, { headers: { 'content-type': type } })),
  });
const streamed = (parts: readonly Part[], includeUsage = false) => {
  const encoder = encodeStream(contextOf(includeUsage));
  return [...parts.flatMap((part) => [...encoder.push(part)]), ...encoder.end()].join('');
};
const entry = (token: string) => ({
  token,
  logprob: -0.5,
  bytes: null,
  top_logprobs: [{ token, logprob: -0.5, bytes: null }],
});
const reply: ChatReply = {
  candidates: [
    {
      index: 0,
      blocks: [
        { kind: 'reasoning', text: 'hm' },
        { kind: 'text', text: 'Hi there' },
      ],
      finish: { reason: 'length' },
      logprobs: { content: [entry('Hi'), entry(' there')] },
    },
  ],
  usage: { input: 2, output: 3 },
};
const logprobs = {
  tokens: ['Hi', ' there'],
  token_logprobs: [-0.5, -0.5],
  top_logprobs: [{ Hi: -0.5 }, { ' there': -0.5 }],
  text_offset: [0, 2],
};

const routeTo = (provider: string, upstreamModel: string, settings = {}) =>
  ({ channel: { provider: findProvider(provider), settings }, protocol: 'openai-chat', upstreamModel }) as never; // what is looked at

it.each([
  ['openai', 'gpt-3.5-turbo-instruct', true],
  ['openai', 'davinci-002', true],
  ['openai', 'gpt-4o', false],
  ['openai', 'o3', false],
  ['vllm', 'gpt-oss-120b', true],
] as const)('%s completes text with %s: %s', (provider, model, completes) => {
  expect(completesText(routeTo(provider, model))).toBe(completes);
  expect(completesText(routeTo(provider, model, { paths: { completions: '/x' } }))).toBe(true);
});

describe('a text completion over chat', () => {
  it('the prompt is the user’s turn; short unless asked otherwise', () => {
    const request = decodeRequest(
      { ...params, logprobs: 2, stop: 'END', echo: false, best_of: 1, suffix: 'x', user: 'u' },
      {},
    );
    expect(request).toMatchObject({
      turns: [{ role: 'user', blocks: [{ kind: 'text', text: 'Say hi' }] }],
      sampling: { maxOutputTokens: 16, logprobs: true, topLogprobs: 2, stop: ['END'] },
      meta: { user: 'u' },
    });
    expect(openaiChatUpstream.encodeRequest(request, quirksOf({}, 'openai-chat')).dropped).toEqual([
      'extensions.suffix',
    ]);
    expect(decodeRequest({ ...params, prompt: ['one'], max_tokens: 50 }, {}).sampling.maxOutputTokens).toBe(50);
  });

  it('several prompts or tokens are refused by name', () => {
    for (const prompt of [['a', 'b'], [1, 2], undefined, '']) {
      expect(() => decodeRequest({ model: 'm', prompt }, {})).toThrow(
        expect.objectContaining({ status: 400, extra: { param: 'prompt' } }) as Error,
      );
    }
  });

  it('whole, read by the official SDK', async () => {
    const completion = await sdk(
      JSON.stringify(encodeReply(reply, contextOf())),
      'application/json',
    ).completions.create(params);
    expect(completion).toEqual({
      id: 'cmpl-3',
      object: 'text_completion',
      created: 5,
      model: 'm',
      choices: [{ text: 'Hi there', index: 0, logprobs, finish_reason: 'length' }],
      usage: { prompt_tokens: 2, completion_tokens: 3, total_tokens: 5 },
    });
  });

  it('streamed, read by the official SDK', async () => {
    const stream = await sdk(streamed(unfold(reply), true), 'text/event-stream').completions.create({
      ...params,
      stream: true,
    });
    const chunks: OpenAI.Completion[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks.map(({ choices }) => choices[0]?.text ?? '').join('')).toBe('Hi there');
    expect(chunks.flatMap(({ choices }) => choices[0]?.finish_reason ?? [])).toEqual(['length']);
    expect(chunks.flatMap(({ choices }) => choices[0]?.logprobs ?? [])).toEqual([logprobs]);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 5 } });
  });

  it('ends with [DONE] only when it is complete', () => {
    expect(streamed(unfold(reply)).endsWith('data: [DONE]\n\n')).toBe(true);
    for (const cut of [unfold(reply).slice(0, 4), [], [{ kind: 'error', error: { message: 'no' } } as const]]) {
      const text = streamed(cut);
      expect(text).not.toContain('[DONE]');
      expect(JSON.parse(text.trim().split('\n\n').at(-1)?.slice(6) ?? '') as JsonObject).toHaveProperty('error');
    }
  });
});
