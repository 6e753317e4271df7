import { isObject, parseJson, textAt } from '../json';
import type { CustomTool, FunctionTool } from './request';

/**
 * A custom tool takes free text. To an upstream that knows only functions it becomes one with this single field, whose name tells
 * a call of it apart on the way back.
 */
const FIELD = 'free_text_input';
const OPENING = `{"${FIELD}":"`;

/** What stands around the escaped text where the arguments are written piece by piece. */
export const freeTextFrame = { opening: OPENING, end: '"}' } as const;

/** A grammar is told in words, and no longer enforced. */
export function asFunction({ name, description, format }: CustomTool, dropped: Set<string>): FunctionTool {
  const grammar = isObject(format) ? (textAt(format, 'definition') ?? textAt(format.grammar, 'definition')) : undefined;
  if (grammar) dropped.add(`tools[${name}].format`);
  const parts = [description, grammar && `The text must follow this grammar:\n${grammar}`].filter((part) => part);
  return {
    kind: 'function',
    name,
    ...(parts.length > 0 ? { description: parts.join('\n\n') } : {}),
    parameters: {
      type: 'object',
      properties: { [FIELD]: { type: 'string', description: 'The whole input, as plain text.' } },
      required: [FIELD],
      additionalProperties: false,
    },
  };
}

/** The arguments by which the stand-in for a custom tool is called. */
export const wrapFreeText = (text: string): string => JSON.stringify({ [FIELD]: text });

/** The free text in a stand-in's arguments; undefined when the call is one of an ordinary function. */
export function unwrapFreeText(args: string): string | undefined {
  if (!args.includes(FIELD)) return undefined;
  const reader = new FreeTextReader();
  const value = parseJson(args);
  if (isObject(value)) return Object.keys(value).length === 1 ? textAt(value, FIELD) : undefined;
  const text = reader.push(args) + reader.end();
  return reader.type === 'custom' ? text : undefined;
}

/** The same while the arguments stream in: tells after a few characters which kind of call it is, then passes its text on. */
export class FreeTextReader {
  /** Undefined until enough has been seen. */
  type: 'function' | 'custom' | undefined;
  private held = '';
  private closed = false;

  /** A piece of arguments → what may be passed on of the call's input. */
  push(piece: string): string {
    if (this.type === 'function') return piece;
    if (this.type === 'custom') return this.unescape(piece);
    this.held += piece;
    return this.decide();
  }

  /** What is still held back when the arguments are over. */
  end(): string {
    if (this.type !== undefined) return '';
    this.type = 'function';
    return this.held;
  }

  private decide(): string {
    const seen = this.held.replace(/\s+/g, '');
    if (seen.length < OPENING.length && OPENING.startsWith(seen)) return '';
    const { held } = this;
    this.held = '';
    this.type = seen.startsWith(OPENING) ? 'custom' : 'function';
    return this.type === 'function' ? held : this.unescape(held.slice(held.indexOf('"', held.indexOf(':')) + 1));
  }

  private unescape(piece: string): string {
    if (this.closed) return '';
    const text = this.held + piece;
    let at = 0;
    while (at < text.length && text[at] !== '"') {
      const length = text[at] !== '\\' ? 1 : text[at + 1] === 'u' ? 6 : 2;
      if (at + length > text.length) break;
      at += length;
    }
    this.closed = text[at] === '"';
    this.held = this.closed ? '' : text.slice(at);
    const value = parseJson(`"${text.slice(0, at)}"`);
    return typeof value === 'string' ? value : text.slice(0, at);
  }
}
