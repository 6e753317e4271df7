import Anthropic from '@anthropic-ai/sdk';
import { SseParser } from '@app/core';
import { classifyUpstreamError, findProvider, quirksOf } from '@app/providers';
import { awsEvent, awsException } from '../../../../../test/support/simulator/aws-frames.mjs';
import type { ReplyContext } from '../../chat/face';
import { Fold } from '../../chat/fold';
import type { Part } from '../../chat/parts';
import type { JsonObject } from '../../json';
import { AwsEvents } from '../../transport/aws-events';
import { clientFace, upstreamFace } from '../faces';
import { bedrockConverseWire } from './wire';

const provider = findProvider('bedrock')!;
const quirks = quirksOf(provider, 'bedrock-converse');
const face = upstreamFace('bedrock-converse');
const context: ReplyContext = {
  model: 'm',
  requestId: 'req_1',
  created: 1,
  includeUsage: true,
  request: { model: 'm', stream: true, system: [], turns: [], tools: [], sampling: {}, meta: {}, extensions: [] },
};

function partsOf(stream: Buffer, size = stream.length): Part[] {
  const parts: Part[] = [];
  const decoder = face.decodeStream(quirks);
  const parser = new SseParser((event) => parts.push(...decoder.push(event)));
  const frames = new AwsEvents();
  for (let at = 0; at < stream.length; at += size) {
    const events = frames.push(stream.subarray(at, at + size));
    if (events) parser.push(events);
  }
  parser.end();
  return [...parts, ...decoder.end()];
}

const delta = (contentBlockIndex: number, value: object) =>
  awsEvent('contentBlockDelta', { contentBlockIndex, delta: value, p: 'abc' });
const stop = (contentBlockIndex: number) => awsEvent('contentBlockStop', { contentBlockIndex });

const redacted = Buffer.from('Eu8ECkgIBxABGAIqQ==');
const usage = {
  inputTokens: 10,
  outputTokens: 7,
  totalTokens: 117,
  cacheReadInputTokens: 60,
  cacheWriteInputTokens: 40,
  cacheDetails: [
    { ttl: '1h', inputTokens: 30 },
    { ttl: '5m', inputTokens: 10 },
  ],
};

const stream = Buffer.concat([
  awsEvent('messageStart', { role: 'assistant' }),
  delta(0, { reasoningContent: { text: 'I th' } }),
  delta(0, { reasoningContent: { text: 'ink 🙂' } }),
  delta(0, { reasoningContent: { signature: 'ErcB' } }),
  delta(0, { reasoningContent: { signature: 'Ckg=' } }),
  stop(0),
  delta(1, { reasoningContent: { redactedContent: redacted.toString('base64') } }),
  stop(1),
  delta(2, { text: 'Let me ' }),
  delta(2, { text: 'see.' }),
  stop(2),
  awsEvent('contentBlockStart', {
    contentBlockIndex: 3,
    start: { toolUse: { toolUseId: 'tooluse_1', name: 'weather' } },
  }),
  delta(3, { toolUse: { input: '{"city":' } }),
  delta(3, { toolUse: { input: '"Rome"}' } }),
  stop(3),
  awsEvent('messageStop', { stopReason: 'tool_use' }),
  awsEvent('metadata', { usage, metrics: { latencyMs: 1 } }),
]);

const whole = {
  output: {
    message: {
      role: 'assistant',
      content: [
        { reasoningContent: { reasoningText: { text: 'I think 🙂', signature: 'ErcBCkg=' } } },
        { reasoningContent: { redactedContent: redacted.toString('base64') } },
        { text: 'Let me see.' },
        { toolUse: { toolUseId: 'tooluse_1', name: 'weather', input: { city: 'Rome' } } },
      ],
    },
  },
  stopReason: 'tool_use',
  usage,
};

function folded(parts: readonly Part[]) {
  const fold = new Fold();
  for (const part of parts) fold.push(part);
  return fold.reply();
}

/** What Anthropic's own SDK reads of an answer. */
async function read(body: string, streamed: boolean): Promise<Anthropic.Message> {
  const type = streamed ? 'text/event-stream' : 'application/json';
  const answer = () => Promise.resolve(new Response(body, { headers: { 'content-type': type } }));
  const { messages } = new Anthropic({ apiKey: 'k', baseURL: 'http://x', maxRetries: 0, fetch: answer });
  const asked = { model: 'm', max_tokens: 10, messages: [{ role: 'user' as const, content: 'x' }] };
  return streamed ? messages.stream(asked).finalMessage() : messages.create(asked);
}

const encoded = (parts: readonly Part[]): string => {
  const encoder = clientFace('anthropic-messages').encodeStream(context);
  return [...parts.flatMap((part) => [...encoder.push(part)]), ...encoder.end()].join('');
};

const content = [
  { type: 'thinking', thinking: 'I think 🙂', signature: 'ErcBCkg=' },
  { type: 'redacted_thinking', data: 'Eu8ECkgIBxABGAIqQ==' },
  { type: 'text', text: 'Let me see.' },
  { type: 'tool_use', id: 'tooluse_1', name: 'weather', input: { city: 'Rome' } },
];

