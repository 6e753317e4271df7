import { isObject, type JsonObject } from '../../json';
import { entryOf } from './fields';

type Merge = (before: unknown, next: unknown) => unknown;

/** Keywords whose values add up; of all others the later one counts. */
const merges: Readonly<Record<string, Merge>> = {
  properties: (before, next) => (isObject(before) && isObject(next) ? { ...before, ...next } : next),
  $defs: (before, next) => (isObject(before) && isObject(next) ? { ...before, ...next } : next),
  required: (before, next) =>
    Array.isArray(before) && Array.isArray(next) ? [...new Set([...before, ...next])] : next,
  enum: (before, next) => (Array.isArray(before) && Array.isArray(next) ? common(before, next) : next),
  allOf: (before, next) => (Array.isArray(before) && Array.isArray(next) ? [...before, ...next] : next),
};

function common(before: readonly unknown[], next: readonly unknown[]): unknown[] {
  const known = new Set(next);
  return before.filter((value) => known.has(value));
}

/** One schema that holds what all of them say. */
export function mergeSchemas(schemas: readonly JsonObject[]): JsonObject {
  const merged: Record<string, unknown> = {};
  for (const schema of schemas) {
    for (const [keyword, value] of Object.entries(schema)) {
      const merge = Object.hasOwn(merged, keyword) ? entryOf(merges, keyword) : undefined;
      merged[keyword] = merge ? merge(merged[keyword], value) : value;
    }
  }
  return merged;
}
