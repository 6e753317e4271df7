import { Readable } from 'node:stream';
import { badRequest, RelayError } from '../relay.errors';
import type { Body } from '../request/members';
import { audioSeconds, type FileBytes } from './audio-length';
import { type FormFile, FormFields, type Span } from './form-fields';
import { FormScanner } from './form-scanner';
import { boundaryOf } from './part-head';
import { type Disk, Spool } from './spool';

/** Bytes for an upstream, of a length known beforehand. */
export interface UploadBytes {
  readonly length: number;
  readonly stream: Readable;
}

/** A form with files, set aside as it came. Its owner discards it when the call is over, however it ended. */
export class Upload {
  constructor(
    /** With the boundary. */
    readonly contentType: string,
    /** The form's fields as JSON. */
    readonly body: Body,
    private readonly model: Span | undefined,
    private readonly spool: Spool,
  ) {}

  /** The form as it came, but for another model's name where one is given. Anew for each attempt. */
  bytes(model?: string): UploadBytes {
    const all = { start: 0, end: this.spool.size };
    const name = model === undefined || !this.model ? undefined : Buffer.from(model, 'utf8');
    if (!name || !this.model) return { length: all.end, stream: readable(this.spool.read(all)) };
    const { start, end } = this.model;
    return {
      length: all.end - (end - start) + name.length,
      stream: readable(
        around(this.spool.read({ start: 0, end: start }), name, this.spool.read({ start: end, end: all.end })),
      ),
    };
  }

  discard(): Promise<void> {
    return this.spool.discard();
  }
}

async function* around(before: AsyncIterable<Buffer>, middle: Buffer, after: AsyncIterable<Buffer>) {
  yield* before;
  yield middle;
  yield* after;
}

const readable = (pieces: AsyncIterable<Buffer>): Readable => Readable.from(pieces, { objectMode: false });

/**
 * Takes a form in as it arrives; a reader slower than the caller slows the caller. Throws RelayError for what is no form, is cut
 * off or too large, and keeps nothing then.
 */
export async function receiveUpload(
  chunks: AsyncIterable<Buffer>,
  contentType: string,
  limits: { readonly maxBytes: number; readonly disk: Disk },
): Promise<Upload> {
  const fields = new FormFields();
  const scanner = new FormScanner(boundaryOf(contentType), fields);
  const spool = new Spool(limits.disk);
  try {
    for await (const chunk of chunks) {
      if (spool.size + chunk.length > limits.maxBytes) throw tooLarge(limits.maxBytes);
      scanner.push(chunk);
      await spool.write(chunk);
    }
    scanner.close();
    await measure(fields, spool);
    return new Upload(contentType, fields.body(), fields.model, spool);
  } catch (error) {
    await spool.discard();
    throw asRelayError(error);
  }
}

/** The field in which OpenAI takes a recording. */
const RECORDING = 'file';

async function measure(fields: FormFields, spool: Spool): Promise<void> {
  for (const file of fields.files)
    if (file.name === RECORDING) fields.lasts(file, await audioSeconds(bytesOf(file, spool)));
}

const bytesOf = ({ start, end }: FormFile, spool: Spool): FileBytes => ({
  size: end - start,
  async read(at, length) {
    const pieces: Buffer[] = [];
    const from = Math.min(end, start + at);
    for await (const piece of spool.read({ start: from, end: Math.min(end, from + length) })) pieces.push(piece);
    return Buffer.concat(pieces);
  },
});

export const tooLarge = (maxBytes: number): RelayError =>
  new RelayError('request_too_large', `The request body is larger than ${Math.floor(maxBytes / 1024 / 1024)} MiB.`);

const cutCodes = new Set(['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'ABORT_ERR']);
const fullCodes = new Set(['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE']);

function asRelayError(error: unknown): unknown {
  if (error instanceof RelayError || !(error instanceof Error)) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (cutCodes.has(code ?? '')) return badRequest('The request body ended before it was complete.');
  if (fullCodes.has(code ?? ''))
    return new RelayError('unavailable', 'There is no room for the upload right now.', {
      retryAfterMs: 5_000,
      cause: error,
    });
  return error;
}
