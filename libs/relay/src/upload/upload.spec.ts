import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RelayError } from '../relay.errors';
import type { Disk } from './spool';
import { receiveUpload, type Upload } from './upload';

const B = 'b0undary';
const TYPE = `multipart/form-data; boundary=${B}`;
const LIMIT = 10 * 1024 * 1024;

/** What a disk is asked for; `room` bytes fit. */
class FakeDisk implements Disk {
  used = 0;
  opened = 0;
  constructor(
    private readonly path: string,
    private readonly room = Infinity,
  ) {}
  open() {
    return open(join(this.path, String(++this.opened)), 'wx+');
  }
  reserve(bytes: number) {
    if (this.used + bytes > this.room) throw new RelayError('unavailable', 'full');
    this.used += bytes;
  }
  release(bytes: number) {
    this.used -= bytes;
  }
}

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'upload-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const field = (name: string, value: string): string =>
  `--${B}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
const file = (bytes: number): string =>
  `--${B}\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n${'0123456789'.repeat(bytes / 10)}\r\n`;
const form = (...parts: string[]): Buffer => Buffer.from(`${parts.join('')}--${B}--\r\n`);

async function* cut(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

const receive = (bytes: Buffer, size: number, disk: Disk, maxBytes = LIMIT) =>
  receiveUpload(cut(bytes, size), TYPE, { maxBytes, disk });

async function sent(upload: Upload, model?: string): Promise<Buffer> {
  const { length, stream } = upload.bytes(model);
  const pieces: Buffer[] = [];
  for await (const piece of stream as AsyncIterable<Buffer>) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  expect(bytes.length).toBe(length);
  return bytes;
}

const refusal = (work: Promise<unknown>): Promise<RelayError> =>
  work.then(
    () => Promise.reject(new Error('nothing was refused')),
    (error: unknown) => error as RelayError,
  );

describe('an upload', () => {
  const sizes = [0, 1_000, 256 * 1024, 1_000_000];

  it.each(sizes.flatMap((bytes) => [1_021, 65_536, LIMIT].map((size) => [bytes - (bytes % 10), size] as const)))(
    'of %d bytes in pieces of %d is sent on as it came, any number of times, but for the name of its model',
    async (bytes, size) => {
      const disk = new FakeDisk(folder);
      for (const parts of [
        [field('model', 'short'), file(bytes)],
        [file(bytes), field('model', 'short'), field('prompt', 'short')],
      ]) {
        const whole = form(...parts);
        const upload = await receive(whole, size, disk);
        const renamed = form(
          ...parts.map((part) => (part.includes('"model"') ? field('model', 'a-longer-name') : part)),
        );
        expect((await sent(upload)).equals(whole)).toBe(true);
        expect((await sent(upload, 'a-longer-name')).equals(renamed)).toBe(true);
        expect((await Promise.all([sent(upload), sent(upload)])).every((bytes) => bytes.equals(whole))).toBe(true);
        await upload.discard();
      }
      expect(disk.used).toBe(0);
    },
  );

  it('that is small never touches the disk', async () => {
    const disk = new FakeDisk(folder);
    const upload = await receive(form(field('model', 'm'), file(100_000)), 1_000, disk);
    expect([disk.opened, upload.body.value('model')]).toEqual([0, 'm']);
    await upload.discard();
  });

  it.each([
    ['larger than it may be', { cut: 0, maxBytes: 500_000, room: Infinity }, 'request_too_large'],
    ['that finds no room', { cut: 0, maxBytes: LIMIT, room: 100_000 }, 'unavailable'],
    ['that is cut off', { cut: 30, maxBytes: LIMIT, room: Infinity }, 'invalid_request_error'],
  ])('%s is refused and gives everything back', async (_, limits, code) => {
    const disk = new FakeDisk(folder, limits.room);
    const whole = form(field('model', 'm'), file(900_000));
    const error = await refusal(receive(whole.subarray(0, whole.length - limits.cut), 65_536, disk, limits.maxBytes));
    expect([error.code, disk.used]).toEqual([code, 0]);
  });

  it('whose caller leaves is refused as cut off and gives everything back', async () => {
    const disk = new FakeDisk(folder);
    async function* leaving(): AsyncGenerator<Buffer> {
      yield* cut(form(field('model', 'm'), file(900_000)).subarray(0, 700_000), 65_536);
      throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
    }
    const error = await refusal(receiveUpload(leaving(), TYPE, { maxBytes: LIMIT, disk }));
    expect([error.code, disk.opened, disk.used]).toEqual(['invalid_request_error', 1, 0]);
  });
});
