import { arrayAt, isObject, type JsonObject, objectAt, textAt } from '../json';
import type { HostedTool } from './request';

/** What a search is told besides its question, in the words most vendors have for it. */
export interface SearchLimits {
  readonly allowed_domains?: readonly unknown[];
  readonly blocked_domains?: readonly unknown[];
  readonly max_uses?: number;
  /** `low`, `medium`, `high`: how much of what it finds is read. */
  readonly search_context_size?: string;
  /** `{type: 'approximate', city, region, country, timezone}` */
  readonly user_location?: JsonObject;
}

export type SearchLimit = keyof SearchLimits;

/** Fields that say nothing of their own, or are read below. */
const read: ReadonlySet<string> = new Set([
  ...['type', 'name', 'filters', 'allowed_domains', 'blocked_domains', 'excludeDomains', 'max_uses'],
  ...['search_context_size', 'user_location'],
]);

/**
 * A search of any protocol for an upstream that knows the limits named in `known`; what it cannot be told is added to `dropped`, as
 * `tools[web_search].max_uses`. OpenAI keeps domains in `filters`, chat the place in an object of its own.
 */
export function searchLimits(
  { type, value }: HostedTool,
  known: readonly SearchLimit[],
  dropped: Set<string>,
): SearchLimits {
  const told = limitsIn(value);
  const taken: Record<string, unknown> = {};
  for (const name of Object.keys(told) as SearchLimit[]) {
    if (known.includes(name)) taken[name] = told[name];
    else dropped.add(`tools[${type}].${name}`);
  }
  for (const [name, field] of Object.entries(isObject(value) ? value : {}))
    if (field != null && !read.has(name)) dropped.add(`tools[${type}].${name}`);
  return taken;
}

function limitsIn(value: unknown): SearchLimits {
  if (!isObject(value)) return {};
  const filters = objectAt(value, 'filters');
  const allowed = [...arrayAt(filters, 'allowed_domains'), ...arrayAt(value, 'allowed_domains')];
  const blocked = [
    ...arrayAt(filters, 'blocked_domains'),
    ...arrayAt(value, 'blocked_domains'),
    ...arrayAt(value, 'excludeDomains'),
  ];
  const location = objectAt(value, 'user_location');
  const place = objectAt(location, 'approximate') ?? location;
  const size = textAt(value, 'search_context_size');
  return {
    ...(allowed.length > 0 ? { allowed_domains: allowed } : {}),
    ...(blocked.length > 0 ? { blocked_domains: blocked } : {}),
    ...(typeof value.max_uses === 'number' ? { max_uses: value.max_uses } : {}),
    ...(size ? { search_context_size: size } : {}),
    ...(place ? { user_location: { type: 'approximate', ...place } } : {}),
  };
}

/** Fields of another vendor's tool that its stand-in cannot be told. */
export function loseFields({ type, value }: HostedTool, dropped: Set<string>): void {
  for (const [name, field] of Object.entries(isObject(value) ? value : {}))
    if (field != null && name !== 'type' && name !== 'name') dropped.add(`tools[${type}].${name}`);
}
