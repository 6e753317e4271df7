import { SseParser } from '@app/core';
import { jsonArray } from './framing';

/**
 * Server-sent events → the one JSON array that a caller of `streamGenerateContent` without `alt=sse` reads. For streams that come as
 * events whatever the caller asked for: an upstream's own, passed on, or one encoded here.
 */
export class ArrayStream {
  private readonly framing = jsonArray();
  private pieces: string[] = [];
  private readonly parser = new SseParser(({ data }) => void this.pieces.push(this.framing.event(data)));

  push(bytes: Buffer): string {
    this.parser.push(bytes);
    return this.take();
  }

  /** The rest, and the closing bracket. */
  end(): string {
    this.parser.end();
    this.pieces.push(...this.framing.end());
    return this.take();
  }

  private take(): string {
    const text = this.pieces.join('');
    this.pieces = [];
    return text;
  }
}