describe('an answer of Converse', () => {
  it('is the same in any chunking', () => {
    const parts = partsOf(stream);
    for (let size = 1; size < 64; size++) expect(partsOf(stream, size)).toEqual(parts);
  });

  it('is the same streamed and whole', () => {
    const { candidates, usage: counted } = face.decodeReply(whole, quirks);
    expect(folded(partsOf(stream))).toMatchObject({ candidates, usage: counted });
  });

  it('counts tokens in buckets that do not overlap', () => {
    const counted = { input: 10, cacheRead: 60, cacheWrite: 10, cacheWrite1h: 30, output: 7 };
    expect(face.decodeReply(whole, quirks).usage).toEqual(counted);
    expect(bedrockConverseWire.whole(whole, quirks)).toMatchObject({
      usage: counted,
      meaningful: true,
      finish: 'tool_use',
    });
  });

  it('keeps the thinking block of an unstreamed answer (maximhq/bifrost#5638)', async () => {
    const reply = clientFace('anthropic-messages').encodeReply(face.decodeReply(whole, quirks), context);
    expect((await read(JSON.stringify(reply), false)).content).toMatchObject(content);
  });

  it('puts the signature into a signature_delta of its thinking block (maximhq/bifrost#5638)', async () => {
    const text = encoded(partsOf(stream));
    expect((await read(text, true)).content).toMatchObject(content);
    const events = [...text.matchAll(/^data: (.*)$/gm)].map(([, json]) => JSON.parse(json ?? '') as JsonObject);
    const signing = events.filter((event) => JSON.stringify(event).includes('ErcBCkg='));
    expect(signing).toEqual([
      { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'ErcBCkg=' } },
    ]);
  });

  it('keeps hidden thoughts that are no text as AWS gave them', () => {
    const bytes = Buffer.from([0, 255, 128]).toString('base64');
    const reply = face.decodeReply(
      { output: { message: { content: [{ reasoningContent: { redactedContent: bytes } }] } } },
      quirks,
    );
    expect(reply.candidates[0]?.blocks).toEqual([
      { kind: 'reasoning', text: '', redacted: true, signature: { issuer: 'bedrock', value: bytes } },
    ]);
  });

  it.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['max_tokens', 'length'],
    ['guardrail_intervened', 'content-filter'],
    ['content_filtered', 'content-filter'],
    ['model_context_window_exceeded', 'context-length'],
    ['a_new_one', 'other'],
  ])('that ends with %s', (stopReason, reason) => {
    const reply = face.decodeReply({ output: { message: { content: [{ text: 'x' }] } }, stopReason }, quirks);
    expect(reply.candidates[0]?.finish).toEqual({ reason, raw: stopReason });
  });

  it('may have citations', () => {
    const citation = { title: 'facts', location: { web: { url: 'https://x' } }, sourceContent: [{ text: 'Ruby is' }] };
    const cited = { citationsContent: { content: [{ text: 'Ruby is from 1993.' }], citations: [citation] } };
    const [block] = face.decodeReply({ output: { message: { content: [cited] } } }, quirks).candidates[0]?.blocks ?? [];
    const wanted = { title: 'facts', url: 'https://x', citedText: 'Ruby is' };
    expect(block).toMatchObject({ kind: 'text', text: 'Ruby is from 1993.', citations: [wanted] });
    const streamed = [delta(0, { text: 'Ruby is from 1993.' }), delta(0, { citation }), stop(0)];
    expect(folded(partsOf(Buffer.concat(streamed))).candidates[0]?.blocks).toEqual([block]);
  });

  it('that is none is an error', () => {
    expect(bedrockConverseWire.whole({ message: 'x' }, quirks).error).toEqual({ message: 'x' });
  });

  it.each([
    ['throttlingException', 'rate_limited'],
    ['serviceUnavailableException', 'overloaded'],
    ['modelTimeoutException', 'timeout'],
    ['modelStreamErrorException', 'upstream_error'],
    ['internalServerException', 'upstream_error'],
    ['validationException', 'caller'],
  ])('broken off by %s means %s', (name, kind) => {
    const [part] = partsOf(awsException(name, 'no')).slice(-1);
    expect(part?.kind).toBe('error');
    const body = { error: part?.kind === 'error' ? part.error : undefined };
    expect(classifyUpstreamError({ provider, status: 200, body })).toMatchObject({ kind, code: name, message: 'no' });
  });
});

describe("AWS's errors", () => {
  it.each<[number, string | undefined, unknown, string]>([
    [429, 'ThrottlingException:http://internal.amazon.com/coral/', { message: 'Too many tokens' }, 'rate_limited'],
    [400, 'ValidationException', { message: 'bad' }, 'caller'],
    [
      403,
      'UnrecognizedClientException',
      { message: 'The security token included in the request is invalid.' },
      'credential_invalid',
    ],
    [403, 'ExpiredTokenException', { message: 'expired' }, 'credential_invalid'],
    [403, 'AccessDeniedException', { Message: 'no access' }, 'forbidden'],
    [404, undefined, { __type: 'com.amazon.coral.service#ResourceNotFoundException', message: 'x' }, 'model_missing'],
    [400, 'ServiceQuotaExceededException', { message: 'x' }, 'rate_limited'],
    [429, 'ModelNotReadyException', { message: 'x' }, 'overloaded'],
    [424, 'ModelErrorException', { message: 'x' }, 'upstream_error'],
    [503, 'ServiceUnavailableException', { message: 'x' }, 'overloaded'],
  ])('%i %s %j mean %s', (status, type, body, kind) => {
    const headers = type === undefined ? {} : { 'x-amzn-errortype': type };
    expect(classifyUpstreamError({ provider, status, headers, body }).kind).toBe(kind);
  });
});
