import type { CacheMark } from '../../chat/blocks';
import { isObject, type JsonObject } from '../../json';
import { badRequest, type RelayError } from '../../relay.errors';

/** What an object says beyond the known names; undefined when nothing. Nulls are not values. */
export function unknownFields(source: JsonObject, known: ReadonlySet<string>): JsonObject | undefined {
  const fields = Object.entries(source).filter(([name, value]) => value != null && !known.has(name));
  return fields.length > 0 ? Object.fromEntries(fields) : undefined;
}

/** A caller left out what must be there. */
export const required = (path: string): RelayError => badRequest(`${path}: Field required`, path);

/** `cache_control`: `{"type":"ephemeral","ttl":"5m"|"1h"}` */
export function decodeCache(control: unknown): CacheMark | undefined {
  if (!isObject(control)) return undefined;
  const { ttl } = control;
  return ttl === '5m' || ttl === '1h' ? { ttl } : {};
}

export const encodeCache = (cache: CacheMark | undefined): JsonObject =>
  cache ? { cache_control: { type: 'ephemeral', ...(cache.ttl ? { ttl: cache.ttl } : {}) } } : {};
