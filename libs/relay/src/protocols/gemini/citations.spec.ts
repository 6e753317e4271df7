import { quirksOf } from '@app/providers';
import type { Block, Citation } from '../../chat/blocks';
import type { Part } from '../../chat/parts';
import type { JsonObject } from '../../json';
import { decodeReply } from './decode-reply';
import { decodeStream } from './decode-stream';
import { encodeReply } from './encode-reply';
import { encodeStream } from './encode-stream';
import { TextMeter } from './text-meter';

const quirks = quirksOf({}, 'gemini');
const context = {
  model: 'gemini-3-flash',
  requestId: 'req_1',
  created: 0,
  includeUsage: true,
  request: { model: '', stream: false, system: [], turns: [], tools: [], sampling: {}, meta: {}, extensions: [] },
};

const text = 'Größe 🌍: 8 Mrd. Menschen. 北京 ist groß.';
const bytesAt = (needle: string) => Buffer.byteLength(text.slice(0, text.indexOf(needle)));
const segment = (passage: string, more: object = {}) => ({
  startIndex: bytesAt(passage),
  endIndex: bytesAt(passage) + Buffer.byteLength(passage),
  text: passage,
  ...more,
});
const chunks = [{ web: { uri: 'https://a.example', title: 'A' } }, { web: { uri: 'https://b.example', title: 'B' } }];
const grounding = {
  groundingChunks: chunks,
  groundingSupports: [
    { segment: segment('8 Mrd. Menschen.'), groundingChunkIndices: [0, 1] },
    { segment: segment('北京 ist groß.'), groundingChunkIndices: [1] },
  ],
};
const answer = (parts: readonly object[], more: object): JsonObject => ({
  candidates: [{ content: { parts, role: 'model' }, finishReason: 'STOP', index: 0, ...more }],
});
const citationsOf = (blocks: readonly Block[]) =>
  blocks.flatMap((block) => (block.kind === 'text' ? (block.citations ?? []) : []));
const read = (body: JsonObject): readonly Citation[] => citationsOf(decodeReply(body, quirks).candidates[0]!.blocks);
const cited = ({ start, end }: Citation) => text.slice(start, end);

describe('citations from Gemini', () => {
  it('count UTF-16 units, though Gemini counts bytes', () => {
    const citations = read(answer([{ text }], { groundingMetadata: grounding }));
    expect(citations.map((citation) => [citation.url, cited(citation)])).toEqual([
      ['https://a.example', '8 Mrd. Menschen.'],
      ['https://b.example', '8 Mrd. Menschen.'],
      ['https://b.example', '北京 ist groß.'],
    ]);
    expect(citations[0]).toMatchObject({ title: 'A', citedText: '8 Mrd. Menschen.', raw: { issuer: 'gemini' } });
  });

  it('are the same from a stream that cuts the text anywhere', () => {
    for (const size of [1, 2, 5, 100]) {
      const decoder = decodeStream(quirks);
      const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, at) =>
        [...text].slice(at * size, (at + 1) * size).join(''),
      );
      const events = [
        ...pieces.map((part) => answer([{ text: part }], { finishReason: undefined })),
        answer([], { groundingMetadata: grounding }),
      ];
      const parts = [...events.flatMap((event) => decoder.push({ data: JSON.stringify(event) })), ...decoder.end()];
      const found = parts.flatMap((part) => (part.kind === 'citation' ? [part.citation] : []));
      expect(found.map(cited)).toEqual(['8 Mrd. Menschen.', '8 Mrd. Menschen.', '北京 ist groß.']);
      const kinds = parts.map(({ kind }) => kind);
      expect(kinds.lastIndexOf('citation')).toBeLessThan(kinds.lastIndexOf('block-end'));
    }
  });

  it('belong to the part they name', () => {
    const parts = [{ text: 'Thinking', thought: true }, { text: 'First.' }, { text }];
    const metadata = {
      ...grounding,
      groundingSupports: [{ segment: segment('北京', { partIndex: 2 }), groundingChunkIndices: [0] }],
    };
    const { blocks } = decodeReply(answer(parts, { groundingMetadata: metadata }), quirks).candidates[0]!;
    expect(blocks.map((block) => citationsOf([block]).map(cited))).toEqual([[], [], ['北京']]);
  });

  it('read offsets of imitators who count characters', () => {
    const passage = '北京 ist groß.';
    const start = text.indexOf(passage);
    const own = { startIndex: start, endIndex: start + passage.length, text: passage };
    const metadata = { ...grounding, groundingSupports: [{ segment: own, groundingChunkIndices: [0] }] };
    expect(read(answer([{ text }], { groundingMetadata: metadata })).map(cited)).toEqual([passage]);
  });

  it('read recitations of both APIs, and leave out places beyond the text', () => {
    const source = { startIndex: 0, endIndex: 7, uri: 'https://c.example' };
    const far = { startIndex: 548, endIndex: 690, uri: 'https://c.example' };
    const metadata = { citationSources: [source], citations: [{ ...far, title: 'C' }] };
    expect(read(answer([{ text }], { citationMetadata: metadata }))).toEqual([
      { url: 'https://c.example', start: 0, end: 5, raw: { issuer: 'gemini', value: { citation: source } } },
      { url: 'https://c.example', title: 'C', raw: { issuer: 'gemini', value: { citation: { ...far, title: 'C' } } } },
    ]);
  });

  it('name sources that support nothing in particular', () => {
    expect(
      read(answer([{ text }], { groundingMetadata: { groundingChunks: chunks } })).map(({ url, start }) => [
        url,
        start,
      ]),
    ).toEqual([
      ['https://a.example', undefined],
      ['https://b.example', undefined],
    ]);
  });

  it('go back to a caller of Gemini as they came', () => {
    const reply = decodeReply(answer([{ text }], { groundingMetadata: grounding }), quirks);
    expect(encodeReply(reply, context)).toMatchObject({ candidates: [{ groundingMetadata: grounding }] });
  });
});

