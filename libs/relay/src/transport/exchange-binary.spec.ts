import { gzipSync } from 'node:zlib';
import { findProvider } from '@app/providers';
import { awsEvent } from '../../../../test/support/simulator/aws-frames.mjs';
import { type AnswerReader, noFacts, type StreamEvents } from '../lanes/lane';
import type { Reply } from '../relay.types';
import { Exchange, type ExchangeInput } from './exchange';

const AWS = { 'content-type': 'application/vnd.amazon.eventstream' };
const controller = { abort: () => undefined, pause: () => undefined, resume: () => undefined } as never;

function inputWith(reader: (events: StreamEvents) => AnswerReader, written: string[] = []): ExchangeInput {
  const reply: Reply = {
    dropped: () => undefined,
    served: () => undefined,
    begin: () => undefined,
    write: (chunk) => written.push(String(chunk)) > 0,
    onDrain: () => undefined,
    onGone: () => undefined,
    isGone: false,
  };
  const call = { method: 'POST' as const, url: 'https://x', headers: {}, body: null, dropped: [] };
  const timing = { firstByteMs: 30_000, endsBy: Date.now() + 30_000 };
  return {
    prepared: { call, reader },
    provider: findProvider('bedrock')!,
    stream: true,
    reply,
    scrub: String,
    ...timing,
  };
}

/** An exchange whose reader commits with its first event. */
function open() {
  const seen: string[] = [];
  const written: string[] = [];
  const reader = (events: StreamEvents): AnswerReader => ({
    push: (chunk) => {
      if (seen.push(String(chunk)) === 1) events.commit();
      events.out(chunk);
    },
    close: () => undefined,
    whole: () => ({ facts: noFacts, meaningful: false, body: () => ({ bytes: Buffer.alloc(0) }) }),
    facts: noFacts,
    isComplete: false,
    tail: () => Buffer.alloc(0),
    broken: (message, code) => Buffer.from(`${code}: ${message}`),
  });
  const exchange = new Exchange(inputWith(reader, written), () => undefined);
  exchange.onRequestStart(controller);
  exchange.onResponseStart(controller, 200, AWS);
  return { exchange, seen, written };
}

const good = awsEvent('messageStart', { role: 'assistant' });
const damaged = Buffer.from(good);
damaged[20] = damaged[20]! ^ 0xff;

describe('a binary stream', () => {
  it('reaches its reader as events, also where its first visible byte is a brace', () => {
    const { exchange, seen } = open();
    // 123 bytes long: the length is the first byte that is no zero, and it is `{`.
    const framed = awsEvent('messageStart', { p: 'a'.repeat(123 - awsEvent('messageStart', { p: '' }).length) });
    expect([framed.length, framed[3]]).toEqual([123, '{'.charCodeAt(0)]);
    exchange.onResponseData(controller, framed);
    expect(seen).toEqual([expect.stringMatching(/^event: messageStart\ndata: \{"p":"a+"\}\n\n$/)]);
    exchange.refuse({ kind: 'network', status: null, code: 'end', message: 'end of the test' });
  });

  it('that is damaged before anything was said is a failure, free to be tried elsewhere', () => {
    const { exchange } = open();
    exchange.onResponseData(controller, damaged);
    expect(exchange.result).toMatchObject({
      kind: 'failed',
      failure: { code: 'invalid_stream', kind: 'upstream_error' },
    });
  });

  it('that is damaged later breaks the answer, and says so', () => {
    const { exchange, written } = open();
    exchange.onResponseData(controller, good);
    exchange.onResponseData(controller, damaged);
    expect(written).toHaveLength(1);
    expect(exchange.result).toMatchObject({ kind: 'broken', failure: { code: 'invalid_stream' } });
    expect(exchange.result?.kind === 'broken' && String(exchange.result.rest)).toMatch(/^invalid_stream: /);
  });
});

describe('an answer its reader fails at', () => {
  const gzipped = { 'content-type': 'application/json', 'content-encoding': 'gzip' };

  it('fails the call, and nothing else, behind a decompressor too', async () => {
    const reader = { whole: () => ({ facts: noFacts, meaningful: true, body: () => fallOver() }), broken: () => null };
    const exchange = await new Promise<Exchange>((resolve) => {
      const input = { ...inputWith(() => reader as unknown as AnswerReader), stream: false };
      const opened = new Exchange(input, () => resolve(opened));
      opened.onRequestStart(controller);
      opened.onResponseStart(controller, 200, gzipped);
      opened.onResponseData(controller, gzipSync('{}'));
      opened.onResponseEnd();
    });
    expect(exchange.result).toMatchObject({ kind: 'failed', failure: { code: 'invalid_answer' } });
  });

  it('fails the call when it streams', () => {
    const exchange = new Exchange(
      inputWith(() => ({ push: fallOver }) as unknown as AnswerReader),
      () => undefined,
    );
    exchange.onRequestStart(controller);
    exchange.onResponseStart(controller, 200, { 'content-type': 'text/event-stream' });
    exchange.onResponseData(controller, Buffer.from('data: {}\n\n'));
    expect(exchange.result).toMatchObject({ kind: 'failed', failure: { code: 'invalid_answer' } });
  });
});

function fallOver(): never {
  throw new TypeError("Cannot read properties of null (reading 'x')");
}
