import { awsEvent, awsFrame } from '../../../test/support/simulator/aws-frames.mjs';
import { AwsEventStreamParser, AwsFrameError, type AwsMessage } from './aws-event-stream';

const messages = [
  awsEvent('messageStart', { role: 'assistant' }),
  awsEvent('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'grüße 🙂 '.repeat(40) } }),
  awsFrame({ ':message-type': 'event', ':event-type': 'empty' }, ''),
  awsEvent('messageStop', { stopReason: 'end_turn' }),
];
const stream = Buffer.concat(messages);

function read(chunks: readonly Buffer[]): AwsMessage[] {
  const parser = new AwsEventStreamParser();
  const found: AwsMessage[] = [];
  for (const chunk of chunks) parser.push(chunk, (message) => found.push(message));
  expect(parser.isInside).toBe(false);
  return found.map(({ headers, payload }) => ({ headers, payload: Buffer.from(payload) }));
}

const cut = (bytes: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size));

describe("AWS's binary stream", () => {
  const whole = read([stream]);

  it('is read into names and payloads', () => {
    expect(whole.map(({ headers }) => headers[':event-type'])).toEqual([
      'messageStart',
      'contentBlockDelta',
      'empty',
      'messageStop',
    ]);
    expect(JSON.parse(String(whole[0]?.payload))).toEqual({ role: 'assistant' });
    expect(whole[2]?.payload).toHaveLength(0);
  });

  it('gives the same messages however it is cut', () => {
    for (let size = 1; size <= 40; size++) expect(read(cut(stream, size))).toEqual(whole);
    for (let at = 1; at < stream.length; at += 7)
      expect(read([stream.subarray(0, at), stream.subarray(at)])).toEqual(whole);
  });

  it('passes over headers that are no text', () => {
    const text = Buffer.from([1, 0x61, 7, 0, 1, 0x62]); // a: "b"
    const others = Buffer.concat([
      Buffer.from([1, 0x74, 0]), // true
      Buffer.from([1, 0x69, 4, 0, 0, 0, 1]), // integer
      Buffer.from([1, 0x62, 6, 0, 2, 9, 9]), // bytes
      Buffer.from([1, 0x75, 9, ...Buffer.alloc(16)]), // UUID
    ]);
    const framed = reframe(Buffer.concat([others, text]), Buffer.from('{}'));
    expect(read([framed])).toEqual([{ headers: { a: 'b' }, payload: Buffer.from('{}') }]);
  });

  it('says when it ends inside a message', () => {
    const parser = new AwsEventStreamParser();
    parser.push(stream.subarray(0, stream.length - 1), () => undefined);
    expect(parser.isInside).toBe(true);
  });

  const damaged = (at: number): Buffer => {
    const bytes = Buffer.from(messages[1]!);
    bytes[at] = bytes[at]! ^ 0xff;
    return bytes;
  };
  it.each<[string, Buffer]>([
    ['a damaged prelude', damaged(2)],
    ['a damaged payload', damaged(60)],
    ['a message no one sends, without waiting for it', prelude(0xffff_ffff, 0)],
    ['a message shorter than its frame', prelude(12, 0)],
    ['headers longer than their message', reframe(Buffer.alloc(0), Buffer.alloc(0), 500)],
    ['a header that is cut short', reframe(Buffer.from([5, 0x61]), Buffer.alloc(0))],
    ['a value that is cut short', reframe(Buffer.from([1, 0x61, 7, 0, 9, 0x62]), Buffer.alloc(0))],
    ['a length that is cut short', reframe(Buffer.from([1, 0x61, 7, 0]), Buffer.alloc(0))],
  ])('refuses %s', (_, bytes) => {
    expect(() => read([bytes])).toThrow(AwsFrameError);
  });
});

/** A message with these very bytes as its headers, and right checksums. */
function reframe(head: Buffer, body: Buffer, claimed = head.length): Buffer {
  const unsigned = Buffer.concat([prelude(16 + head.length + body.length, claimed), head, body]);
  return Buffer.concat([unsigned, checksum(unsigned)]);
}

function prelude(total: number, headers: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE(total, 0);
  bytes.writeUInt32BE(headers, 4);
  return Buffer.concat([bytes, checksum(bytes)]);
}

/** CRC-32 (IEEE), bit by bit: the parser must not be judged by its own helper. */
function checksum(bytes: Buffer): Buffer {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb8_8320 : crc >>> 1;
  }
  const out = Buffer.alloc(4);
  out.writeUInt32BE((crc ^ 0xffff_ffff) >>> 0);
  return out;
}
