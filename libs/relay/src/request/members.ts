import type { JsonObject } from '../json';
import { badRequest } from '../relay.errors';
import { unlessTooDeep } from './depth';
import { type Item, type JsonType, type Member, Scanner } from './scanner';

export type { Item, JsonType, Member };

/** Bodies up to this size are parsed once to be sure that they are JSON throughout; above it the upstream finds what the shallow look cannot. */
const FULL_CHECK_BYTES = 256 * 1024;
/** … and up to this one, the values are kept for whoever asks for one. */
const KEPT_BYTES = 16 * 1024;

/**
 * A shallow look at a JSON body: where its outermost members lie, without building the values. Long strings are skipped by the
 * engine's native search, so a body of one megabyte costs microseconds. Offsets are byte offsets. A name that occurs twice is
 * refused: the gateway and the upstream might read different ones.
 */
export class Body {
  private reading: unknown = undefined;

  private constructor(
    readonly bytes: Buffer,
    private readonly members: ReadonlyMap<string, Member>,
    /** Offset of the closing brace. */
    readonly close: number,
    /** The whole body's value, where it is small enough to be kept. */
    private readonly parsed: JsonObject | null,
  ) {}

  static parse(bytes: Buffer): Body {
    if (bytes.length === 0) throw badRequest('The request has no body; a JSON object is expected.');
    const parsed = bytes.length <= FULL_CHECK_BYTES ? parsedJson(bytes) : null;
    const scanner = new Scanner(bytes);
    const members = scanner.members();
    for (const name of members.keys()) {
      if (isDisguised(name)) throw badRequest(`The field ${name} is not spelled as documented.`, name);
    }
    scanner.assertNothingAfter();
    return new Body(bytes, members, scanner.at, bytes.length <= KEPT_BYTES ? parsed : null);
  }

  /** An object inside this one, looked at in the same way; offsets stay those of the whole body. */
  inside({ start }: Item): Body {
    const scanner = new Scanner(this.bytes, start);
    const members = scanner.members();
    return new Body(this.bytes, members, scanner.at, null);
  }

  /** The values of an array inside this object. */
  items({ start }: Item): readonly Item[] {
    return new Scanner(this.bytes, start).items();
  }

  /** All members, in the order of the text. */
  get all(): readonly Member[] {
    return [...this.members.values()];
  }

  get(name: string): Member | undefined {
    return this.members.get(name);
  }

  get isEmpty(): boolean {
    return this.members.size === 0;
  }

  /** What `read` makes of the whole object: read once, however many attempts ask. One reader per body. */
  readOnce<T>(read: (value: JsonObject) => T): T {
    this.reading ??= unlessTooDeep(() => read(this.parsed ?? parsedJson(this.bytes)));
    return this.reading as T; // of the one reader there is
  }

  /** The parsed value of one member; undefined when absent. */
  value(name: string): unknown {
    const member = this.members.get(name);
    if (member === undefined) return undefined;
    if (this.parsed !== null) return this.parsed[name];
    try {
      return JSON.parse(this.bytes.toString('utf8', member.start, member.end));
    } catch {
      throw badRequest(`The field ${name} is not valid JSON.`, name);
    }
  }
}

function parsedJson(bytes: Buffer): JsonObject {
  try {
    return JSON.parse(bytes.toString('utf8')) as JsonObject; // the scanner refuses anything else
  } catch (error) {
    throw badRequest(`The request body is not valid JSON: ${(error as Error).message}`);
  }
}

/** Fields that decide price or rights. Some upstreams match names without case: they would read what the gateway did not. */
const decisive = new Set(['model', 'stream', 'stream_options', 'max_tokens', 'max_completion_tokens', 'n']);

const isDisguised = (name: string): boolean => !decisive.has(name) && decisive.has(name.toLowerCase());
