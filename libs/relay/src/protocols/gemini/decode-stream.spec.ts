import { SseParser } from '@app/core';
import { quirksOf } from '@app/providers';
import { Fold } from '../../chat/fold';
import type { Part } from '../../chat/parts';
import type { JsonObject } from '../../json';
import { decodeReply } from './decode-reply';
import { decodeStream } from './decode-stream';

const quirks = quirksOf({}, 'gemini');
const piece = (parts: readonly object[], more: object = {}, outside: object = {}): JsonObject => ({
  candidates: [{ content: { parts, role: 'model' }, index: 0, ...more }],
  modelVersion: 'gemini-3-pro',
  responseId: 'r-1',
  ...outside,
});
const sse = (answers: readonly object[]): string =>
  answers.map((answer) => `data: ${JSON.stringify(answer)}\r\n\r\n`).join('');

function read(wire: string, size = Infinity): Part[] {
  const bytes = Buffer.from(wire);
  const decoder = decodeStream(quirks);
  const parts: Part[] = [];
  const parser = new SseParser((event) => parts.push(...decoder.push(event)));
  for (let at = 0; at < bytes.length; at += size) parser.push(bytes.subarray(at, Math.min(bytes.length, at + size)));
  parser.end();
  return [...parts, ...decoder.end()];
}

function folded(parts: readonly Part[]) {
  const fold = new Fold();
  for (const part of parts) fold.push(part);
  return fold.reply();
}

const stop = { finishReason: 'STOP' };
const kinds = (parts: readonly Part[]) => parts.map(({ kind }) => kind);

describe("a stream of Gemini's", () => {
  const long = [
    piece([{ text: '**Plan**', thought: true }]),
    piece([{ text: ' 北京🌍', thought: true }]),
    piece([{ text: 'Grüße ' }], {}, { usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 1 } }),
    piece([{ text: 'aus 東京' }]),
    piece([{ text: '', thoughtSignature: 'c2ln' }]),
    piece([{ functionCall: { name: 'f', args: { a: [1, { b: 'ü' }] } }, thoughtSignature: 'czI=' }]),
    piece([{ functionCall: { name: 'g', args: {} } }]),
    piece([{ text: '' }], stop, {
      usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 30, thoughtsTokenCount: 4 },
    }),
  ];

  it('gives the same parts however its bytes are cut', () => {
    const whole = read(sse(long));
    for (const size of [1, 2, 3, 7, 64, 1_000]) expect(read(sse(long), size)).toEqual(whole);
  });

  it('folds into the answer it would have been unstreamed', () => {
    const whole = piece(
      [
        { text: '**Plan** 北京🌍', thought: true },
        { text: 'Grüße aus 東京', thoughtSignature: 'c2ln' },
        { functionCall: { name: 'f', args: { a: [1, { b: 'ü' }] } }, thoughtSignature: 'czI=' },
        { functionCall: { name: 'g', args: {} } },
      ],
      stop,
      { usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 30, thoughtsTokenCount: 4 } },
    );
    expect(folded(read(sse(long)))).toEqual(decodeReply(whole, quirks));
  });

  it('keeps to the grammar: blocks open and close one after the other, one finish after all', () => {
    const parts = read(sse(long)).filter(({ kind }) => kind !== 'usage');
    expect(kinds(parts)).toEqual([
      'start',
      ...['reasoning-start', 'text-delta', 'text-delta', 'block-end'],
      ...['text-start', 'text-delta', 'text-delta', 'signature', 'block-end'],
      ...['tool-call-start', 'input-delta', 'signature', 'block-end'],
      ...['tool-call-start', 'input-delta', 'block-end'],
      'finish',
    ]);
  });

  it('takes the last usage for the true one', () => {
    expect(folded(read(sse(long))).usage).toEqual({ input: 5, output: 30, reasoning: 4 });
  });

  it('reads the JSON array that comes without alt=sse', () => {
    const array = `[${long.map((answer) => JSON.stringify(answer, null, 2)).join('\n,\r\n')}\n]\n`;
    expect(read(array)).toEqual(read(sse(long)));
    expect(read(array, 5)).toEqual(read(sse(long)));
  });

  it('does not take STOP in every event for the end', () => {
    const parts = read(sse([piece([{ text: 'First ' }], stop), piece([{ text: 'second' }], stop)]));
    expect(kinds(parts)).toEqual(['start', 'text-start', 'text-delta', 'text-delta', 'block-end', 'finish']);
  });

  it('reports bare pretty-printed JSON after its frames as an error and no finish', () => {
    const error = { code: 499, message: 'The operation was cancelled.', status: 'CANCELLED' };
    const wire = sse([piece([{ text: 'First ' }], stop)]) + JSON.stringify({ error }, null, 2);
    for (const size of [1, 13, Infinity]) {
      const parts = read(wire, size);
      expect(parts.at(-1)).toEqual({ kind: 'error', error });
      expect(kinds(parts)).not.toContain('finish');
    }
  });

  it.each([
    ['as an event', `data: ${JSON.stringify({ error: { code: 503, status: 'UNAVAILABLE' } })}\r\n\r\n`],
    ['inside an array', JSON.stringify([{ error: { code: 503, status: 'UNAVAILABLE' } }])],
  ])('reports an error %s', (_name, wire) => {
    expect(read(wire)).toEqual([{ kind: 'error', error: { code: 503, status: 'UNAVAILABLE' } }]);
  });

  it('takes garbage between its events for an error, never for a complete answer', () => {
    expect(read('data: <html>\r\n\r\n')).toMatchObject([{ kind: 'error', error: { code: 'invalid_event' } }]);
    expect(kinds(read(`${sse([piece([{ text: 'a' }], stop)])}data: [DONE]\n\n`))).toContain('finish');
  });

  it('closes its blocks but tells of no finish when it is cut off', () => {
    expect(kinds(read(sse([piece([{ text: 'a' }])])))).toEqual(['start', 'text-start', 'text-delta', 'block-end']);
  });

  it('reports a blocked prompt as a content filter', () => {
    const parts = read(sse([{ promptFeedback: { blockReason: 'SAFETY' }, responseId: 'r' }]));
    expect(parts.at(-1)).toMatchObject({
      kind: 'finish',
      candidate: 0,
      finish: { reason: 'content-filter', raw: 'SAFETY' },
    });
  });

  it('keeps candidates apart', () => {
    const of = (index: number, text: string, more: object = {}) => ({
      candidates: [{ index, content: { parts: [{ text }] }, ...more }],
    });
    const reply = folded(read(sse([of(0, 'a'), of(1, 'x'), of(0, 'b', stop), of(1, 'y', { finishReason: 'SAFETY' })])));
    expect(reply.candidates).toMatchObject([
      { index: 0, blocks: [{ text: 'ab' }], finish: { reason: 'stop' } },
      { index: 1, blocks: [{ text: 'xy' }], finish: { reason: 'content-filter' } },
    ]);
  });

  it('keeps metadata that comes in parts', () => {
    const details = (parts: readonly Part[]) => folded(parts).candidates[0]?.finish.details;
    const first = piece([{ text: 'a' }], { groundingMetadata: { webSearchQueries: ['q'] } });
    const last = piece([], {
      ...stop,
      groundingMetadata: { retrievalMetadata: {} },
      urlContextMetadata: { urlMetadata: [] },
    });
    expect(details(read(sse([first, last])))).toEqual({
      gemini: {
        groundingMetadata: { webSearchQueries: ['q'], retrievalMetadata: {} },
        urlContextMetadata: { urlMetadata: [] },
      },
    });
  });
});

