import { quirksOf } from '@app/providers';
import type { Part } from '../../chat/parts';
import type { JsonObject } from '../../json';
import { Fold } from '../../chat/fold';
import { unfold } from '../../chat/unfold';
import { encodeArrayStream } from './client';
import { decodeStream } from './decode-stream';
import { encodeStream } from './encode-stream';

const request = { model: '', stream: true, system: [], turns: [], tools: [], sampling: {}, meta: {}, extensions: [] };
const context = { model: 'my-model', requestId: 'req_1', created: 0, includeUsage: true, request };
const stop: Part = { kind: 'finish', candidate: 0, finish: { reason: 'stop' } };
const textOf = (block: number, ...texts: string[]): Part[] => [
  { kind: 'text-start', block, candidate: 0 },
  ...texts.map((text): Part => ({ kind: 'text-delta', block, text })),
  { kind: 'block-end', block },
];
const callOf = (block: number, ...pieces: string[]): Part[] => [
  { kind: 'tool-call-start', block, candidate: 0, id: `call_${block}`, name: `f${block}`, type: 'function' },
  ...pieces.map((text): Part => ({ kind: 'input-delta', block, text })),
  { kind: 'block-end', block },
];

function write(parts: readonly Part[]): { readonly frames: readonly string[]; readonly events: readonly JsonObject[] } {
  const encoder = encodeStream(context);
  const frames = [...parts.flatMap((part) => encoder.push(part)), ...encoder.end()];
  return { frames, events: frames.map((frame) => JSON.parse(frame.slice('data: '.length)) as JsonObject) };
}
const partsIn = (events: readonly JsonObject[]) =>
  events.flatMap(({ candidates }) =>
    ((candidates ?? []) as readonly { content: { parts: JsonObject[] } }[]).flatMap(({ content }) => content.parts),
  );
const last = (parts: readonly Part[]) => write(parts).events.at(-1) as JsonObject;

