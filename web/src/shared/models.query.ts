import { queryOptions } from '@tanstack/react-query';
import { api, dataOf } from '@/api/client';

/** Models and their prices; also the names suggested wherever a model is chosen. */
export const modelsQuery = queryOptions({
  queryKey: ['models'],
  queryFn: ({ signal }) => dataOf(api.GET('/api/models', { signal })),
  staleTime: 60_000,
  select: ({ items }) => items,
});
