/** One server-sent event: `event` is absent when the stream names none; `data` has its lines joined by `\n`. */
export interface SseEvent {
  readonly event?: string;
  readonly data: string;
}

/** One event in wire form. */
export const sseFrame = (data: string, event?: string): string =>
  event === undefined ? `data: ${data}\n\n` : `event: ${event}\ndata: ${data}\n\n`;

const LF = 10;
const CR = 13;

/**
 * Cuts a byte stream into complete lines, whatever the chunking: LF, CRLF and lone CR all end a line (WHATWG HTML, "event
 * stream interpretation"). A line split over many chunks is joined once, so a 1 MB line costs linear time.
 */
export class LineSplitter {
  private pending: Buffer[] = [];
  private skipLf = false;

  push(chunk: Buffer, onLine: (line: string) => void): void {
    let start = 0;
    if (this.skipLf && chunk.length > 0) {
      if (chunk[0] === LF) start = 1;
      this.skipLf = false;
    }
    for (let at = nextBreak(chunk, start); at >= 0; at = nextBreak(chunk, start)) {
      onLine(this.take(chunk.subarray(start, at)));
      start = at + 1;
      if (chunk[at] !== CR) continue;
      if (start < chunk.length) {
        if (chunk[start] === LF) start += 1;
      } else this.skipLf = true;
    }
    if (start < chunk.length) this.pending.push(chunk.subarray(start));
  }

  /** What follows the last line break, which some servers forget to send. */
  end(onLine: (line: string) => void): void {
    const rest = this.take(Buffer.alloc(0));
    if (rest) onLine(rest);
  }

  private take(last: Buffer): string {
    if (this.pending.length === 0) return last.toString('utf8');
    const line = Buffer.concat([...this.pending, last]).toString('utf8');
    this.pending = [];
    return line;
  }
}

function nextBreak(chunk: Buffer, from: number): number {
  const lf = chunk.indexOf(LF, from);
  const cr = chunk.subarray(from, lf < 0 ? chunk.length : lf).indexOf(CR);
  return cr < 0 ? lf : from + cr;
}

/**
 * Bytes → events. Comments, `id:` and `retry:` are ignored. A line that opens a bare JSON object outside any field is
 * collected too and handed over as an event of its own: Gemini reports mid-stream errors as pretty-printed JSON after its frames.
 */
export class SseParser {
  private readonly lines = new LineSplitter();
  private data: string[] = [];
  private event: string | undefined;
  private bare: string[] = [];

  constructor(private readonly onEvent: (event: SseEvent) => void) {}

  push(chunk: Buffer): void {
    this.lines.push(chunk, this.onLine);
  }

  end(): void {
    this.lines.end(this.onLine);
    this.dispatch();
    if (this.bare.length > 0) this.onEvent({ data: this.bare.join('\n') });
    this.bare = [];
  }

  private readonly onLine = (line: string): void => {
    if (this.bare.length > 0) {
      this.bare.push(line);
    } else if (line === '') {
      this.dispatch();
    } else if (line.startsWith('data:')) {
      this.data.push(line.charCodeAt(5) === 32 ? line.slice(6) : line.slice(5));
    } else if (line.startsWith('event:')) {
      this.event = line.slice(6).trim();
    } else if (line.startsWith('{') || line.startsWith('[')) {
      this.bare.push(line);
    }
  };

  private dispatch(): void {
    if (this.data.length > 0) {
      const data = this.data.length === 1 ? (this.data[0] ?? '') : this.data.join('\n');
      this.onEvent(this.event === undefined ? { data } : { event: this.event, data });
    }
    this.data = [];
    this.event = undefined;
  }
}
