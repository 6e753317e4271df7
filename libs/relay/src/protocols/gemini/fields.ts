import { isObject, type JsonObject } from '../../json';
import { badRequest, type RelayError } from '../../relay.errors';

/**
 * Gemini's API is protobuf in JSON: every field may be written in camelCase or snake_case, `null` means absent, and integers may
 * be quoted. https://protobuf.dev/programming-guides/json/
 */
const snakes = new Map<string, string>();

function snakeOf(name: string): string {
  let snake = snakes.get(name);
  if (snake === undefined) {
    snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    snakes.set(name, snake);
  }
  return snake;
}

export const camelOf = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** The value of a field in either spelling; `name` is a literal of ours in camelCase. */
export function field(value: unknown, name: string): unknown {
  if (!isObject(value)) return undefined;
  return value[name] ?? value[snakeOf(name)] ?? undefined;
}

export function objectField(value: unknown, name: string): JsonObject | undefined {
  const found = field(value, name);
  return isObject(found) ? found : undefined;
}

/** A value of a caller's that is not what it should be; `expected` with its article. */
export const invalidValue = (path: string, expected: string): RelayError =>
  badRequest(`Invalid value at '${path}': expected ${expected}.`, path);

/** An object of a caller's; absent is undefined, anything else an error that names `path`. */
export function checkedObject(value: unknown, name: string, path: string): JsonObject | undefined {
  const found = field(value, name);
  if (found !== undefined && !isObject(found)) throw invalidValue(`${path}.${name}`, 'an object');
  return found;
}

/** A text of a caller's, in capitals, that is one of `known`; unspecified is absent. */
export function checkedWord(
  value: unknown,
  name: string,
  path: string,
  known: ReadonlySet<string>,
): string | undefined {
  const found = field(value, name);
  if (found === undefined) return undefined;
  const word = typeof found === 'string' ? found.toUpperCase() : '';
  if (word.endsWith('_UNSPECIFIED')) return undefined;
  if (!known.has(word)) throw invalidValue(`${path}.${name}`, `one of ${[...known].join(', ')}`);
  return word;
}

export function arrayField(value: unknown, name: string): readonly unknown[] {
  const found = field(value, name);
  return Array.isArray(found) ? found : [];
}

export function textField(value: unknown, name: string): string | undefined {
  const found = field(value, name);
  return typeof found === 'string' ? found : undefined;
}

export function numberField(value: unknown, name: string): number | undefined {
  return numberOf(field(value, name));
}

export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** The fields `known` does not list, in camelCase; undefined when there are none. */
export function otherFields(value: JsonObject, known: ReadonlySet<string>): Record<string, unknown> | undefined {
  let rest: Record<string, unknown> | undefined;
  for (const [name, member] of Object.entries(value)) {
    const camel = camelOf(name);
    if (member === null || member === undefined || known.has(camel)) continue;
    rest ??= {};
    rest[camel] = member;
  }
  return rest;
}

/** A table's entry under a name from outside, which may be `constructor`. */
export const entryOf = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;
