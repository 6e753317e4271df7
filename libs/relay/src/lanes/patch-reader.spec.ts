import { quirksOf } from '@app/providers';
import { completions } from '../operations/completions';
import { openaiChatWire } from '../protocols/openai-chat/wire';
import { PatchReader } from './patch-reader';

const quirks = quirksOf({}, 'openai-chat');
const chunk = (delta: object, more: object = {}) =>
  `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: null, ...more }] })}\n\n`;
const role = chunk({ role: 'assistant', content: '' });
const words = ['Grüße ', 'aus ', '北京 ', '🌍'].map((content) => chunk({ content }));
const finish = chunk({}, { finish_reason: 'stop' });
const usage = `data: ${JSON.stringify({ id: 'c1', choices: [], usage: { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 } })}\n\n`;
const done = 'data: [DONE]\n\n';
const whole = [role, ...words, finish, usage, done].join('');

function run(pieces: readonly Buffer[], stripUsage: boolean, wire = openaiChatWire) {
  const log: string[] = [];
  const out: Buffer[] = [];
  const frames: string[] = [];
  const stream = new PatchReader(wire, quirks, stripUsage, {
    commit: () => log.push(`commit after ${out.length} bytes`),
    out: (bytes) => void out.push(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes),
    error: (error, frame) => {
      log.push(`error ${JSON.stringify(error)}`);
      frames.push(frame!.toString('utf8'));
    },
    end: () => log.push('end'),
  });
  for (const piece of pieces) stream.push(piece);
  stream.close();
  return {
    log,
    frames,
    text: Buffer.concat(out).toString('utf8'),
    tail: stream.tail().toString('utf8'),
    facts: stream.facts,
    isComplete: stream.isComplete,
  };
}

const cutInto = (text: string, size: number): Buffer[] => {
  const bytes = Buffer.from(text, 'utf8');
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
};

describe('patch reader', () => {
  it('remembers the last thought that only its issuer can read, however the stream is cut', () => {
    const details = (data: string) => chunk({ reasoning_details: [{ type: 'reasoning.encrypted', data }] });
    const stream = [role, details('gAAA'), ...words, details('gBBB'), finish, usage, done].join('');
    for (const size of [1, 3, 64, 100_000]) expect(run(cutInto(stream, size), false).facts.thought).toBe('gBBB');
    expect(run(cutInto(whole, 64), false).facts.thought).toBeUndefined();
  });

  it('gives the same bytes and facts however the upstream cuts its stream', () => {
    for (const size of [1, 2, 3, 7, 64, 1_000, 100_000]) {
      const { text, tail, facts, log } = run(cutInto(whole, size), false);
      expect(text + tail).toBe(whole);
      expect(log).toEqual(['commit after 0 bytes', 'end']);
      expect(facts.usage).toEqual({ input: 9, output: 4 });
      expect(facts.finish).toBe('stop');
    }
  });

  it('survives any cut of CRLF framing', () => {
    const crlf = whole.replaceAll('\n', '\r\n');
    for (const size of [1, 2, 3, 5, 1_000]) {
      const { text, tail } = run(cutInto(crlf, size), false);
      expect(text + tail).toBe(crlf);
    }
  });

  it('takes out the usage chunk nobody asked for, and the null usage of the others', () => {
    const forced = whole.replaceAll('"finish_reason":null}]}', '"finish_reason":null}],"usage":null}');
    expect(forced).toContain('"usage":null');
    const { text, tail } = run(cutInto(forced, 50), true);
    expect(text + tail).toBe([role, ...words, finish, done].join(''));
  });

  it('keeps the terminal event back until the call is settled', () => {
    const { text, tail } = run([Buffer.from(whole)], false);
    expect(tail).toBe(done);
    expect(text.endsWith(done)).toBe(false);
  });

  it('does not commit on a role without content, nor on comments', () => {
    const { log, text } = run([Buffer.from(`: PROCESSING\n\n${role}`)], false);
    expect(log).toEqual([]);
    expect(text).toBe('');
  });

  it('reports an error that comes first without having passed anything on', () => {
    const { log, text } = run(
      [Buffer.from(`${role}data: {"error":{"message":"busy","code":"overloaded"}}\n\n`)],
      false,
    );
    expect(log).toEqual(['error {"message":"busy","code":"overloaded"}']);
    expect(text).toBe('');
  });

  it('hands over an error in the middle with its event and never ends such a stream as complete', () => {
    const error = 'data: {"error":{"message":"busy"}}\n\n';
    const { log, text, frames } = run([Buffer.from([role, words[0], error].join(''))], false);
    expect(log).toEqual(['commit after 0 bytes', 'error {"message":"busy"}']);
    expect(text).toBe([role, words[0]].join(''));
    expect(frames).toEqual([error]);
  });

  it('makes an event of an error told as bare JSON behind the events', () => {
    const bare = '{\n  "error": {\n    "message": "busy"\n  }\n}\n';
    const { log, frames } = run(cutInto([role, words[0], bare].join(''), 11), false);
    expect(log.at(-1)).toBe('error {"message":"busy"}');
    expect(frames).toEqual(['data: {"error":{"message":"busy"}}\n\n']);
  });

  describe('of several choices', () => {
    const said = (index: number, content: string) => chunk({ content }, { index });
    const ended = (index: number) => chunk({}, { index, finish_reason: 'stop' });
    const begun = [said(0, 'a'), said(0, 'b'), said(1, 'c'), said(0, 'd'), said(1, 'e'), ended(0), said(1, 'f')];

    it.each([
      ['one of two has ended', begun, false],
      ['both have', [...begun, ended(1)], true],
      ['the second never began', [said(0, 'a'), ended(0)], true],
      ['the only one has another number', [said(1, 'a'), said(1, 'b'), ended(1)], true],
      ['the ended one goes on', [...begun, ended(1), said(0, 'g')], true],
      ['the upstream says that this is all', [...begun, done], true],
      ['an event has both', [said(0, 'a').replace('}]', '},{"index":1,"finish_reason":"stop"}]')], false],
    ])('is complete or cut: %s', (_what, events, complete) => {
      for (const size of [7, 100_000]) expect(run(cutInto(events.join(''), size), false).isComplete).toBe(complete);
    });

    it('is cut as a completion of text, too', () => {
      const text = (index: number, finish_reason: string | null) =>
        `data: ${JSON.stringify({ choices: [{ index, text: 'a', finish_reason }] })}\n\n`;
      const of = (...events: string[]) => run(cutInto(events.join(''), 64), false, completions).isComplete;
      expect(of(text(0, null), text(1, null), text(0, 'stop'))).toBe(false);
      expect(of(text(0, null), text(1, null), text(0, 'stop'), text(1, 'length'))).toBe(true);
    });
  });

  it('measures the delivered text where it parses and derives it where it does not', () => {
    const many = Array.from({ length: 200 }, () => chunk({ content: 'abcd' }));
    const { facts } = run(
      [role, ...many].map((text) => Buffer.from(text)),
      false,
    );
    expect(facts.textBytes).toBe(800);
  });

  it('joins a line of a megabyte that arrives in pieces', () => {
    const long = chunk({ content: 'x'.repeat(1_000_000) });
    const { text, facts } = run(cutInto(role + long + finish + done, 16_384), false);
    expect(text).toBe(role + long + finish);
    expect(facts.textBytes).toBe(1_000_000);
  });
});
