import { sseFrame } from '@app/core';
import { quirksOf } from '@app/providers';
import { PatchReader } from '../../lanes/patch-reader';
import { RelayError } from '../../relay.errors';
import { Body } from '../../request/members';
import { anthropicMessagesWire as wire } from './wire';

const quirks = quirksOf({}, 'anthropic-messages');
const body = (value: object) => Body.parse(Buffer.from(JSON.stringify(value)));
const event = (type: string, fields: object = {}) => sseFrame(JSON.stringify({ type, ...fields }), type);
const start = event('message_start', {
  message: {
    id: 'msg_1',
    usage: {
      input_tokens: 43,
      output_tokens: 1,
      cache_creation_input_tokens: 30,
      cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
    },
  },
});
const open = event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } });
const delta = (text: string) => event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } });
const finish = event('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 8 } });
const stop = event('message_stop');

function read(stream: string, size = stream.length) {
  const log: string[] = [];
  let passed = '';
  const reader = new PatchReader(wire, quirks, false, {
    commit: () => log.push('commit'),
    out: (bytes) => (passed += bytes.toString('utf8')),
    error: (error) => log.push(`error ${JSON.stringify(error)}`),
    end: () => log.push('end'),
  });
  const bytes = Buffer.from(stream);
  for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
  reader.close();
  return { log, passed, tail: reader.tail().toString('utf8'), facts: reader.facts };
}

describe('Anthropic messages passed through', () => {
  it('pass byte for byte, with their usage put together from both ends', () => {
    const stream =
      start +
      open +
      event('ping') +
      delta('Grüße ') +
      delta('🌍 "usage"') +
      event('content_block_stop', { index: 0 }) +
      finish +
      stop;
    for (const size of [1, 7, 100, 10_000]) {
      const { log, passed, tail, facts } = read(stream, size);
      expect(passed + tail).toBe(stream);
      expect(log).toEqual(['commit', 'end']);
      expect(facts.usage).toEqual({ input: 43, cacheWrite: 10, cacheWrite1h: 20, output: 8 });
      expect(facts.finish).toBe('end_turn');
    }
  });

  it('are not committed by their head, so that failover stays free', () => {
    expect(read(start + open + event('ping')).log).toEqual([]);
    const tool = event('content_block_start', {
      index: 0,
      content_block: { type: 'tool_use', id: 't', name: 'f', input: {} },
    });
    expect(read(start + tool).log).toEqual(['commit']);
    const hidden = event('content_block_delta', { index: 0, delta: { type: 'signature_delta', signature: 's' } });
    expect(read(start + hidden).log).toEqual(['commit']);
  });

  it('report an overload inside the stream, before and after the first text', () => {
    const error = event('error', { error: { type: 'overloaded_error', message: 'Overloaded' } });
    expect(read(start + error)).toMatchObject({
      log: ['error {"type":"overloaded_error","message":"Overloaded"}'],
      passed: '',
    });
    expect(read(start + open + delta('a') + error).log).toEqual([
      'commit',
      'error {"type":"overloaded_error","message":"Overloaded"}',
    ]);
  });

  it('get the end their upstream forgot', () => {
    expect(read(start + open + delta('a') + finish).tail).toBe(stop);
  });

  it('get an error event when they break', () => {
    expect(wire.failureFrame('Broke', 'upstream_error')).toBe(
      'event: error\ndata: {"type":"error","error":{"type":"api_error","message":"Broke"}}\n\n',
    );
  });

  it('are understood whole', () => {
    const answer = {
      type: 'message',
      content: [
        { type: 'text', text: 'abcd' },
        { type: 'tool_use', input: { a: 1 } },
      ],
      stop_reason: 'tool_use',
      usage: { input_tokens: 5, output_tokens: 6 },
    };
    expect(wire.whole(answer, quirks)).toMatchObject({
      meaningful: true,
      textBytes: 11,
      finish: 'tool_use',
      usage: { input: 5, output: 6 },
    });
    expect(wire.whole({ type: 'message', content: [] }, quirks).meaningful).toBe(false);
  });

  it('are no success when they are an error with status 200', () => {
    const error = { type: 'api_error', message: 'x' };
    expect(wire.whole({ type: 'error', error }, quirks)).toMatchObject({ meaningful: false, error });
  });

  it('know the caller’s limit and always report usage', () => {
    expect(wire.outputLimit(body({ max_tokens: 50 }))).toBe(50);
    expect(wire.outputLimit(body({}))).toBeUndefined();
    expect(wire.wantsUsage(body({ stream: true }))).toBe(true);
    expect(wire.askForUsage(body({ stream: true }))).toEqual([]);
  });

  it.each([
    [{}, 'messages'],
    [{ messages: 'x' }, 'messages'],
    [{ messages: [], max_tokens: '5' }, 'max_tokens'],
    [{ messages: [], stream: 1 }, 'stream'],
    [{ messages: [], thinking: true }, 'thinking'],
  ])('refuse %j and name the field', (value, param) => {
    expect(() => wire.check(body(value))).toThrow(RelayError);
    expect(() => wire.check(body(value))).toThrow(expect.objectContaining({ extra: { param } }) as Error);
  });

  it('take the request of count_tokens', () => {
    expect(() => wire.check(body({ model: 'm', messages: [], tools: null }))).not.toThrow();
  });
});
