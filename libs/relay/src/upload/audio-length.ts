/** How long a recording is, from a few bytes of its file. */
export interface FileBytes {
  readonly size: number;
  /** Fewer where the file ends. */
  read(at: number, length: number): Promise<Buffer>;
}

/** Undefined: the file does not tell. */
type Probe = (file: FileBytes, head: Buffer) => number | undefined | Promise<number | undefined>;

interface Format {
  matches(head: Buffer): boolean;
  readonly seconds: Probe;
}

const HEAD_BYTES = 64 * 1024;
/** 64 kbit/s: speech in a format that does not tell. */
const USUAL_BYTES_PER_SECOND = 8_000;
/** Studio quality, uncompressed: a file that claims more has a wrong header. */
const MOST_BYTES_PER_SECOND = 2_000_000;

/** Seconds, estimated where the file does not tell. Never fails: a broken file is the upstream's to refuse. */
export async function audioSeconds(file: FileBytes): Promise<number> {
  const told = await toldSeconds(file).catch(() => undefined);
  const least = file.size / MOST_BYTES_PER_SECOND;
  if (told === undefined || !(told > 0)) return file.size / USUAL_BYTES_PER_SECOND;
  return Math.max(least, told);
}

async function toldSeconds(file: FileBytes): Promise<number | undefined> {
  const head = await file.read(0, HEAD_BYTES);
  return formats.find(({ matches }) => matches(head))?.seconds(file, head);
}

const starts =
  (word: string, at = 0) =>
  (head: Buffer) =>
    head.toString('latin1', at, at + word.length) === word;

const formats: readonly Format[] = [
  { matches: starts('RIFF'), seconds: wav },
  { matches: starts('fLaC'), seconds: flac },
  { matches: starts('OggS'), seconds: ogg },
  { matches: starts('ftyp', 4), seconds: mp4 },
  { matches: (head) => starts('ID3')(head) || mp3Frame(head, 0) !== undefined, seconds: mp3 },
];

/** RIFF: chunks of an id, a length and their data. */
function wav(file: FileBytes, head: Buffer): number | undefined {
  let bytesPerSecond = 0;
  for (let at = 12; at + 8 <= head.length;) {
    const id = head.toString('latin1', at, at + 4);
    const size = head.readUInt32LE(at + 4);
    if (id === 'data') return Math.min(size || Infinity, file.size - at - 8) / bytesPerSecond;
    if (id === 'fmt ' && at + 24 <= head.length) bytesPerSecond = wavRate(head, at + 8);
    at += 8 + size + (size % 2);
  }
  return undefined;
}

/** Uncompressed, the rate follows from what a player goes by; the field that says it may be wrong. */
function wavRate(head: Buffer, at: number): number {
  const samples = head.readUInt32LE(at + 4) * head.readUInt16LE(at + 2) * (head.readUInt16LE(at + 14) / 8);
  const isPcm = [1, 3].includes(head.readUInt16LE(at));
  return isPcm ? samples : head.readUInt32LE(at + 8);
}

/** The first block is always STREAMINFO: 20 bits of sample rate, 8 of format, 36 of sample count. */
function flac(_file: FileBytes, head: Buffer): number | undefined {
  const rate = head.readUIntBE(18, 3) >> 4;
  const samples = (head.readUInt8(21) & 0x0f) * 2 ** 32 + head.readUInt32BE(22);
  return samples / rate;
}

/** The last page says how many samples there were. */
async function ogg(file: FileBytes, head: Buffer): Promise<number | undefined> {
  const from = Math.max(0, file.size - HEAD_BYTES);
  const tail = await file.read(from, file.size - from);
  const page = tail.lastIndexOf('OggS');
  if (page < 0 || page + 14 > tail.length) return undefined;
  const vorbis = head.indexOf('\x01vorbis', 0, 'latin1');
  const rate = vorbis < 0 ? 48_000 : head.readUInt32LE(vorbis + 12);
  return Number(tail.readBigUInt64LE(page + 6)) / rate;
}