describe('arguments that come in pieces', () => {
  const call = (functionCall: object, part: object = {}) => piece([{ functionCall, ...part }]);
  const inputs = (...answers: object[]) =>
    folded(read(sse(answers))).candidates[0]!.blocks.map((block) =>
      block.kind === 'tool-call' ? [block.name, JSON.parse(block.input)] : block.kind,
    );
  const arg = (jsonPath: string, value: object) => ({ jsonPath, ...value });

  it('are put together by their paths', () => {
    const pieces = [
      call({ name: 'f', willContinue: true }, { thoughtSignature: 'c2ln' }),
      call({ partialArgs: [arg('$.a[0].b', { stringValue: 'Bos', willContinue: true })], willContinue: true }),
      call({ partialArgs: [arg('$.a[0].b', { stringValue: 'ton' })], willContinue: true }),
      call({
        partialArgs: [arg('$.a[1]', { numberValue: 1.5 }), arg("$['x.y']", { boolValue: false })],
        willContinue: true,
      }),
      call({ partialArgs: [arg('$.n', { nullValue: 'NULL_VALUE' })], willContinue: true }),
      call({}),
      call({ name: 'g', willContinue: true }),
      call({}),
    ];
    expect(inputs(...pieces)).toEqual([
      ['f', { a: [{ b: 'Boston' }, 1.5], 'x.y': false, n: null }],
      ['g', {}],
    ]);
    expect(folded(read(sse(pieces))).candidates[0]!.blocks[0]).toMatchObject({ signature: { value: 'c2ln' } });
  });

  it('end with the next call or the stream where no piece ends them', () => {
    const open = (name: string) => call({ name, willContinue: true, partialArgs: [arg('$.q', { stringValue: name })] });
    expect(inputs(open('f'), open('g'))).toEqual([
      ['f', { q: 'f' }],
      ['g', { q: 'g' }],
    ]);
  });

  it('replace a value that is set again, and ignore paths that are none', () => {
    const set = (path: string, text: string) => arg(path, { stringValue: text });
    expect(
      inputs(call({ name: 'f', partialArgs: [set('$.a', 'x'), set('$.a', 'y'), set('$..b', 'z'), set('', 'z')] })),
    ).toEqual([['f', { a: 'y' }]]);
  });

  it('cannot reach outside of themselves', () => {
    inputs(
      call({
        name: 'f',
        args: { o: {} },
        partialArgs: [
          arg('$.o.__proto__.polluted', { stringValue: 'x' }),
          arg('$.__proto__.polluted', { stringValue: 'x' }),
        ],
      }),
    );
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(inputs(call({ name: 'f', partialArgs: [arg('$.a[999999999]', { numberValue: 1 })] }))).toEqual([
      ['f', { a: [] }],
    ]);
    const paths = ['$.a[90000]', '$.a[0]', '$.a[2]', '$.a[1]'].map((path) => arg(path, { numberValue: 1 }));
    expect(inputs(call({ name: 'f', partialArgs: paths }))).toEqual([['f', { a: [1, 1] }]]);
  });
});
