import { RepeatedEvent } from './repeated-event';

const repeats = { text: ['content', 'text'], strings: ['id', 'obfuscation'], numbers: ['created', 'sequence_number'] };
const NULL_USAGE = ',"usage":null';
const latin1 = (text: string) => Buffer.from(text, 'utf8').toString('latin1');
const event = (content: string, more: object = {}) =>
  latin1(
    `data: ${JSON.stringify({ id: 'c1', created: 17, choices: [{ delta: { content }, finish_reason: null }], ...more })}\n\n`,
  );
const first = new RepeatedEvent(event('Hello'), repeats, null);

describe('an event that repeats the frame of another', () => {
  it.each([
    ['another text', event('Grüße 北京'), Buffer.byteLength('Grüße 北京')],
    ['no text', event(''), 0],
    ['a line break in the text', event('a\nb'), 3],
    ['a text all in escapes', event('你é🎈!').replace(latin1('你é🎈'), '\\u4f60\\u00e9\\ud83c\\udf88'), 10],
    ['a text with escaped backslashes', event('a\\nb'), 4],
    ['another id and clock', event('x').replace('c1', 'chatcmpl-9').replace('17', '1800000000'), 1],
    ['several of them in one chunk', event('one') + event('three'), 8],
  ])('is known: %s', (_, chunk, textBytes) => {
    expect(first.read(chunk)).toEqual({ shown: chunk, textBytes });
  });

  it.each([
    ['a finish', event('x').replace('null', '"stop"')],
    ['usage', event('x', { usage: { prompt_tokens: 1 } })],
    ['an error', latin1('data: {"error":{"message":"busy"}}\n\n')],
    ['another kind of text', event('x').replace('content', 'refusal')],
    ['the end', latin1('data: [DONE]\n\n')],
    ['half an event behind a whole one', event('x') + event('y').slice(0, -1)],
    ['half a text', event('Hello').slice(0, 60)],
    ['a text that ends in an escaped quote', event('she said "no"')],
    ['a clock that is no number', event('x').replace('17', 'null')],
  ])('has to be looked at: %s', (_, chunk) => {
    expect(first.read(chunk)).toBeNull();
  });

  it('is not fooled by a text that quotes a frame', () => {
    const quoting = event('","content":"x"}}],"id":"');
    const known = new RepeatedEvent(quoting, repeats, null);
    expect(known.read(event('plain'))).toEqual({ shown: event('plain'), textBytes: 5 });
    expect(known.read(event('x').replace('null', '"stop"'))).toBeNull();
  });

  it('leaves out what the caller did not ask for, in every event of a chunk', () => {
    const known = new RepeatedEvent(event('Hello', { usage: null }), repeats, NULL_USAGE);
    const chunk = event('one', { usage: null }) + event('two', { usage: null });
    expect(known.read(chunk)).toEqual({ shown: event('one') + event('two'), textBytes: 6 });
  });

  it('knows named events, padding and counters', () => {
    const delta = (text: string, at: number, padding: string) =>
      `event: delta\ndata: {"type":"delta","sequence_number":${at},"text": "${text}","obfuscation":"${padding}"}\n\n`;
    const known = new RepeatedEvent(delta('a', 9, 'xyz'), repeats, null);
    expect(known.read(delta('bc', 10, ''))).toEqual({ shown: delta('bc', 10, ''), textBytes: 2 });
    expect(known.read(delta('bc', 10, '').replaceAll('delta', 'done'))).toBeNull();
  });
});
