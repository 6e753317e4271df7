import { badRequest } from '../relay.errors';

/** The first character of a JSON value tells its type. */
export type JsonType = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';

/** One member of the body's outermost object, as byte offsets: `keyStart` at the key's quote, `end` just after the value. */
export interface Member {
  readonly name: string;
  readonly keyStart: number;
  readonly start: number;
  readonly end: number;
  readonly type: JsonType;
}

/** Bodies up to this size are parsed once to be sure that they are JSON throughout; above it the upstream finds what the shallow look cannot. */
const FULL_CHECK_BYTES = 256 * 1024;

/**
 * A shallow look at a JSON body: where its outermost members lie, without building the values. Long strings are skipped by the
 * engine's native search, so a body of one megabyte costs microseconds. Offsets are byte offsets. A name that occurs twice is
 * refused: the gateway and the upstream might read different ones.
 */
export class Body {
  private constructor(
    readonly bytes: Buffer,
    private readonly members: ReadonlyMap<string, Member>,
    /** Offset of the closing brace. */
    readonly close: number,
  ) {}

  static parse(bytes: Buffer): Body {
    if (bytes.length === 0) throw badRequest('The request has no body; a JSON object is expected.');
    if (bytes.length <= FULL_CHECK_BYTES) assertJson(bytes);
    const scanner = new Scanner(bytes);
    const members = scanner.members();
    return new Body(bytes, members, scanner.at);
  }

  get(name: string): Member | undefined {
    return this.members.get(name);
  }

  get isEmpty(): boolean {
    return this.members.size === 0;
  }

  /** The parsed value of one member; undefined when absent. */
  value(name: string): unknown {
    const member = this.members.get(name);
    if (member === undefined) return undefined;
    try {
      return JSON.parse(this.bytes.toString('utf8', member.start, member.end));
    } catch {
      throw badRequest(`The field ${name} is not valid JSON.`, name);
    }
  }
}

function assertJson(bytes: Buffer): void {
  try {
    JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw badRequest(`The request body is not valid JSON: ${(error as Error).message}`);
  }
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

/** Walks the outermost object of a JSON text in UTF-8. Every byte that matters is ASCII, and no other character contains one. */
class Scanner {
  at = 0;

  constructor(private readonly bytes: Buffer) {}

  members(): Map<string, Member> {
    const found = new Map<string, Member>();
    this.space();
    if (this.bytes[this.at] !== OPEN_BRACE) throw badRequest('The request body must be a JSON object.');
    this.at += 1;
    this.space();
    while (this.bytes[this.at] !== CLOSE_BRACE) {
      const member = this.member();
      if (found.has(member.name)) throw badRequest(`The field ${member.name} occurs twice.`, member.name);
      if (isDisguised(member.name))
        throw badRequest(`The field ${member.name} is not spelled as documented.`, member.name);
      found.set(member.name, member);
      this.space();
      if (this.bytes[this.at] === COMMA) this.at += 1;
      else if (this.bytes[this.at] !== CLOSE_BRACE) throw malformed();
      this.space();
    }
    this.assertNothingAfter();
    return found;
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
    const start = this.at;
    const type = typeOf[this.bytes[start] ?? 0] ?? 'number';
    this.value();
    return { name, keyStart, start, end: this.at, type };
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

  private assertNothingAfter(): void {
    const close = this.at;
    this.at += 1;
    this.space();
    if (this.at < this.bytes.length) throw malformed();
    this.at = close;
  }
}

/** Fields that decide price or rights. Some upstreams match names without case: they would read what the gateway did not. */
const decisive = new Set(['model', 'stream', 'stream_options', 'max_tokens', 'max_completion_tokens', 'n']);

const isDisguised = (name: string): boolean => !decisive.has(name) && decisive.has(name.toLowerCase());

/** Letters, digits, `+`, `-`, `.`. */
const isLiteral = (byte: number | undefined): boolean =>
  byte !== undefined &&
  ((byte >= 48 && byte <= 57) ||
    (byte >= 97 && byte <= 122) ||
    byte === 43 ||
    byte === 45 ||
    byte === 46 ||
    byte === 69);
