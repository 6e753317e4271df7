import { crc32 } from 'node:zlib';

/** One message of a binary AWS stream. Only text headers are kept; those AWS defines start with a colon (`:event-type`). */
export interface AwsMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Buffer;
}

/** The bytes are no such stream, or were damaged: nothing after them can be read. */
export class AwsFrameError extends Error {
  override readonly name = 'AwsFrameError';
}

/** Length of the message, length of its headers, checksum of both. */
const PRELUDE = 12;
const CHECKSUM = 4;
/** More than AWS sends in one message. */
const MAX_MESSAGE = 24 * 1024 * 1024;

/**
 * Cuts `application/vnd.amazon.eventstream` into messages, whatever the chunking. A message split over many chunks is joined once.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/RESTSelectObjectAppendix.html#RESTSelectObjectAppendix-MessageFraming
 */
export class AwsEventStreamParser {
  private pending: Buffer[] = [];
  private bytes = 0;
  /** How many bytes it takes to read on. */
  private wanted = PRELUDE;

  /** Throws AwsFrameError. */
  push(chunk: Buffer, onMessage: (message: AwsMessage) => void): void {
    this.pending.push(chunk);
    this.bytes += chunk.length;
    if (this.bytes < this.wanted) return;
    let rest = this.pending.length === 1 ? chunk : Buffer.concat(this.pending);
    this.wanted = PRELUDE;
    while (rest.length >= PRELUDE) {
      const length = lengthOf(rest);
      if (rest.length < length) {
        this.wanted = length;
        break;
      }
      onMessage(readMessage(rest.subarray(0, length)));
      rest = rest.subarray(length);
    }
    this.pending = rest.length > 0 ? [rest] : [];
    this.bytes = rest.length;
  }

  /** A message has begun and not ended. */
  get isInside(): boolean {
    return this.bytes > 0;
  }
}

function lengthOf(bytes: Buffer): number {
  const length = bytes.readUInt32BE(0);
  if (crc32(bytes.subarray(0, 8)) !== bytes.readUInt32BE(8)) throw new AwsFrameError('a prelude is damaged');
  if (length < PRELUDE + CHECKSUM || length > MAX_MESSAGE)
    throw new AwsFrameError('a message has an impossible length');
  return length;
}

function readMessage(bytes: Buffer): AwsMessage {
  const end = bytes.length - CHECKSUM;
  const body = PRELUDE + bytes.readUInt32BE(4);
  if (crc32(bytes.subarray(0, end)) !== bytes.readUInt32BE(end)) throw new AwsFrameError('a message is damaged');
  if (body > end) throw new AwsFrameError('the headers are longer than their message');
  return { headers: readHeaders(bytes.subarray(PRELUDE, body)), payload: bytes.subarray(body, end) };
}

const TEXT = 7;
/** Bytes of the header values that have no length of their own, by type: booleans, integers, timestamp, UUID. */
const sizes: Readonly<Record<number, number>> = { 0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16 };

/** Per header: length of the name, name, type, (length of the value,) value. */
function readHeaders(bytes: Buffer): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let at = 0; at < bytes.length;) {
    const nameEnd = at + 1 + bytes.readUInt8(at);
    if (nameEnd + 1 > bytes.length) throw new AwsFrameError('a header is cut short');
    const name = bytes.toString('utf8', at + 1, nameEnd);
    const type = bytes.readUInt8(nameEnd);
    const { start, end } = valueOf(bytes, type, nameEnd + 1);
    if (end > bytes.length) throw new AwsFrameError('a header is cut short');
    if (type === TEXT) headers[name] = bytes.toString('utf8', start, end);
    at = end;
  }
  return headers;
}

function valueOf(bytes: Buffer, type: number, at: number): { start: number; end: number } {
  const size = sizes[type];
  if (size !== undefined) return { start: at, end: at + size };
  if (at + 2 > bytes.length) throw new AwsFrameError('a header is cut short');
  return { start: at + 2, end: at + 2 + bytes.readUInt16BE(at) };
}
