import { audioSeconds } from './audio-length';

const fileOf = (bytes: Buffer) => ({
  size: bytes.length,
  read: (at: number, length: number) => Promise.resolve(bytes.subarray(at, at + length)),
});
const seconds = (bytes: Buffer) => audioSeconds(fileOf(bytes));

const chunk = (id: string, data: Buffer, size = data.length): Buffer => {
  const head = Buffer.alloc(8);
  head.write(id, 0, 'latin1');
  head.writeUInt32LE(size, 4);
  return Buffer.concat([head, data]);
};

function wav({ dataSize = 0, junk = 0 } = {}): Buffer {
  const format = Buffer.alloc(16);
  format.writeUInt16LE(1, 0);
  format.writeUInt16LE(2, 2);
  format.writeUInt32LE(8_000, 4);
  format.writeUInt32LE(1, 8); // a byte rate that is wrong
  format.writeUInt16LE(16, 14);
  const parts = [Buffer.from('WAVE'), chunk('fmt ', format), chunk('LIST', Buffer.alloc(junk))];
  return chunk('RIFF', Buffer.concat([...parts, chunk('data', Buffer.alloc(96_000), dataSize || undefined)]));
}

function flac(): Buffer {
  const info = Buffer.alloc(42);
  info.write('fLaC');
  info.writeUIntBE((44_100 << 4) | 2, 18, 3);
  info.writeUInt8(0xf0, 21);
  info.writeUInt32BE(44_100 * 12, 22);
  return Buffer.concat([info, Buffer.alloc(100_000)]);
}

function ogg(codec: 'opus' | 'vorbis'): Buffer {
  const page = (granule: bigint, content: Buffer): Buffer => {
    const head = Buffer.alloc(28);
    head.write('OggS');
    head.writeBigUInt64LE(granule, 6);
    return Buffer.concat([head, content]);
  };
  const vorbis = Buffer.alloc(30);
  vorbis.write('\x01vorbis', 'latin1');
  vorbis.writeUInt32LE(16_000, 12);
  const first = codec === 'opus' ? Buffer.from('OpusHead') : vorbis;
  const rate = codec === 'opus' ? 48_000n : 16_000n;
  return Buffer.concat([page(0n, first), page(rate, Buffer.alloc(90_000)), page(rate * 7n, Buffer.alloc(300))]);
}

function mp4(moovLast: boolean): Buffer {
  const box = (type: string, data: Buffer): Buffer => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(8 + data.length, 0);
    head.write(type, 4);
    return Buffer.concat([head, data]);
  };
  const header = Buffer.alloc(100);
  header.writeUInt32BE(1_000, 12);
  header.writeUInt32BE(61_500, 16);
  const boxes = [box('moov', box('mvhd', header)), box('mdat', Buffer.alloc(200_000))];
  return Buffer.concat([box('ftyp', Buffer.from('M4A \0\0\0\0')), ...(moovLast ? boxes.reverse() : boxes)]);
}

/** MPEG 1 layer III, 128 kbit/s, 44.1 kHz. */
const MP3_FRAME = Buffer.from([0xff, 0xfb, 0x90, 0x00]);

function mp3({ tag = 0, frames = 0 } = {}): Buffer {
  const id3 = Buffer.alloc(10);
  id3.write('ID3');
  id3.writeUInt32BE(((tag >> 7) << 8) | (tag & 0x7f), 6);
  const xing = Buffer.alloc(60);
  if (frames > 0) {
    xing.write('Xing', 32);
    xing.writeUInt8(1, 39);
    xing.writeUInt32BE(frames, 40);
  }
  const sound = Buffer.concat([MP3_FRAME, xing, Buffer.alloc(160_000)]);
  return tag > 0 ? Buffer.concat([id3, Buffer.alloc(tag), sound]) : sound;
}

describe('the length of a recording', () => {
  it.each<[string, Buffer, number]>([
    ['wav, by what is played and not by what its byte rate claims', wav(), 3],
    ['wav that was streamed and does not know its own size', wav({ dataSize: 0xffffffff }), 3],
    ['wav with other chunks first', wav({ junk: 2_000 }), 3],
    ['flac', flac(), 12],
    ['ogg with opus', ogg('opus'), 7],
    ['ogg with vorbis', ogg('vorbis'), 7],
    ['mp4', mp4(false), 61.5],
    ['mp4 with its index at the end', mp4(true), 61.5],
    ['mp3', mp3(), 10],
    ['mp3 behind a tag', mp3({ tag: 5_000 }), 10],
    ['mp3 with a tag longer than what is read first', mp3({ tag: 16_000 }), 10],
    ['mp3 of varying bit rate', mp3({ frames: 44_100 }), 1_152],
  ])('%s', async (_, bytes, expected) => {
    expect(await seconds(bytes)).toBeCloseTo(expected, 0);
  });

  it('is estimated from the size where the file does not tell', async () => {
    expect(await seconds(Buffer.alloc(80_000, 'x'))).toBe(10);
    expect(await seconds(Buffer.alloc(0))).toBe(0);
  });

  it('is never nothing for a large file whose header says so', async () => {
    const lying = flac();
    lying.writeUInt32BE(1, 22);
    lying.writeUInt8(0, 21);
    expect(await seconds(Buffer.concat([lying, Buffer.alloc(4_000_000)]))).toBeGreaterThanOrEqual(2);
  });

  it.each([wav(), flac(), ogg('opus'), mp4(false), mp3()].map((bytes) => [bytes]))(
    'is found for a file cut anywhere, without failing',
    async (bytes) => {
      for (let length = 0; length < 200; length++)
        expect(await seconds(bytes.subarray(0, length))).toBeGreaterThanOrEqual(0);
    },
  );
});
