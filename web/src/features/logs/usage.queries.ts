import { infiniteQueryOptions, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, dataOf } from '@/api/client';
import { mergeHead, type UsagePages } from './merge-head';
import { filterOf, type UsageSearch } from './usage-search';

const LIMIT = 50;
const LIVE_MS = 2_000;

function fetchSlice(search: UsageSearch, cursor: string | undefined, signal: AbortSignal) {
  const query = { ...filterOf(search), limit: LIMIT, ...(cursor && { cursor }) };
  return dataOf(api.GET('/api/logs/usage', { params: { query }, signal }));
}

const usageQuery = (search: UsageSearch) =>
  infiniteQueryOptions({
    queryKey: ['usage', 'list', search],
    queryFn: ({ pageParam, signal }) => fetchSlice(search, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    staleTime: 0,
    refetchOnWindowFocus: false,
  });

/** The log, newest first. While `live`, new rows come in at the top. */
export function useUsageLog(search: UsageSearch, live: boolean) {
  const queryClient = useQueryClient();
  const list = useInfiniteQuery(usageQuery(search));
  useQuery({
    queryKey: ['usage', 'head', search],
    queryFn: async ({ signal }) => {
      const head = await fetchSlice(search, undefined, signal);
      queryClient.setQueryData<UsagePages>(['usage', 'list', search], (shown) => shown && mergeHead(shown, head));
      return head.items.length;
    },
    enabled: live && list.isSuccess,
    refetchInterval: LIVE_MS,
    gcTime: 0,
    retry: false,
  });
  return list;
}
