import { MutationCache, QueryClient, type QueryKey } from '@tanstack/react-query';
import { ApiError } from './problem';

interface MutationMeta extends Record<string, unknown> {
  /** Query keys (prefixes) that are stale once the mutation succeeded. */
  readonly invalidates?: readonly QueryKey[];
  /** Shown in a toast once the mutation succeeded. */
  readonly success?: string;
  /** The form shows the failure itself; no toast. */
  readonly inlineErrors?: boolean;
}

declare module '@tanstack/react-query' {
  interface Register {
    defaultError: ApiError;
    mutationMeta: MutationMeta;
  }
}

export interface Announcer {
  success(message: string): void;
  failure(error: unknown): void;
}

/** Server state lives here and nowhere else. */
export function createQueryClient(announce: Announcer): QueryClient {
  const client: QueryClient = new QueryClient({
    defaultOptions: { queries: { staleTime: 5_000, retry: retryable, refetchOnWindowFocus: true } },
    mutationCache: new MutationCache({
      onSuccess: (_data, _variables, _context, mutation) => {
        const { invalidates = [], success } = mutation.meta ?? {};
        if (success) announce.success(success);
        return Promise.all(invalidates.map((queryKey) => client.invalidateQueries({ queryKey })));
      },
      onError: (error, _variables, _context, mutation) => {
        if (!mutation.meta?.inlineErrors) announce.failure(error);
      },
    }),
  });
  return client;
}

/** An answer below 500 stays the same however often it is asked for. */
function retryable(failures: number, error: unknown): boolean {
  const transient = error instanceof ApiError && (error.status === 0 || error.status >= 500);
  return transient && failures < 2;
}
