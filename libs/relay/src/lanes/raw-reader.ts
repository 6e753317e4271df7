import { type JsonObject } from '../json';
import type { AnswerFacts, AnswerReader, StreamEvents, WholeAnswer } from './lane';

/**
 * Passes bytes on that only their receiver understands, as they come. The last byte is kept back for `tail`, so that the call can
 * be settled before its caller has the whole answer.
 */
export class RawReader implements AnswerReader {
  private last: Buffer | null = null;
  private bytes = 0;
  private ended = false;

  constructor(private readonly events: StreamEvents) {}

  get facts(): AnswerFacts {
    return { usage: undefined, finish: undefined, textBytes: this.bytes };
  }

  get isComplete(): boolean {
    return this.ended;
  }

  push(chunk: Buffer): void {
    if (chunk.length === 0) return;
    if (this.bytes === 0) this.events.commit();
    this.bytes += chunk.length;
    const free = chunk.subarray(0, -1);
    const out = this.last ? Buffer.concat([this.last, free]) : free;
    this.last = chunk.subarray(-1);
    if (out.length > 0) this.events.out(out);
  }

  close(): void {
    this.ended = this.bytes > 0;
  }

  /** JSON instead of bytes is an error, also where the upstream does not call it one. */
  whole(_bytes: Buffer, answer: JsonObject): WholeAnswer {
    const facts = { usage: undefined, finish: undefined, textBytes: 0 };
    return { facts, meaningful: false, error: answer.error ?? answer, body: () => ({ bytes: Buffer.alloc(0) }) };
  }

  tail(): Buffer {
    return this.last ?? Buffer.alloc(0);
  }

  broken(): null {
    return null;
  }
}
