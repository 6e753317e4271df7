import { queryOptions } from '@tanstack/react-query';
import { api, dataOf } from '@/api/client';

export const statusQuery = queryOptions({
  queryKey: ['status'],
  queryFn: ({ signal }) => dataOf(api.GET('/api/status', { signal })),
  staleTime: 5 * 60_000,
});
