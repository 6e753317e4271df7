import { sseFrame } from '@app/core';
import type { Quirks } from '@app/providers';
import type { Usage } from '../chat/usage';
import { type JsonObject, parseJson } from '../json';
import type { Body } from '../request/members';
import { lastThought } from '../thoughts/thought-values';
import type { AnswerFacts, AnswerReader, StreamEvents, WholeAnswer } from './lane';
import { OpenChoices } from './open-choices';
import { RepeatedEvent } from './repeated-event';
import type { Glimpse, Wire } from './wire';

/** Events held back until the first meaningful one; a stream that only talks about itself for longer is let through. */
const MAX_HELD_BYTES = 1024 * 1024;
/** Larger events are not worth comparing. */
const MAX_REPEATED_BYTES = 4096;

/**
 * Passes a server-sent event stream on in the upstream's own bytes, whole events at a time, and reads what settlement needs on
 * the side. Once an ordinary event has been looked at, those that only repeat its frame are passed on unparsed. The terminal event is
 * kept back for `tail`, so that the call can be settled before its caller has the whole answer.
 */
export class PatchReader implements AnswerReader {
  private terminal: Buffer | null = null;
  private usage: Usage | undefined;
  private finish: string | undefined;
  private textBytes = 0;
  private thought: string | undefined;
  private readonly choices = new OpenChoices();
  private opened = false;
  private committed = false;
  private ended = false;
  private held: Buffer[] = [];
  private heldBytes = 0;
  /** Bytes of an event that has not ended yet. */
  private partial: Buffer[] = [];
  /** The frame of the last ordinary event. */
  private repeated: RepeatedEvent | null = null;

  constructor(
    private readonly wire: Wire,
    private readonly quirks: Quirks,
    private readonly stripUsage: boolean,
    private readonly events: StreamEvents,
    private readonly request?: Body,
  ) {}

  get facts(): AnswerFacts {
    return { usage: this.usage, finish: this.finish, textBytes: this.textBytes, thought: this.thought };
  }

  /** The upstream said how its answer ended; of several, how each that began did. */
  get isComplete(): boolean {
    return this.ended || (this.finish !== undefined && this.choices.areEnded);
  }

  push(chunk: Buffer): void {
    if (this.ended) return;
    if (this.partial.length > 0 || !this.repeats(chunk)) this.split(chunk);
  }

  /** The upstream closed its stream; an event without its blank line still counts. */
  close(): void {
    if (this.partial.length === 0 || this.ended) return;
    const rest = Buffer.concat(this.partial);
    this.partial = [];
    this.handle(Buffer.concat([rest, Buffer.from('\n\n')]));
  }

  whole(bytes: Buffer, answer: JsonObject): WholeAnswer {
    const { usage, finish, textBytes, meaningful, error } = this.wire.whole(answer, this.quirks);
    const thought = lastThought(bytes, this.wire.protocol);
    const shown = error === undefined ? this.wire.shown?.(answer) : undefined;
    const body = shown ? Buffer.from(JSON.stringify(shown)) : bytes;
    return { facts: { usage, finish, textBytes, thought }, meaningful, error, body: () => ({ bytes: body }) };
  }

  plain(bytes: Buffer, contentType: string): WholeAnswer | undefined {
    if (!this.request || !this.wire.isPlain?.(this.request, contentType) || bytes.length === 0) return undefined;
    const facts = { usage: undefined, finish: undefined, textBytes: bytes.length };
    return { facts, meaningful: true, body: () => ({ bytes }) };
  }

  tail(): Buffer {
    return this.terminal ?? Buffer.from(this.wire.terminator);
  }

  broken(message: string, code: string): Buffer {
    return Buffer.from(this.wire.failureFrame(message, code));
  }

  /** Passes on what only repeats the frame of an event already looked at; false: this has to be looked at. */
  private repeats(bytes: Buffer): boolean {
    if (this.repeated === null) return false;
    const read = this.repeated.read(bytes.toString('latin1'));
    if (read === null) return false;
    this.textBytes += read.textBytes;
    this.events.out(read.shown);
    return true;
  }

  private split(chunk: Buffer): void {
    let start = 0;
    // The blank line may itself be cut in two: look at the joined bytes where the last chunk ended in a line break.
    const joined = this.partial.length > 0 && startsWithBreak(chunk) ? this.join(chunk) : chunk;
    for (let end = eventEnd(joined, start); end > 0 && !this.ended; end = eventEnd(joined, start)) {
      const event = joined.subarray(start, end);
      this.handle(this.partial.length === 0 ? event : this.join(event));
      start = end;
    }
    if (start < joined.length && !this.ended) this.partial.push(joined.subarray(start));
  }

