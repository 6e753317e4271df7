import { isObject, type JsonObject } from '../../json';
import { badRequest, type RelayError } from '../../relay.errors';

/** Reads of a caller's request: null and absent are undefined, a wrong type is an error that names the field, as OpenAI does. */
const invalidType = (path: string, expected: string, value: unknown): RelayError =>
  badRequest(`Invalid type for '${path}': expected ${expected}, but got ${described(value)} instead.`, path);

function described(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  return `a ${typeof value}`;
}

export function numberField(body: JsonObject, name: string, path = name): number | undefined {
  const value = body[name] ?? undefined;
  if (value !== undefined && typeof value !== 'number') throw invalidType(path, 'a number', value);
  return value;
}

export function booleanField(body: JsonObject, name: string, path = name): boolean | undefined {
  const value = body[name] ?? undefined;
  if (value !== undefined && typeof value !== 'boolean') throw invalidType(path, 'a boolean', value);
  return value;
}

export function stringField(body: JsonObject, name: string, path = name): string | undefined {
  const value = body[name] ?? undefined;
  if (value !== undefined && typeof value !== 'string') throw invalidType(path, 'a string', value);
  return value;
}

export function listField(body: JsonObject, name: string, path = name): readonly unknown[] {
  const value = body[name] ?? [];
  if (!Array.isArray(value)) throw invalidType(path, 'an array', value);
  return value;
}

export function objectField(body: JsonObject, name: string, path = name): JsonObject | undefined {
  const value = body[name] ?? undefined;
  if (value !== undefined && !isObject(value)) throw invalidType(path, 'an object', value);
  return value;
}

export function objectOf(value: unknown, path: string): JsonObject {
  if (!isObject(value)) throw invalidType(path, 'an object', value);
  return value;
}

export const missing = (path: string): RelayError => badRequest(`Missing required parameter: '${path}'.`, path);

export const invalidValue = (path: string, value: unknown, supported: readonly string[]): RelayError =>
  badRequest(
    `Invalid value: '${String(value)}'. Supported values are: ${supported.map((word) => `'${word}'`).join(', ')}.`,
    path,
  );

export { invalidType };
