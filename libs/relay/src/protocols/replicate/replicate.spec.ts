import { sseFrame, SseParser } from '@app/core';
import { quirksOf } from '@app/providers';
import { text } from '../../chat/blocks';
import { Fold } from '../../chat/fold';
import type { Part } from '../../chat/parts';
import type { ChatRequest } from '../../chat/request';
import { follow } from './follow';
import { replicateUpstream, replicateWire } from './upstream';

const quirks = quirksOf({}, 'replicate');
const base = 'https://api.replicate.com/v1';
const urls = {
  get: `${base}/predictions/p1`,
  cancel: `${base}/predictions/p1/cancel`,
  stream: 'https://stream.replicate.com/v1/files/abc',
};
const done = {
  id: 'p1',
  model: 'meta/llama-3',
  status: 'succeeded',
  output: ['Grüße ', 'aus ', '北京'],
  error: null,
  metrics: { input_token_count: 20, output_token_count: 5, predict_time: 0.4 },
  urls,
};

const request = (over: Partial<ChatRequest>): ChatRequest => ({
  model: 'meta/llama-3',
  stream: false,
  system: [text('Be brief.')],
  turns: [
    { role: 'user', blocks: [text('hi')] },
    { role: 'assistant', blocks: [text('Hello.')] },
    {
      role: 'user',
      blocks: [text('And?'), { kind: 'image', source: { kind: 'url', url: 'https://x.example/a.png' } }],
    },
  ],
  tools: [],
  sampling: { maxOutputTokens: 9, temperature: 0, stop: ['x'] },
  meta: { user: 'u1' },
  extensions: [],
  ...over,
});

function read(stream: string, size = stream.length): Part[] {
  const decoder = replicateUpstream.decodeStream(quirks);
  const parts: Part[] = [];
  const parser = new SseParser((event) => parts.push(...decoder.push(event)));
  const bytes = Buffer.from(stream);
  for (let at = 0; at < bytes.length; at += size) parser.push(bytes.subarray(at, at + size));
  parser.end();
  return parts;
}

const folded = (parts: readonly Part[]) => {
  const fold = new Fold();
  for (const part of parts) fold.push(part);
  return { ...fold.reply(), error: fold.error };
};

describe('a prediction of Replicate', () => {
  it('has the conversation as its prompt', () => {
    expect(replicateUpstream.encodeRequest(request({}), quirks)).toEqual({
      body: {
        input: {
          prompt: 'User: hi\n\nAssistant: Hello.\n\nUser: And?',
          system_prompt: 'Be brief.',
          image: 'https://x.example/a.png',
          max_tokens: 9,
          temperature: 0,
        },
      },
      dropped: ['sampling.stop', 'meta.user'],
      headers: { prefer: 'wait' },
    });
  });

  it('may be of a version, and is streamed at an address of its own', () => {
    const turns = [{ role: 'user' as const, blocks: [text('hi')] }];
    const streamed = request({ model: 'a/b:5c7d', stream: true, system: [], turns, sampling: {}, meta: {} });
    expect(replicateUpstream.encodeRequest(streamed, quirks)).toEqual({
      body: { version: '5c7d', input: { prompt: 'hi' }, stream: true },
      dropped: [],
    });
  });

  it('is read when it is over', () => {
    expect(replicateUpstream.decodeReply(done, quirks)).toMatchObject({
      id: 'p1',
      candidates: [{ blocks: [{ kind: 'text', text: 'Grüße aus 北京' }], finish: { reason: 'stop' } }],
      usage: { input: 20, output: 5 },
    });
    expect(replicateWire.whole(done, quirks)).toMatchObject({ meaningful: true, usage: { input: 20, output: 5 } });
    const failed = { ...done, status: 'failed', output: null, error: 'CUDA out of memory' };
    expect(replicateWire.whole(failed, quirks).error).toEqual({
      code: 'prediction_failed',
      message: 'CUDA out of memory',
    });
    expect(replicateWire.whole({ ...done, status: 'starting', output: null }, quirks).meaningful).toBe(false);
  });

  it.each([
    ['starting', false, base, urls.get],
    ['processing', false, base, urls.get],
    ['starting', true, base, urls.stream],
    ['succeeded', true, base, undefined],
    ['failed', false, base, undefined],
    // The key must not go where only the answer says.
    ['starting', false, 'https://relay.example/v1', undefined],
    ['starting', true, 'https://api.replicate.com.evil.example/v1', undefined],
  ])('%s, streamed: %j, from %s, is gone on with at %s', (status, stream, from, url) => {
    expect(follow({ ...done, status }, stream, from)?.url).toBe(url);
  });

  it.each([
    'http://stream.replicate.com/x',
    'https://stream.replicate.com.evil.example/x',
    'https://evil.example/x',
    '/x',
  ])('is not followed to %s', (stream) => {
    expect(follow({ ...done, status: 'starting', urls: { stream } }, true, base)).toBeUndefined();
  });

  it('can be called off, at an address that may have the key', () => {
    expect(follow({ ...done, status: 'starting' }, false, base)?.cancelUrl).toBe(urls.cancel);
    const elsewhere = { ...urls, cancel: 'https://evil.example/cancel' };
    expect(follow({ ...done, status: 'starting', urls: elsewhere }, false, base)?.cancelUrl).toBeUndefined();
  });

  it('streams text, however it is cut, and tells no usage', () => {
    const stream = [
      sseFrame('Grüße', 'output'),
      sseFrame(' aus', 'output'),
      'event: output\ndata: \ndata: 北京\n\n',
      sseFrame('{}', 'done'),
    ].join('');
    const whole = read(stream);
    expect(folded(whole)).toMatchObject({
      candidates: [{ blocks: [{ kind: 'text', text: 'Grüße aus\n北京' }], finish: { reason: 'stop' } }],
      usage: undefined,
      error: undefined,
    });
    for (const size of [1, 2, 3, 7]) expect(read(stream, size)).toEqual(whole);
  });

  it.each([
    [sseFrame('{"detail":"broke"}', 'error'), { code: 'prediction_failed', message: 'broke' }],
    [sseFrame('{"reason":"canceled"}', 'done'), { code: 'prediction_canceled' }],
  ])('fails with %j', (frame, error) => {
    expect(folded(read(frame)).error).toMatchObject(error);
  });
});
