import { queryOptions } from '@tanstack/react-query';
import { api, dataOf } from '@/api/client';

/** The signed-in user with the current balance. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => dataOf(api.GET('/api/users/me', { signal })),
});
