import { queryOptions } from '@tanstack/react-query';

/** What the new key may call, asked as its programs will ask. The key is not part of the cache's key. */
export const callableModelsQuery = (apiKey: string) =>
  queryOptions({
    queryKey: ['callable-models'],
    queryFn: async ({ signal }): Promise<string[]> => {
      const response = await fetch('/v1/models', { headers: { authorization: `Bearer ${apiKey}` }, signal });
      if (!response.ok) return [];
      const { data } = (await response.json()) as { data: { id: string }[] };
      return data.map(({ id }) => id);
    },
    staleTime: 0,
    gcTime: 0,
  });
