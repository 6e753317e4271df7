import { queryOptions, useQuery } from '@tanstack/react-query';
import { api, dataOf } from '@/api/client';
import { isAdmin, useUser } from './hooks/use-session';

interface Named {
  readonly id: string;
  readonly name: string;
}

const ALL = { page: 1, pageSize: 100 };
const fresh = { staleTime: 30_000 };

const channelNames = queryOptions({
  queryKey: ['channels', 'names'],
  queryFn: async ({ signal }): Promise<Named[]> =>
    (await dataOf(api.GET('/api/channels', { params: { query: ALL }, signal }))).items.map(({ id, name }) => ({
      id,
      name,
    })),
  ...fresh,
});

const keyNames = queryOptions({
  queryKey: ['tokens', 'names'],
  queryFn: async ({ signal }): Promise<Named[]> =>
    (await dataOf(api.GET('/api/tokens', { params: { query: ALL }, signal }))).items.map(({ id, name }) => ({
      id,
      name,
    })),
  ...fresh,
});

const userNames = queryOptions({
  queryKey: ['users', 'names'],
  queryFn: async ({ signal }): Promise<Named[]> =>
    (await dataOf(api.GET('/api/users', { params: { query: ALL }, signal }))).items.map(({ id, username }) => ({
      id,
      name: username,
    })),
  ...fresh,
});

export interface Directory {
  readonly entries: readonly Named[];
  /** The name; of what was deleted (or is not among the first hundred) the start of its id. */
  nameOf(id: string | null): string;
}

const directory = (entries: readonly Named[] = []): Directory => {
  const names = new Map(entries.map(({ id, name }) => [id, name]));
  return { entries, nameOf: (id) => (id === null ? '–' : (names.get(id) ?? `${id.slice(0, 8)}…`)) };
};

/** Names for the ids in logs and statistics. Channels and users are known to admins only. */
export function useNames(): { channels: Directory; keys: Directory; users: Directory } {
  const enabled = isAdmin(useUser());
  return {
    channels: directory(useQuery({ ...channelNames, enabled }).data),
    keys: directory(useQuery(keyNames).data),
    users: directory(useQuery({ ...userNames, enabled }).data),
  };
}