const MOST_BOXES = 100;

/** Boxes of a length and a type; `moov` begins with `mvhd`, and may come last. */
async function mp4(file: FileBytes): Promise<number | undefined> {
  for (let at = 0, boxes = 0; at + 16 <= file.size && boxes < MOST_BOXES; boxes += 1) {
    const box = await file.read(at, 16);
    const short = box.readUInt32BE(0);
    const size = short === 1 ? Number(box.readBigUInt64BE(8)) : short;
    if (box.toString('latin1', 4, 8) === 'moov') return mvhd(await file.read(at, 4_096));
    if (size < 8) return undefined;
    at += size;
  }
  return undefined;
}

function mvhd(moov: Buffer): number | undefined {
  const at = moov.indexOf('mvhd') + 4;
  if (at < 4) return undefined;
  const isLong = moov.readUInt8(at) === 1;
  const scale = moov.readUInt32BE(at + (isLong ? 20 : 12));
  const length = isLong ? Number(moov.readBigUInt64BE(at + 24)) : moov.readUInt32BE(at + 16);
  return length / scale;
}

interface Mp3Frame {
  readonly bitsPerSecond: number;
  readonly samplesPerSecond: number;
  readonly samples: number;
}

/** After an ID3 tag come frames; the first may say how many there are, else all are taken to be like it. */
async function mp3(file: FileBytes, head: Buffer): Promise<number | undefined> {
  const start = starts('ID3')(head) ? 10 + syncsafe(head.readUInt32BE(6)) : 0;
  const first = start + 512 <= head.length ? head.subarray(start) : await file.read(start, 4_096);
  const at = Array.from({ length: Math.min(first.length, 2_048) }, (_, index) => index).find((index) =>
    mp3Frame(first, index),
  );
  const frame = at === undefined ? undefined : mp3Frame(first, at);
  if (!frame || at === undefined) return undefined;
  const frames = xingFrames(first.subarray(at, at + 256));
  if (frames) return (frames * frame.samples) / frame.samplesPerSecond;
  return ((file.size - start - at) * 8) / frame.bitsPerSecond;
}

const syncsafe = (value: number): number =>
  ((value >>> 24) << 21) | (((value >>> 16) & 0x7f) << 14) | (((value >>> 8) & 0x7f) << 7) | (value & 0x7f);

/** kbit/s of layer III, by index: MPEG 1, and MPEG 2 and 2.5. */
const bitrates = [
  [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
] as const;
const sampleRates = [44_100, 48_000, 32_000] as const;

/** http://www.mp3-tech.org/programmer/frame_header.html */
function mp3Frame(bytes: Buffer, at: number): Mp3Frame | undefined {
  if (at + 4 > bytes.length || bytes[at] !== 0xff) return undefined;
  const second = bytes.readUInt8(at + 1);
  const third = bytes.readUInt8(at + 2);
  const version = (second >> 3) & 3;
  if (second >> 5 !== 7 || version === 1 || ((second >> 1) & 3) !== 1) return undefined;
  const isFirst = version === 3;
  const rate = sampleRates[(third >> 2) & 3];
  const kilobits = bitrates[isFirst ? 0 : 1][third >> 4];
  if (!rate || !kilobits) return undefined;
  const samplesPerSecond = isFirst ? rate : version === 2 ? rate / 2 : rate / 4;
  return { bitsPerSecond: kilobits * 1_000, samplesPerSecond, samples: isFirst ? 1_152 : 576 };
}

function xingFrames(frame: Buffer): number | undefined {
  const at = Math.max(frame.indexOf('Xing'), frame.indexOf('Info'));
  return at >= 0 && at + 12 <= frame.length && frame.readUInt8(at + 7) & 1 ? frame.readUInt32BE(at + 8) : undefined;
}
