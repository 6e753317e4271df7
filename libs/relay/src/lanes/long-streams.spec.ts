import { type Protocol, quirksOf } from '@app/providers';
import { runInNewContext } from 'node:vm';
import { setFlagsFromString } from 'node:v8';
import { clientFace, upstreamFace, upstreamWire, wireOf } from '../protocols/faces';
import type { StreamEvents } from './lane';
import { PatchReader } from './patch-reader';
import { TranslateReader } from './translate-reader';

/** What a stream leaves behind must not depend on how long it is. */
const MIB = 1024 * 1024;
const word = 'word '.repeat(4);

const line = (value: object): Buffer => Buffer.from(`data: ${JSON.stringify(value)}\n\n`);
const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [] };
const item = { type: 'message', id: 'msg_1', role: 'assistant', status: 'in_progress', content: [] };

/** How an upstream begins an answer, and how it goes on with one piece of text. */
const streams: Record<Protocol, { readonly head: readonly object[]; piece(text: string): object }> = {
  'openai-chat': {
    head: [],
    piece: (content) => ({ id: 'c', object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content } }] }),
  },
  'openai-responses': {
    head: [
      { type: 'response.created', response: { id: 'resp_1', model: 'm', status: 'in_progress', output: [] } },
      { type: 'response.output_item.added', output_index: 0, item },
    ],
    piece: (delta) => ({
      type: 'response.output_text.delta',
      item_id: 'msg_1',
      output_index: 0,
      content_index: 0,
      delta,
    }),
  },
  'anthropic-messages': {
    head: [
      { type: 'message_start', message: { ...message, usage: { input_tokens: 1, output_tokens: 1 } } },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    ],
    piece: (text) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
  },
  gemini: {
    head: [],
    piece: (text) => ({ candidates: [{ index: 0, content: { role: 'model', parts: [{ text }] } }] }),
  },
};

const sink = () => {
  const seen = { bytes: 0, committed: false };
  const events: StreamEvents = {
    commit: () => void (seen.committed = true),
    out: (bytes) => void (seen.bytes += bytes.length),
    error: (error) => {
      throw new Error(JSON.stringify(error));
    },
    end: () => undefined,
  };
  return { seen, events };
};

function reader(from: Protocol, to: Protocol, events: StreamEvents) {
  const quirks = quirksOf({}, from);
  if (from === to) return new PatchReader(wireOf(from), quirks, false, events);
  const bodies = { messages: [{ role: 'user', content: 'x' }], input: 'x', contents: [{ parts: [{ text: 'x' }] }] };
  const request = clientFace(to).decodeRequest({ ...bodies, model: 'm', max_tokens: 9 }, { model: 'm', stream: true });
  const context = { model: 'm', requestId: 'req_1', created: 1, includeUsage: false, request };
  const client = clientFace(to);
  const wire = upstreamWire(from);
  return new TranslateReader({ client, upstream: upstreamFace(from), wire, quirks, context, stream: true }, events);
}

/** Each decoder and each encoder once, and the lane that passes bytes. */
const pairs = [
  { from: 'openai-chat', to: 'openai-chat' },
  { from: 'openai-chat', to: 'openai-responses' },
  { from: 'openai-responses', to: 'anthropic-messages' },
  { from: 'anthropic-messages', to: 'gemini' },
  { from: 'gemini', to: 'openai-chat' },
] as const;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void; // the flag defines it
const heap = (): number => (collect(), process.memoryUsage().heapUsed);

describe.each(pairs)('a stream of $from for a caller of $to', ({ from, to }) => {
  const { head, piece } = streams[from];

  // OpenAI repeats the whole text at the end of a response, so that a caller's text has to be kept there, and only that.
  const allowed = to === 'openai-responses' ? 80_000 * (word.length + 80) : MIB;

  it('of 100 000 chunks takes no more memory than one of 20 000', () => {
    const { seen, events } = sink();
    const stream = reader(from, to, events);
    const chunk = line(piece(word));
    for (const event of head) stream.push(line(event));
    const passes = (count: number) => {
      for (let at = 0; at < count; at++) stream.push(chunk);
    };
    passes(20_000);
    const before = { heap: heap(), bytes: seen.bytes };
    passes(80_000);
    expect(heap() - before.heap).toBeLessThan(allowed);
    expect(seen.bytes - before.bytes).toBeGreaterThan(80_000 * word.length);
  });

  it('passes a line of a megabyte, and of twenty, in pieces of 64 KiB', () => {
    for (const size of [MIB, 20 * MIB]) {
      const { seen, events } = sink();
      const stream = reader(from, to, events);
      for (const event of head) stream.push(line(event));
      const whole = line(piece('x'.repeat(size)));
      for (let at = 0; at < whole.length; at += 65_536) stream.push(whole.subarray(at, at + 65_536));
      expect(seen.committed).toBe(true);
      expect(seen.bytes).toBeGreaterThan(size);
    }
  });
});
