import { queryOptions } from '@tanstack/react-query';
import { api, dataOf } from '@/api/client';
import { spans, startOf, type Period } from './usage-series';

const EVERY_MS = 15_000;

/** Since midnight where the reader is. */
export const todayQuery = queryOptions({
  queryKey: ['stats', 'today'],
  queryFn: ({ signal }) =>
    dataOf(api.GET('/api/stats/summary', { params: { query: { from: midnight().toISOString() } }, signal })),
  refetchInterval: EVERY_MS,
});

export const usageByModelQuery = (period: Period) =>
  queryOptions({
    queryKey: ['stats', 'usage', period],
    queryFn: async ({ signal }) => {
      const now = Date.now();
      const query = {
        from: new Date(startOf(period, now)).toISOString(),
        to: new Date(now).toISOString(),
        bucket: spans[period].bucket,
        by: 'model' as const,
      };
      const { items } = await dataOf(api.GET('/api/stats/usage', { params: { query }, signal }));
      return { now, points: items };
    },
    refetchInterval: EVERY_MS,
  });

/** How many there are, and one to show. */
export const firstChannelQuery = queryOptions({
  queryKey: ['channels', 'first'],
  queryFn: ({ signal }) => dataOf(api.GET('/api/channels', { params: { query: { page: 1, pageSize: 1 } }, signal })),
});

export const firstKeyQuery = queryOptions({
  queryKey: ['tokens', 'first'],
  queryFn: ({ signal }) => dataOf(api.GET('/api/tokens', { params: { query: { page: 1, pageSize: 1 } }, signal })),
});

function midnight(): Date {
  const date = new Date();
  date.setHours(0, 0, 0, 0);
  return date;
}
