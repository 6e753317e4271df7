import { badRequest } from '../relay.errors';

/** The first character of a JSON value tells its type. */
export type JsonType = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';

/** Where a value lies, as byte offsets; `end` just after it. */
export interface Item {
  readonly start: number;
  readonly end: number;
  readonly type: JsonType;
}

/** One member of an object; `keyStart` at its key's quote. */
export interface Member extends Item {
  readonly name: string;
  readonly keyStart: number;
}

const malformed = (): Error => badRequest('The request body is not valid JSON.');

/** By the first byte of a value. */
const typeOf: Readonly<Record<number, JsonType>> = {
  123: 'object',
  91: 'array',
  34: 'string',
  116: 'boolean',
  102: 'boolean',
  110: 'null',
};

const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;
const COLON = 58;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;

/** Beyond so many bytes a string's end is looked for by the engine's native search; for less, calling it costs more than it saves. */
const SHORT_STRING = 24;

/** Walks one object or array of a JSON text in UTF-8. Every byte that matters is ASCII, and no other character contains one. */
export class Scanner {
  constructor(
    private readonly bytes: Buffer,
    public at = 0,
  ) {}

  /** The members of the object here; ends at its closing brace. */
  members(): Map<string, Member> {
    const found = new Map<string, Member>();
    this.space();
    if (this.bytes[this.at] !== OPEN_BRACE) throw badRequest('The request body must be a JSON object.');
    this.each(CLOSE_BRACE, () => {
      const member = this.member();
      if (found.has(member.name)) throw badRequest(`The field ${member.name} occurs twice.`, member.name);
      found.set(member.name, member);
    });
    return found;
  }

  /** The values of the array here. */
  items(): Item[] {
    const found: Item[] = [];
    this.each(CLOSE_BRACKET, () => void found.push(this.item()));
    return found;
  }

  assertNothingAfter(): void {
    const close = this.at;
    this.at += 1;
    this.space();
    if (this.at < this.bytes.length) throw malformed();
    this.at = close;
  }

  private each(close: number, take: () => void): void {
    this.at += 1;
    this.space();
    while (this.bytes[this.at] !== close) {
      take();
      this.space();
      if (this.bytes[this.at] === COMMA) this.at += 1;
      else if (this.bytes[this.at] !== close) throw malformed();
      this.space();
    }
  }

  private member(): Member {
    const keyStart = this.at;
    if (this.bytes[this.at] !== QUOTE) throw malformed();
    this.string();
    const name = this.name(keyStart);
    this.space();
    if (this.bytes[this.at] !== COLON) throw malformed();
    this.at += 1;
    this.space();
    const { start, end, type } = this.item();
    return { name, keyStart, start, end, type };
  }

  private item(): Item {
    const start = this.at;
    const type = typeOf[this.bytes[start] ?? 0] ?? 'number';
    this.value();
    return { start, end: this.at, type };
  }

  private name(keyStart: number): string {
    const raw = this.bytes.toString('utf8', keyStart, this.at);
    return raw.includes('\\') ? (JSON.parse(raw) as string) : raw.slice(1, -1);
  }

  private value(): void {
    const first = this.bytes[this.at];
    if (first === QUOTE) this.string();
    else if (first === OPEN_BRACE || first === OPEN_BRACKET) this.nested();
    else this.literal();
  }

  /** Moves past a string, from its opening quote. */
  private string(): void {
    let quote = this.at;
    do {
      quote = this.nextQuote(quote + 1);
      if (quote < 0) throw malformed();
    } while (this.isEscaped(quote));
    this.at = quote + 1;
  }

  private nextQuote(from: number): number {
    const { bytes } = this;
    const near = Math.min(from + SHORT_STRING, bytes.length);
    for (let at = from; at < near; at += 1) if (bytes[at] === QUOTE) return at;
    return near === bytes.length ? -1 : bytes.indexOf(QUOTE, near);
  }

  private isEscaped(quote: number): boolean {
    let backslashes = 0;
    while (this.bytes[quote - 1 - backslashes] === BACKSLASH) backslashes += 1;
    return backslashes % 2 === 1;
  }

  private nested(): void {
    const { bytes } = this;
    let depth = 0;
    do {
      const byte = bytes[this.at];
      if (byte === undefined) throw malformed();
      if (byte === QUOTE) {
        this.string();
        continue;
      }
      if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1;
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth -= 1;
      this.at += 1;
    } while (depth > 0);
  }

  /** A number, `true`, `false` or `null`: anything else is found out when the value is read, or by the upstream. */
  private literal(): void {
    const start = this.at;
    while (isLiteral(this.bytes[this.at])) this.at += 1;
    if (this.at === start) throw malformed();
  }

  private space(): void {
    let byte = this.bytes[this.at];
    while (byte === 32 || byte === 10 || byte === 13 || byte === 9) byte = this.bytes[++this.at];
  }
}

/** Letters, digits, `+`, `-`, `.`. */
const isLiteral = (byte: number | undefined): boolean =>
  byte !== undefined &&
  ((byte >= 48 && byte <= 57) ||
    (byte >= 97 && byte <= 122) ||
    byte === 43 ||
    byte === 45 ||
    byte === 46 ||
    byte === 69);