describe('citations of other protocols', () => {
  const one = (citation: Citation): Block => ({ kind: 'text', text, citations: [citation] });
  const encode = (blocks: readonly Block[]) =>
    encodeReply({ candidates: [{ index: 0, blocks, finish: { reason: 'stop' } }] }, context)
      .candidates as readonly JsonObject[];

  it('become grounding with offsets in bytes', () => {
    const start = text.indexOf('北京');
    expect(encode([one({ url: 'https://a.example', title: 'A', start, end: start + 2 })])[0]).toMatchObject({
      groundingMetadata: {
        groundingChunks: [chunks[0]],
        groundingSupports: [
          { segment: { startIndex: bytesAt('北京'), endIndex: bytesAt('北京') + 6 }, groundingChunkIndices: [0] },
        ],
      },
    });
  });

  it('put a text that was cut at its citations together again', () => {
    const blocks: Block[] = [
      { kind: 'text', text: 'Größe: ' },
      { kind: 'text', text: 'acht', citations: [{ url: 'https://a.example' }] },
      { kind: 'text', text: '.', citations: [{ title: 'Report', citedText: 'x' }] },
    ];
    expect(encode(blocks)[0]).toMatchObject({
      content: { parts: [{ text: 'Größe: acht.' }] },
      groundingMetadata: {
        groundingChunks: [{ web: { uri: 'https://a.example' } }, { retrievedContext: { title: 'Report', text: 'x' } }],
        groundingSupports: [
          { segment: { startIndex: 9, endIndex: 13 }, groundingChunkIndices: [0] },
          { segment: { startIndex: 13, endIndex: 14 }, groundingChunkIndices: [1] },
        ],
      },
    });
  });

  it('come with the last event of a stream', () => {
    const encoder = encodeStream(context);
    const parts: Part[] = [
      { kind: 'text-start', block: 0, candidate: 0 },
      { kind: 'text-delta', block: 0, text: 'Größe: ' },
      { kind: 'block-end', block: 0 },
      { kind: 'text-start', block: 1, candidate: 0 },
      { kind: 'text-delta', block: 1, text: 'acht' },
      { kind: 'citation', block: 1, citation: { url: 'https://a.example' } },
      { kind: 'block-end', block: 1 },
      { kind: 'finish', candidate: 0, finish: { reason: 'stop' } },
    ];
    const events = [...parts.flatMap((part) => encoder.push(part)), ...encoder.end()];
    expect(JSON.parse(events.at(-1)!.slice(6))).toMatchObject({
      candidates: [{ groundingMetadata: { groundingSupports: [{ segment: { startIndex: 9, endIndex: 13 } }] } }],
    });
  });
});

describe('the meter of a text', () => {
  it('finds every place in both counts', () => {
    const meter = new TextMeter();
    for (const character of text) meter.push(character);
    expect([meter.units, meter.bytes]).toEqual([text.length, Buffer.byteLength(text)]);
    for (let unit = 0; unit <= text.length; unit += 1) {
      const byte = Buffer.byteLength(text.slice(0, unit));
      // Inside a pair of surrogates there is no place in bytes.
      if (/[\ud800-\udbff]$/.test(text.slice(0, unit))) continue;
      expect([meter.bytesAt(unit), meter.unitsAt(byte)]).toEqual([byte, unit]);
    }
    expect([meter.unitsAt(-1), meter.unitsAt(meter.bytes + 1), meter.bytesAt(text.length + 1)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('gives up places in a text beyond ASCII that is too long to be kept', () => {
    const meter = new TextMeter();
    meter.push('plain ');
    for (let count = 0; count < 30; count += 1) meter.push('ü'.repeat(50_000));
    expect(meter.unitsAt(4)).toBe(4);
    expect(meter.unitsAt(meter.bytes)).toBeUndefined();
  });
});
