import type { InfiniteData } from '@tanstack/react-query';
import type { UsageSlice } from '@/api/types';

export type UsagePages = InfiniteData<UsageSlice, string | undefined>;

/** A page left open for days must not grow for ever. */
const MAX_HEAD = 1000;

/**
 * Puts the newest page in front of what is shown. Pages that were loaded further down stay, unless more arrived than one
 * page holds: then what lies between is unknown and the list starts anew.
 */
export function mergeHead(shown: UsagePages, head: UsageSlice): UsagePages {
  const [first, ...rest] = shown.pages;
  if (!first) return shown;
  const known = new Set(first.items.map(({ id }) => id));
  const fresh = head.items.filter(({ id }) => !known.has(id));
  if (fresh.length === 0) return shown;
  const gap = first.items.length > 0 && fresh.length === head.items.length && head.nextCursor !== null;
  if (gap || first.items.length + fresh.length > MAX_HEAD) return { pages: [head], pageParams: [undefined] };
  // A long answer is logged at its end under the time of its start, so a fresh row need not be the newest.
  const items = [...fresh, ...first.items].sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  return { ...shown, pages: [{ ...first, items }, ...rest] };
}
