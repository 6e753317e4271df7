import { isObject, type JsonObject } from '../../json';
import { badRequest, type RelayError } from '../../relay.errors';

/** What an object says beyond the known names; undefined when nothing. Nulls are not values. */
export function unknownFields(source: JsonObject, known: ReadonlySet<string>): JsonObject | undefined {
  const fields = Object.entries(source).filter(([name, value]) => value != null && !known.has(name));
  return fields.length > 0 ? Object.fromEntries(fields) : undefined;
}

export const missing = (path: string): RelayError => badRequest(`Missing required parameter: '${path}'.`, path);

export const invalidType = (path: string, expected: string): RelayError =>
  badRequest(`Invalid type for '${path}': expected ${expected}.`, path);

export const invalidValue = (path: string, value: unknown, supported: readonly string[]): RelayError =>
  badRequest(
    `Invalid value: '${String(value)}'. Supported values are: ${supported.map((word) => `'${word}'`).join(', ')}.`,
    path,
  );

export function numberField(body: JsonObject, name: string): number | undefined {
  const value = body[name] ?? undefined;
  if (value !== undefined && typeof value !== 'number') throw invalidType(name, 'a number');
  return value;
}

export function booleanField(body: JsonObject, name: string): boolean | undefined {
  const value = body[name] ?? undefined;
  if (value !== undefined && typeof value !== 'boolean') throw invalidType(name, 'a boolean');
  return value;
}

export function stringField(body: JsonObject, name: string, path = name): string | undefined {
  const value = body[name] ?? undefined;
  if (value !== undefined && typeof value !== 'string') throw invalidType(path, 'a string');
  return value;
}

export function listField(body: JsonObject, name: string, path = name): readonly unknown[] {
  const value = body[name] ?? [];
  if (!Array.isArray(value)) throw invalidType(path, 'an array');
  return value;
}

export function objectField(body: JsonObject, name: string, path = name): JsonObject | undefined {
  const value = body[name] ?? undefined;
  if (value !== undefined && !isObject(value)) throw invalidType(path, 'an object');
  return value;
}
