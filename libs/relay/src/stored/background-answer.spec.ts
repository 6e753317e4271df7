import type { SseEvent } from '@app/core';
import { sseFrame, SseParser } from '@app/core';
import { BackgroundAnswer } from './background-answer';
import { EventFeed } from './event-feed';

const queued = { id: 'resp_ours', object: 'response', status: 'queued', output: [], background: true };
const streamed = { isStreamed: true };
const own = { id: 'resp_ours', background: true };
const frame = (type: string, sequence_number: number, fields: object): string =>
  sseFrame(JSON.stringify({ type, sequence_number, ...fields }), type);
const theirs = { id: 'resp_theirs', status: 'completed', background: false, output: [{ type: 'message' }] };
const stream = [
  frame('response.created', 0, { response: { ...theirs, status: 'in_progress' } }),
  frame('response.in_progress', 1, { response: { ...theirs, status: 'in_progress' } }),
  frame('response.output_text.delta', 2, { delta: 'Grüße 🌍' }),
].join('');
const last = frame('response.completed', 3, { response: theirs });

function eventsOf({ feed }: BackgroundAnswer) {
  const events: SseEvent[] = [];
  const parser = new SseParser((event) => events.push(event));
  parser.push(Buffer.from((feed.whole ?? []).join('')));
  return events.map(({ data }) => JSON.parse(data));
}

describe('background answer', () => {
  it.each([1, 2, 7, 64, 10_000])('tells the same events in one numbering, cut into pieces of %d bytes', (size) => {
    const begun = jest.fn();
    const answer = new BackgroundAnswer(queued, own, begun, streamed);
    const bytes = Buffer.from(stream);
    for (let at = 0; at < bytes.length; at += size) answer.write(bytes.subarray(at, at + size));
    answer.finish({ kind: 'tail', bytes: Buffer.from(last) });
    const response = { ...theirs, ...own };
    expect(eventsOf(answer)).toEqual([
      { type: 'response.created', sequence_number: 0, response: queued },
      { type: 'response.queued', sequence_number: 1, response: queued },
      { type: 'response.in_progress', sequence_number: 2, response: { ...queued, status: 'in_progress' } },
      { type: 'response.output_text.delta', sequence_number: 3, delta: 'Grüße 🌍' },
      { type: 'response.completed', sequence_number: 4, response },
    ]);
    expect(answer.final).toEqual(response);
    expect(answer.upstream.id).toBe('resp_theirs');
    expect(begun).toHaveBeenCalledTimes(1);
  });

  it('reads text of one character per byte too', () => {
    const answer = new BackgroundAnswer(queued, own, () => undefined, streamed);
    answer.write(Buffer.from(stream).toString('latin1'));
    expect(eventsOf(answer).at(-1)).toMatchObject({ delta: 'Grüße 🌍' });
  });

  it('ends with what an upstream answered whole', () => {
    const answer = new BackgroundAnswer(queued, own, () => undefined, streamed);
    const body = Buffer.from(JSON.stringify({ ...theirs, status: 'incomplete' }));
    answer.finish({ kind: 'body', status: 200, contentType: 'application/json', body });
    expect(answer.final).toMatchObject({ ...own, status: 'incomplete' });
    expect(eventsOf(answer).at(-1)).toMatchObject({ type: 'response.incomplete' });
  });

  it('keeps no events where nobody asked for a stream', () => {
    const answer = new BackgroundAnswer(queued, own, () => undefined, { isStreamed: false });
    answer.write(Buffer.from(stream + last));
    expect(answer.feed.first).toBe(answer.feed.next);
    expect(answer.final).toMatchObject({ id: 'resp_ours', status: 'completed' });
  });

  it('fails once, and not after its end', () => {
    const answer = new BackgroundAnswer(queued, own, () => undefined, streamed);
    answer.fail('server_error', 'first');
    answer.fail('server_error', 'second');
    answer.write(Buffer.from(last));
    expect(answer.final).toMatchObject({ status: 'failed', error: { message: 'first' } });
    expect(eventsOf(answer)).toHaveLength(3);
  });

  it('tells whoever works on it to stop, also when they ask late', async () => {
    const answer = new BackgroundAnswer(queued, own, () => undefined, streamed);
    const early = jest.fn();
    answer.onGone(early);
    answer.stop();
    expect(early).toHaveBeenCalledTimes(1);
    await new Promise<void>((resolve) => answer.onGone(resolve));
  });
});

describe('event feed', () => {
  const never = new AbortController().signal;
  const all = async (frames: AsyncIterable<string>): Promise<string[]> => {
    const read = [];
    for await (const text of frames) read.push(text);
    return read;
  };

  it('gives every reader all events from where it wants, those to come too', async () => {
    const feed = new EventFeed(4_000_000);
    feed.push('a');
    feed.push('b');
    const readers = [all(feed.read(0, never)), all(feed.read(1, never)), all(feed.read(3, never))];
    await Promise.resolve();
    feed.push('c');
    feed.push('d');
    feed.end();
    expect(await Promise.all(readers)).toEqual([['a', 'b', 'c', 'd'], ['b', 'c', 'd'], ['d']]);
  });

  it('lets go of a reader who leaves', async () => {
    const feed = new EventFeed(4_000_000);
    const reader = new AbortController();
    const read = all(feed.read(0, reader.signal));
    reader.abort();
    expect(await read).toEqual([]);
  });

  it('drops the first events of an answer without end, and says so', async () => {
    const feed = new EventFeed(4_000_000);
    for (let event = 0; event < 10; event++) feed.push('x'.repeat(1_000_000));
    expect(feed.whole).toBeNull();
    expect(feed.next).toBe(10);
    expect(feed.first).toBe(6);
    feed.end();
    expect(await all(feed.read(0, never))).toEqual([]);
    expect(await all(feed.read(6, never))).toHaveLength(4);
  });
});
