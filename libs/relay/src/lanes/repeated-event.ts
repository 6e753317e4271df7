/** Names of JSON members that change from event to event without meaning anything to the gateway. */
export interface Repeats {
  /** Strings that are generated text. */
  readonly text: readonly string[];
  /** Strings that are not (ids, padding). */
  readonly strings: readonly string[];
  /** Whole numbers (clocks, counters). */
  readonly numbers: readonly string[];
}

type Kind = 'text' | 'string' | 'number';

/** Bytes that are the same in every such event, and what follows them. */
interface Segment {
  readonly bytes: string;
  /** The same without what is taken out for the caller; null where nothing is. */
  readonly kept: string | null;
  readonly then: Kind | 'end';
}

/** A member with a string or a whole number. Quotes inside a string are escaped, so that it is never found inside of one. */
const MEMBER = /"(\w+)":[ ]?(?:"((?:[^"\\]|\\.)*)"|(\d+)(?=[,}\s]))/g;

const QUOTE = '"';
const BACKSLASH = 92;

/**
 * What the ordinary events of a stream have in common. Chat streams repeat one frame around a changing piece of text; an event
 * whose other bytes are those of an event that has been looked at says nothing new, and need not be parsed. Texts are latin1: one
 * character per byte.
 */
export class RepeatedEvent {
  private readonly segments: readonly Segment[];

  /** `leaveOut`: bytes to take out of each event's frame. */
  constructor(event: string, repeats: Repeats, leaveOut: string | null) {
    this.segments = segmentsOf(event, repeats, leaveOut);
  }

  /** What the caller gets of a chunk that is nothing but such events, and how much of it is text; null for any other chunk. */
  read(chunk: string): { readonly shown: string; readonly textBytes: number } | null {
    const { segments } = this;
    const escapes = chunk.includes('\\');
    let textBytes = 0;
    let shown = '';
    let copied = 0;
    for (let at = 0; at < chunk.length;) {
      for (let n = 0; n < segments.length; n += 1) {
        const { bytes, kept, then } = segments[n] as Segment;
        const from = at + bytes.length;
        // Comparing a slice costs half of what `startsWith` does.
        if (chunk.slice(at, from) !== bytes) return null;
        if (kept !== null) {
          shown += chunk.slice(copied, at) + kept;
          copied = from;
        }
        at = then === 'end' ? from : then === 'number' ? digitsEnd(chunk, from) : stringEnd(chunk, from);
        if (at < 0) return null;
        if (then === 'text') textBytes += at - from - (escapes ? escapedBytes(chunk.slice(from, at)) : 0);
      }
    }
    return { shown: copied === 0 ? chunk : shown + chunk.slice(copied), textBytes };
  }
}

function segmentsOf(event: string, repeats: Repeats, leaveOut: string | null): Segment[] {
  const segments: Segment[] = [];
  let from = 0;
  const cut = (to: number, then: Segment['then']): void => {
    const bytes = event.slice(from, to);
    const kept = leaveOut !== null && bytes.includes(leaveOut) ? bytes.replace(leaveOut, '') : null;
    segments.push({ bytes, kept, then });
  };
  for (const match of event.matchAll(MEMBER)) {
    const [whole, name = '', text, digits] = match;
    const kind = kindOf(name, text !== undefined, repeats);
    if (kind === null) continue;
    const end = match.index + whole.length - (text === undefined ? 0 : 1);
    const start = end - (text ?? digits ?? '').length;
    cut(start, kind);
    from = end;
  }
  cut(event.length, 'end');
  return segments;
}

function kindOf(name: string, isString: boolean, { text, strings, numbers }: Repeats): Kind | null {
  if (!isString) return numbers.includes(name) ? 'number' : null;
  if (text.includes(name)) return 'text';
  return strings.includes(name) ? 'string' : null;
}

/** Where the string that is open at `from` ends; -1 where it is not plain to see. */
function stringEnd(chunk: string, from: number): number {
  const end = chunk.indexOf(QUOTE, from);
  return end > from && chunk.charCodeAt(end - 1) === BACKSLASH ? -1 : end;
}

function digitsEnd(chunk: string, from: number): number {
  let at = from;
  while (chunk.charCodeAt(at) >= 48 && chunk.charCodeAt(at) <= 57) at += 1;
  return at > from ? at : -1;
}

const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|.)/g;

/** By how many bytes the escapes of a JSON string are longer than what they stand for: `\u4f60` is three bytes of text. */
function escapedBytes(text: string): number {
  let more = 0;
  for (const [escape, code] of text.matchAll(ESCAPE)) {
    more += escape.length - (code === undefined ? 1 : utf8Bytes(parseInt(code, 16)));
  }
  return more;
}

/** Of one UTF-16 unit; two that make a pair have two each. */
function utf8Bytes(unit: number): number {
  if (unit < 0x80) return 1;
  return unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 2 : 3;
}