describe('a stream for a caller of Gemini', () => {
  it('is server-sent events with CRLF, each a whole response', () => {
    const { frames, events } = write([
      { kind: 'start', id: 'r-1', model: 'upstream' },
      ...textOf(0, 'Hi', ' "you"\n'),
      stop,
    ]);
    for (const frame of frames) expect(frame).toMatch(/^data: \{.*\}\r\n\r\n$/);
    expect(events).toEqual([
      {
        candidates: [{ content: { parts: [{ text: 'Hi' }], role: 'model' }, index: 0 }],
        modelVersion: 'my-model',
        responseId: 'r-1',
      },
      {
        candidates: [{ content: { parts: [{ text: ' "you"\n' }], role: 'model' }, index: 0 }],
        modelVersion: 'my-model',
        responseId: 'r-1',
      },
      {
        candidates: [{ content: { parts: [{ text: '' }], role: 'model' }, finishReason: 'STOP', index: 0 }],
        modelVersion: 'my-model',
        responseId: 'r-1',
      },
    ]);
  });

  it('tells usage once, with the end, and the last word counts', () => {
    const usage = (output: number): Part => ({ kind: 'usage', usage: { input: 1, output } });
    const { events } = write([usage(1), ...textOf(0, 'a'), stop, usage(5)]);
    expect(events.map((event) => 'usageMetadata' in event)).toEqual([false, true]);
    expect(events[1]).toMatchObject({
      usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 5, totalTokenCount: 6 },
    });
  });

  it('sends each call whole, though its arguments come in pieces and calls grow side by side', () => {
    const [startA, deltaA, endA] = callOf(0, '{"a":1}') as [Part, Part, Part];
    const [startB, , endB] = callOf(1, '') as [Part, Part, Part];
    const { events } = write([
      startA,
      startB,
      deltaA,
      { kind: 'input-delta', block: 1, text: '{"b"' },
      { kind: 'input-delta', block: 1, text: ':2}' },
      endB,
      endA,
      stop,
    ]);
    expect(partsIn(events).filter((part) => 'functionCall' in part)).toEqual([
      { functionCall: { id: 'call_1', name: 'f1', args: { b: 2 } } },
      { functionCall: { id: 'call_0', name: 'f0', args: { a: 1 } } },
    ]);
  });

  it('puts signatures on the call, and on an empty piece after a text or thought', () => {
    const signature = { issuer: 'gemini', value: 'c2ln' } as const;
    const [start, delta, end] = callOf(2, '{}') as [Part, Part, Part];
    const parts: Part[] = [
      { kind: 'reasoning-start', block: 0, candidate: 0 },
      { kind: 'text-delta', block: 0, text: 'Hm' },
      { kind: 'signature', block: 0, signature },
      { kind: 'block-end', block: 0 },
      { kind: 'text-start', block: 1, candidate: 0 },
      { kind: 'text-delta', block: 1, text: 'a' },
      { kind: 'signature', block: 1, signature },
      { kind: 'block-end', block: 1 },
      start,
      delta,
      { kind: 'signature', block: 2, signature },
      end,
      stop,
    ];
    expect(partsIn(write(parts).events)).toEqual([
      { text: 'Hm', thought: true },
      { text: '', thought: true, thoughtSignature: 'c2ln' },
      { text: 'a' },
      { text: '', thoughtSignature: 'c2ln' },
      { functionCall: { id: 'call_2', name: 'f2', args: {} }, thoughtSignature: 'c2ln' },
      { text: '' },
    ]);
  });

  it('keeps the parts of a summary apart', () => {
    const parts: Part[] = [
      { kind: 'reasoning-start', block: 0, candidate: 0 },
      ...['One', '…', 'Two'].map((text, at): Part => ({ kind: 'text-delta', block: 0, text, summary: at < 2 ? 0 : 1 })),
      { kind: 'block-end', block: 0 },
      stop,
    ];
    const thoughts = partsIn(write(parts).events).filter(({ thought }) => thought);
    expect(thoughts.map(({ text }) => text).join('')).toBe('One…\n\nTwo');
  });

  it('answers a blocked prompt without candidates', () => {
    const promptFeedback = { blockReason: 'SAFETY' };
    const finish = { reason: 'content-filter', raw: 'SAFETY', details: { gemini: { promptFeedback } } } as const;
    expect(last([{ kind: 'finish', candidate: 0, finish }])).toEqual({
      promptFeedback,
      modelVersion: 'my-model',
      responseId: 'req_1',
    });
  });

  it('never ends clean when it was cut off', () => {
    expect(last(textOf(0, 'a'))).toMatchObject({ candidates: [{ finishReason: 'OTHER' }] });
    expect(last([])).toMatchObject({ candidates: [{ finishReason: 'OTHER', index: 0 }] });
    const open = callOf(0, '{"path":"/"}').slice(0, -1);
    expect(partsIn(write(open).events)).toEqual([{ text: '' }]);
  });

  it('gives a call that was not closed before the end, and none that is broken', () => {
    expect(partsIn(write([...callOf(0, '{"a":1}').slice(0, -1), stop]).events)).toEqual([
      { functionCall: { id: 'call_0', name: 'f0', args: { a: 1 } } },
    ]);
    expect(last([...callOf(0, '{"a":'), stop])).toMatchObject({
      candidates: [{ finishReason: 'MALFORMED_FUNCTION_CALL' }],
    });
  });

  it.each([
    [
      { message: 'busy', code: 'rate_limit_exceeded' },
      { code: 429, message: 'busy', status: 'RESOURCE_EXHAUSTED' },
    ],
    [
      { code: 499, message: 'gone' },
      { code: 499, message: 'gone', status: 'CANCELLED' },
    ],
    [
      { type: 'overloaded_error', message: 'full' },
      { code: 503, message: 'full', status: 'UNAVAILABLE' },
    ],
    [
      { message: 'broken', code: 'upstream_error' },
      { code: 502, message: 'broken', status: 'UNAVAILABLE' },
    ],
    ['plain words', { code: 502, message: 'plain words', status: 'UNAVAILABLE' }],
  ])('ends in an error %j and nothing after it', (error, body) => {
    const { events } = write([...textOf(0, 'a'), { kind: 'error', error }, stop]);
    expect(events.slice(1)).toEqual([{ error: body }]);
  });

  it('keeps candidates apart', () => {
    const parts: Part[] = [
      { kind: 'text-start', block: 0, candidate: 0 },
      { kind: 'text-start', block: 1, candidate: 1 },
      { kind: 'text-delta', block: 1, text: 'b' },
      { kind: 'text-delta', block: 0, text: 'a' },
      { kind: 'finish', candidate: 1, finish: { reason: 'length' } },
      stop,
    ];
    const { events } = write(parts);
    expect(events.slice(0, 2)).toMatchObject([{ candidates: [{ index: 1 }] }, { candidates: [{ index: 0 }] }]);
    expect(events[2]).toMatchObject({
      candidates: [
        { index: 0, finishReason: 'STOP' },
        { index: 1, finishReason: 'MAX_TOKENS' },
      ],
    });
  });

  it.each<[string, Part[]]>([
    ['an answer', [...textOf(0, 'a'), stop]],
    ['no answer', []],
    ['an error', [...textOf(0, 'a'), { kind: 'error', error: { code: 500 } }]],
  ])('is one JSON array without alt=sse: %s', (_name, parts) => {
    const encoder = encodeArrayStream(context);
    const text = [...parts.flatMap((part) => encoder.push(part)), ...encoder.end(), ...encoder.end()].join('');
    expect(JSON.parse(text)).toEqual(write(parts).events);
  });
});

describe('a stream through both faces', () => {
  const quirks = quirksOf({}, 'gemini');

  it('keeps every block, signature, end and the usage', () => {
    const reply = {
      id: 'r-1',
      model: 'my-model',
      candidates: [
        {
          index: 0,
          blocks: [
            { kind: 'reasoning', text: 'Hm 北京', signature: { issuer: 'gemini', value: 'YQ==' } },
            { kind: 'text', text: 'Hallo "Welt"', signature: { issuer: 'gemini', value: 'Yg==' } },
            {
              kind: 'tool-call',
              id: 'x1',
              name: 'f',
              input: '{"a":[1,{"b":null}]}',
              type: 'function',
              signature: { issuer: 'gemini', value: 'Yw==' },
            },
            { kind: 'tool-call', id: 'x2', name: 'g', input: '{}', type: 'function' },
            { kind: 'image', source: { kind: 'data', mediaType: 'image/png', data: 'QQ==' } },
            { kind: 'opaque', issuer: 'gemini', type: 'executableCode', value: { executableCode: { code: '1' } } },
          ],
          finish: { reason: 'tool-calls', raw: 'STOP', details: { gemini: { safetyRatings: [{ category: 'X' }] } } },
          logprobs: { content: [{ token: 'H', logprob: -1, bytes: [72], top_logprobs: [] }] },
        },
      ],
      usage: { input: 3, cacheRead: 2, output: 1, reasoning: 4 },
    } as const;
    const decoder = decodeStream(quirks);
    const fold = new Fold();
    for (const { data } of write(unfold(reply)).frames.map((frame) => ({ data: frame.slice(6) }))) {
      for (const part of decoder.push({ data })) fold.push(part);
    }
    for (const part of decoder.end()) fold.push(part);
    expect(fold.reply()).toEqual(reply);
  });
});