  private join(last: Buffer): Buffer {
    const bytes = Buffer.concat([...this.partial, last]);
    this.partial = [];
    return bytes;
  }

  private handle(bytes: Buffer): void {
    if (this.repeats(bytes)) return;
    // Google tells an error in the middle as bare JSON behind its events; clients that read events would pass over it.
    const frame = bareJson(bytes) ?? bytes;
    const { data, name } = readFrame(frame);
    if (data === undefined) return this.pass(frame);
    const glimpse = this.wire.event(parseJson(data) ?? data, name, this.quirks, this.usage);
    if (glimpse.usage) this.usage = glimpse.usage;
    if (glimpse.finish) this.finish = glimpse.finish;
    if (glimpse.choices) this.choices.note(glimpse.choices);
    this.thought = lastThought(frame, this.wire.protocol) ?? this.thought;
    if (glimpse.error !== undefined) this.fail(frame, glimpse);
    else if (glimpse.terminal) this.terminate(frame);
    else this.ordinary(frame, glimpse);
  }

  private ordinary(frame: Buffer, glimpse: Glimpse): void {
    this.textBytes += glimpse.textBytes;
    if (glimpse.opens && this.opensAgain()) return;
    if (glimpse.meaningful) this.begin();
    if (glimpse.textBytes > 0 && this.wire.repeats && frame.length <= MAX_REPEATED_BYTES) {
      this.repeated = new RepeatedEvent(
        frame.toString('latin1'),
        this.wire.repeats,
        this.stripUsage ? NULL_USAGE : null,
      );
    }
    if (this.stripUsage && glimpse.usageOnly) return;
    this.pass(this.stripUsage ? withoutNullUsage(frame) : frame);
  }

  /** Some upstreams begin twice; SDKs throw on it ("Unexpected event order"). What usage the second one tells is kept. */
  private opensAgain(): boolean {
    const again = this.opened;
    this.opened = true;
    return again;
  }

  private terminate(frame: Buffer): void {
    this.ended = true;
    this.terminal = frame;
    this.events.end();
  }

  private fail(frame: Buffer, glimpse: Glimpse): void {
    this.ended = true;
    this.events.error(glimpse.error, frame);
  }

  private pass(frame: Buffer): void {
    if (this.committed) return this.events.out(frame);
    this.held.push(frame);
    this.heldBytes += frame.length;
    if (this.heldBytes > MAX_HELD_BYTES) this.begin();
  }

  private begin(): void {
    if (this.committed) return;
    this.committed = true;
    this.events.commit();
    if (this.held.length > 0) this.events.out(Buffer.concat(this.held));
    this.held = [];
  }
}

const LF = 10;
const CR = 13;

const startsWithBreak = (chunk: Buffer): boolean => chunk[0] === LF || chunk[0] === CR;

/** Offset just after the blank line that ends the event at `from`, or -1. */
function eventEnd(chunk: Buffer, from: number): number {
  for (let at = chunk.indexOf(LF, from); at >= 0; at = chunk.indexOf(LF, at + 1)) {
    if (chunk[at + 1] === LF) return at + 2;
    if (chunk[at + 1] === CR && chunk[at + 2] === LF) return at + 3;
  }
  return -1;
}

function readFrame(frame: Buffer): { data?: string; name?: string } {
  const lines: string[] = [];
  let name: string | undefined;
  for (const line of frame.toString('utf8').split(/\r?\n/)) {
    if (line.startsWith('data:')) lines.push(line.slice(line.charCodeAt(5) === 32 ? 6 : 5));
    else if (line.startsWith('event:')) name = line.slice(6).trim();
  }
  return lines.length === 0 ? {} : { data: lines.join('\n'), name };
}

const OPENS_JSON = /^\s*[[{]/;

/** JSON outside any event, made an event; null for what is one already. */
function bareJson(bytes: Buffer): Buffer | null {
  const first = bytes[0];
  if (first !== 123 && first !== 91 && first !== LF && first !== CR && first !== 32) return null;
  const text = bytes.toString('utf8');
  const value = OPENS_JSON.test(text) ? parseJson(text) : undefined;
  return value === undefined ? null : Buffer.from(sseFrame(JSON.stringify(value)));
}

const NULL_USAGE = ',"usage":null';

/**
 * Asked to report usage, OpenAI adds `"usage":null` to every chunk. Between quotes the text would be escaped, so these bytes are
 * always the member itself.
 */
function withoutNullUsage(frame: Buffer): Buffer {
  const at = frame.indexOf(NULL_USAGE);
  return at < 0 ? frame : Buffer.concat([frame.subarray(0, at), frame.subarray(at + NULL_USAGE.length)]);
}
