import { RelayError } from '../relay.errors';
import { FormFields } from './form-fields';
import { type FormEvents, FormScanner, type PartHead } from './form-scanner';
import { boundaryOf } from './part-head';

const B = '----form-data-b0undary';

interface SeenPart extends PartHead {
  readonly value: string;
  readonly end: number;
}

function scan(pieces: readonly Buffer[], boundary = B): SeenPart[] {
  const seen: SeenPart[] = [];
  let head: PartHead | undefined;
  let value: Buffer[] = [];
  const events: FormEvents = {
    part: (next) => {
      head = next;
      value = [];
    },
    data: (bytes) => void value.push(Buffer.from(bytes)),
    end: (end) => void seen.push({ ...head!, value: Buffer.concat(value).toString('latin1'), end }),
  };
  const scanner = new FormScanner(boundary, events);
  for (const piece of pieces) scanner.push(piece);
  scanner.close();
  return seen;
}

const part = (head: string, value: string): string => `--${B}\r\n${head}\r\n\r\n${value}\r\n`;
const field = (name: string, value: string): string => part(`Content-Disposition: form-data; name="${name}"`, value);
const file = (name: string, filename: string, value: string): string =>
  part(`Content-Disposition: form-data; name="${name}"; filename="${filename}"\r\nContent-Type: audio/wav`, value);
const form = (...parts: string[]): Buffer => Buffer.from(`${parts.join('')}--${B}--\r\n`, 'latin1');

/** Beginnings of the boundary, line breaks and bytes of every kind: what a careless search would trip over. */
const tricky = `\r\n--${B.slice(0, -1)}\r\n--\r\n\r\r\n-${Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString('latin1')}\r\n--${B.slice(0, 5)}`;
const sample = form(field('model', 'whisper-1'), file('file', 'a.wav', tricky), field('empty', ''), field('n', '2'));

const cut = (bytes: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );

