import { queryOptions } from '@tanstack/react-query';
import { api, dataOf } from '@/api/client';

export const groupsQuery = queryOptions({
  queryKey: ['groups'],
  queryFn: ({ signal }) => dataOf(api.GET('/api/groups', { signal })),
  staleTime: 60_000,
  select: ({ items }) => items,
});
