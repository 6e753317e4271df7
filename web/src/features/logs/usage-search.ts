import type { CallStatus, UsageFilter } from '@/api/types';

/** The filters of the usage log, as they stand in the address bar. */
export interface UsageSearch {
  range?: Range;
  model?: string;
  status?: CallStatus;
  tokenId?: string;
  channelId?: string;
  requestId?: string;
}

const HOUR = 3_600_000;
const spans = { '1h': HOUR, '24h': 24 * HOUR, '7d': 168 * HOUR, '30d': 720 * HOUR };
export type Range = keyof typeof spans;

export const ranges = Object.keys(spans) as Range[];
export const statuses = ['ok', 'error', 'aborted'] as const satisfies CallStatus[];

/** Tolerant: what an old or hand-made address says wrongly is left out. */
export function parseUsageSearch(search: Record<string, unknown>): UsageSearch {
  return {
    range: ranges.find((range) => range === search.range),
    status: statuses.find((status) => status === search.status),
    model: textOf(search.model),
    tokenId: textOf(search.tokenId),
    channelId: textOf(search.channelId),
    requestId: textOf(search.requestId),
  };
}

/** The router reads `?requestId=123` as a number. */
function textOf(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  return String(value).trim().slice(0, 200) || undefined;
}

/** `range` becomes a moment when the request is made, so that the cached list keeps one key. */
export function filterOf({ range, ...filter }: UsageSearch): UsageFilter {
  return range ? { ...filter, from: new Date(Date.now() - spans[range]).toISOString() } : filter;
}

export const isFiltered = (search: UsageSearch): boolean => Object.values(search).some((value) => value !== undefined);