const refusal = (work: () => unknown): RelayError => {
  try {
    work();
  } catch (error) {
    if (error instanceof RelayError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

describe('the parts of a form', () => {
  it('are found with their heads, values and places', () => {
    const parts = scan([sample]);
    expect(parts.map(({ name, filename, contentType, value }) => [name, filename, contentType, value])).toEqual([
      ['model', undefined, undefined, 'whisper-1'],
      ['file', 'a.wav', 'audio/wav', tricky],
      ['empty', undefined, undefined, ''],
      ['n', undefined, undefined, '2'],
    ]);
    for (const { start, end, value } of parts) expect(sample.toString('latin1', start, end)).toBe(value);
  });

  it('are the same however the bytes are cut', () => {
    const expected = scan([sample]);
    for (let size = 1; size <= sample.length; size++) expect(scan(cut(sample, size))).toEqual(expected);
  });

  it('are the same cut in two anywhere', () => {
    const expected = scan([sample]);
    for (let at = 0; at <= sample.length; at++)
      expect(scan([sample.subarray(0, at), sample.subarray(at)])).toEqual(expected);
  });

  it('may stand between a preamble and an epilogue, with spaces behind a boundary', () => {
    const text = `a preamble\r\n--${B} \t\r\nContent-Disposition: form-data; name=model\r\n\r\nx\r\n--${B}--\r\nan epilogue\r\n--${B}\r\n`;
    expect(scan(cut(Buffer.from(text), 3)).map(({ name, value }) => [name, value])).toEqual([['model', 'x']]);
  });

  it.each([
    ['Content-Disposition: form-data; name="a b"', 'a b', undefined],
    ['content-disposition:form-data;name=plain;filename=x.mp3', 'plain', 'x.mp3'],
    ['Content-Disposition: form-data; filename="a \\"b\\" ; name=evil"; name="file"', 'file', 'a \\"b\\" ; name=evil'],
    ["Content-Disposition: form-data; name=file; filename*=UTF-8''na%20me", 'file', "UTF-8''na%20me"],
    ['Content-Disposition: form-data; name="file"; filename=""', 'file', ''],
    ['Content-Disposition: form-data; name="文件"', '文件', undefined],
  ])('are named as %s says', (head, name, filename) => {
    const bytes = Buffer.from(`${part(head, 'v')}--${B}--`, 'utf8');
    expect(scan([bytes])).toMatchObject([{ name, ...(filename !== undefined && { filename }) }]);
  });
});

describe('a body that is no form', () => {
  const broken: readonly (readonly [string, Buffer])[] = [
    ['without anything', Buffer.alloc(0)],
    ['without a boundary', Buffer.from('{"model":"whisper-1"}')],
    ['cut in a value', sample.subarray(0, 200)],
    ['cut before its last boundary', sample.subarray(0, sample.length - B.length - 6)],
    ['cut in its last boundary', sample.subarray(0, sample.length - 3)],
    ['with text behind a boundary', Buffer.from(`--${B}xx\r\n\r\n`)],
    ['with a part without headers', Buffer.from(`--${B}\r\n\r\nvalue\r\n--${B}--`)],
    ['with a part without a name', form(part('Content-Disposition: form-data', 'x'))],
    ['with an empty name', form(field('', 'x'))],
    ['with another disposition', form(part('Content-Disposition: attachment; name="model"', 'x'))],
    ['with two names', form(part('Content-Disposition: form-data; name="a"; name="model"', 'x'))],
    [
      'with two dispositions',
      form(part('Content-Disposition: form-data; name="a"\r\nContent-Disposition: form-data; name="model"', 'x')),
    ],
    ['with an open quote', form(part('Content-Disposition: form-data; name="model', 'x'))],
    ['with a folded header', form(part('Content-Disposition: form-data;\r\n name="model"', 'x'))],
    ['with a header that is none', form(part('Content-Disposition: form-data; name="a"\r\nnonsense', 'x'))],
    ['with an endless head', form(part(`Content-Disposition: form-data; name="a"\r\nX-Y: ${'y'.repeat(9_000)}`, 'x'))],
    ['with an endless head that never ends', Buffer.from(`--${B}\r\nX-Y: ${'y'.repeat(20_000)}`)],
    ['with too many parts', form(...Array.from({ length: 201 }, (_, index) => field(`f${index}`, 'x')))],
  ];

  it.each(broken)('%s is refused with 400, however it is cut', (_, bytes) => {
    for (const size of [bytes.length || 1, 7, 1]) {
      const error = refusal(() => scan(cut(bytes, size)));
      expect([error.code, error.status]).toEqual(['invalid_request_error', 400]);
    }
  });
});

describe('the boundary', () => {
  it.each([
    ['multipart/form-data; boundary=abc', 'abc'],
    ['multipart/form-data; boundary="a b:c"', 'a b:c'],
    ['multipart/form-data; charset=utf-8; Boundary=x; more=1', 'x'],
  ])('of %s', (type, boundary) => expect(boundaryOf(type)).toBe(boundary));

  it.each(['multipart/form-data', 'multipart/form-data; boundary=', `multipart/form-data; boundary=${'x'.repeat(71)}`])(
    'is missed in %s',
    (type) => expect(refusal(() => boundaryOf(type)).status).toBe(400),
  );
});

describe('the fields of a form', () => {
  const fieldsOf = (...parts: string[]) => {
    const fields = new FormFields();
    const scanner = new FormScanner(B, fields);
    const bytes = form(...parts);
    for (const piece of cut(bytes, 100)) scanner.push(piece);
    scanner.close();
    return { fields, bytes, json: () => JSON.parse(fields.body().bytes.toString('utf8')) };
  };

  it('become JSON: text, numbers and booleans where they are known, lists, files by their size', () => {
    const { json } = fieldsOf(
      field('model', 'm'),
      field('stream', 'True'),
      field('n', '3'),
      field('prompt', '123'),
      field('include[]', 'logprobs'),
      file('image[]', 'a.png', 'xxxx'),
      file('image[]', 'b.png', 'yy'),
    );
    expect(json()).toEqual({
      model: 'm',
      stream: true,
      n: 3,
      prompt: '123',
      include: ['logprobs'],
      image: [
        { filename: 'a.png', bytes: 4 },
        { filename: 'b.png', bytes: 2 },
      ],
    });
  });

  it('say where the value of the model lies', () => {
    const { fields, bytes } = fieldsOf(file('file', 'a.wav', 'x'.repeat(1_000)), field('model', 'whisper-1'));
    expect(bytes.toString('latin1', fields.model!.start, fields.model!.end)).toBe('whisper-1');
  });

  it.each([
    ['twice', [field('model', 'a'), field('model', 'b')]],
    ['as a list', [field('model[]', 'a')]],
    ['as a file', [file('model', 'x', 'a')]],
    ['as text and as a file', [field('model', 'a'), file('model', 'x', 'b')]],
  ])('show a model given %s as no text', (_, parts) => {
    expect(typeof fieldsOf(...parts).json().model).toBe('object');
  });

  it('refuse a model spelled otherwise: the upstream might read what the gateway did not', () => {
    expect(refusal(() => fieldsOf(field('model', 'a'), field('Model', 'b')).json()).status).toBe(400);
  });

  it('keep no more than they may', () => {
    const { json } = fieldsOf(field('prompt', 'x'.repeat(200_000)), field('model', 'm'));
    expect(json()).toEqual({ prompt: { bytes: 200_000 }, model: 'm' });
  });
});
