import type { UpstreamProtocol } from '@app/providers';
import { isObject, parseJson, textAt } from '../json';

/**
 * Where messages carry what only its issuer can read. A quotation mark inside a JSON text has a backslash before it, so these bytes
 * are a member's name wherever they occur; the last of Chat's stands inside an id.
 */
const spellings = {
  'openai-responses': ['"encrypted_content"'],
  'openai-chat': ['"data"', '"signature"', '"thought_signature"', '__oneapi1.'],
  'anthropic-messages': ['"signature"', '"data"'],
  gemini: ['"thoughtSignature"', '"thought_signature"'],
} satisfies Partial<Record<UpstreamProtocol, readonly string[]>>;

const marks: Readonly<Partial<Record<UpstreamProtocol, readonly Buffer[]>>> = Object.fromEntries(
  Object.entries(spellings).map(([protocol, names]) => [protocol, names.map((name) => Buffer.from(name))]),
);

/** A body full of members of these names that are something else is not searched to its beginning. */
const MAX_LOOKS = 64;
/** The end of a value tells it from every other. */
const MAX_LENGTH = 512;
const [QUOTE, COLON, BACKSLASH] = [0x22, 0x3a, 0x5c];

/** Nothing is replayed in a conversation nobody has answered yet: most calls are ruled out by one look. */
const answered: Readonly<Partial<Record<UpstreamProtocol, Buffer>>> = {
  'openai-chat': Buffer.from('"assistant"'),
  'anthropic-messages': Buffer.from('"assistant"'),
  gemini: Buffer.from('"model"'),
};

/** Whether a request has turns that could bring thoughts back. */
export function mayReplay(bytes: Buffer, protocol: UpstreamProtocol): boolean {
  const mark = answered[protocol];
  return mark === undefined || bytes.includes(mark);
}

/** What stands in such places, last first, spelling by spelling: each value as `bareThought` has it. */
export function* thoughtsIn(bytes: Buffer, protocol: UpstreamProtocol): Generator<string> {
  for (const mark of marks[protocol] ?? []) {
    let at = bytes.length;
    for (let looks = 0; looks < MAX_LOOKS && at > 0; looks++) {
      at = bytes.lastIndexOf(mark, at - 1);
      if (at < 0) break;
      const value = mark[0] === QUOTE ? memberAt(bytes, at + mark.length) : textFrom(bytes, at);
      if (value) yield bareThought(value);
    }
  }
}

/** The text behind a member's name; empty where it is none. */
function memberAt(bytes: Buffer, start: number): string {
  let at = start;
  let colons = 0;
  while (isSpace(bytes[at]) || (bytes[at] === COLON && colons++ === 0)) at += 1;
  return colons === 1 && bytes[at] === QUOTE ? textFrom(bytes, at + 1) : '';
}

/** To the quotation mark that ends the text. */
function textFrom(bytes: Buffer, start: number): string {
  let end = bytes.indexOf(QUOTE, start);
  while (end > start && bytes[end - 1] === BACKSLASH) end = bytes.indexOf(QUOTE, end + 1);
  return end < 0 ? '' : bytes.toString('latin1', start, end);
}

const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

const ENVELOPE = 'oneapi1.';
/** base64 of an envelope, as far as it does not depend on what follows: for Gemini's callers. */
const ENCODED = 'b25lYXBpMS';

/** A value as its issuer made it, whatever it travelled in; of a long one its end. */
export function bareThought(value: string): string {
  const text = value.startsWith(ENCODED) ? firstLine(Buffer.from(value, 'base64').toString('latin1')) : value;
  const at = text.indexOf(ENVELOPE);
  const bare = at < 0 ? text : text.slice(text.indexOf('.', at + ENVELOPE.length) + 1);
  return (bare.startsWith('{') ? inEntry(bare) : bare).slice(-MAX_LENGTH);
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';

/** An entry of OpenRouter's `reasoning_details` that was kept whole. */
function inEntry(text: string): string {
  const entry = parseJson(text) ?? parseJson(text.replaceAll('\\"', '"'));
  return (isObject(entry) && (textAt(entry, 'signature') || textAt(entry, 'data'))) || text;
}

/**
 * Whose thoughts one account alone can read. Anthropic's signatures are good wherever Claude runs:
 * https://platform.claude.com/docs/en/build-with-claude/extended-thinking
 */
const bound: ReadonlySet<UpstreamProtocol> = new Set(['openai-responses', 'openai-chat', 'gemini']);

export const isBound = (protocol: UpstreamProtocol): boolean => bound.has(protocol);

/** The last value of an answer, or of a part of it; undefined where every account can read it. */
export function lastThought(bytes: Buffer, protocol: UpstreamProtocol): string | undefined {
  if (!isBound(protocol)) return undefined;
  for (const value of thoughtsIn(bytes, protocol)) return value;
  return undefined;
}
