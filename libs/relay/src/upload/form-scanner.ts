import { badRequest } from '../relay.errors';
import { type Disposition, readPartHead } from './part-head';

/** Where a part begins; offsets count from the body's first byte. */
export interface PartHead extends Disposition {
  /** Offset of the value's first byte. */
  readonly start: number;
}

/** What is told of a form, in order; the same for any cut of its bytes, but for the cuts of `data`. */
export interface FormEvents {
  part(head: PartHead): void;
  data(bytes: Buffer): void;
  /** The part's value ends before this offset. */
  end(at: number): void;
}

const MAX_PARTS = 200;
const MAX_HEAD_BYTES = 8 * 1024;
/** Spaces that may stand behind a boundary. */
const MAX_PADDING = 100;

const CRLF = Buffer.from('\r\n');
const HEAD_END = Buffer.from('\r\n\r\n');
const DASH = 45;

type State = 'preamble' | 'boundary' | 'head' | 'value' | 'over';

/**
 * Finds the parts of a `multipart/form-data` body (RFC 7578) as it passes; holds back no more than a boundary's length or one
 * part's head. Strict where two readers could understand different things. Throws RelayError 400.
 */
export class FormScanner {
  private state: State = 'preamble';
  /** Bytes not decided yet. The line break before the first boundary may be missing: it is put there. */
  private pending: Buffer = CRLF;
  /** Offset of the first pending byte. */
  private at = -CRLF.length;
  private parts = 0;
  private readonly delimiter: Buffer;

  constructor(
    boundary: string,
    private readonly events: FormEvents,
  ) {
    this.delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
  }

  push(chunk: Buffer): void {
    if (this.state === 'over') return;
    this.pending = this.pending.length === 0 ? chunk : Buffer.concat([this.pending, chunk]);
    while (this.steps[this.state]());
  }

  /** Throws where the closing boundary is missing. */
  close(): void {
    if (this.state !== 'over') throw malformed('it ended before its closing boundary');
  }

  /** Each takes what it can and says whether the next step has something to look at. */
  private readonly steps: Readonly<Record<State, () => boolean>> = {
    preamble: () => {
      const found = this.pending.indexOf(this.delimiter);
      if (found < 0) return this.keepTail(() => undefined);
      this.take(found + this.delimiter.length);
      return this.turn('boundary');
    },
    boundary: () => this.afterBoundary(),
    head: () => this.head(),
    value: () => this.value(),
    over: () => false,
  };

  private afterBoundary(): boolean {
    const { pending } = this;
    if (pending.length < 2) return false;
    if (pending[0] === DASH && pending[1] === DASH) return this.turn('over');
    const end = pending.indexOf(CRLF);
    const padding = pending.toString('latin1', 0, end < 0 ? pending.length : end);
    if (padding.length > MAX_PADDING || /[^ \t\r]/.test(padding))
      throw malformed('something other than a line break follows a boundary');
    if (end < 0) return false;
    // The line break stays: it is the first half of the empty line that ends a head without any header.
    this.take(end);
    return this.turn('head');
  }

  private head(): boolean {
    const end = this.pending.indexOf(HEAD_END);
    if (end > MAX_HEAD_BYTES || (end < 0 && this.pending.length > MAX_HEAD_BYTES))
      throw malformed(`the head of a part is longer than ${MAX_HEAD_BYTES} bytes`);
    if (end < 0) return false;
    if (++this.parts > MAX_PARTS) throw malformed(`it has more than ${MAX_PARTS} parts`);
    const disposition = readPartHead(this.pending.toString('utf8', CRLF.length, end));
    this.take(end + HEAD_END.length);
    this.events.part({ ...disposition, start: this.at });
    return this.turn('value');
  }

  private value(): boolean {
    const found = this.pending.indexOf(this.delimiter);
    if (found < 0) return this.keepTail((bytes) => this.events.data(bytes));
    if (found > 0) this.events.data(this.pending.subarray(0, found));
    this.events.end(this.at + found);
    this.take(found + this.delimiter.length);
    return this.turn('boundary');
  }

  /** Lets everything pass that cannot be the beginning of a boundary. */
  private keepTail(pass: (bytes: Buffer) => void): false {
    const free = this.pending.length - this.delimiter.length + 1;
    if (free <= 0) return false;
    pass(this.pending.subarray(0, free));
    this.take(free);
    return false;
  }

  private take(bytes: number): void {
    this.pending = this.pending.subarray(bytes);
    this.at += bytes;
  }

  private turn(state: State): boolean {
    this.state = state;
    return state !== 'over';
  }
}

const malformed = (why: string): Error => badRequest(`The request body is not a valid multipart form: ${why}.`);
