import { useSyncExternalStore } from 'react';
import { session } from '@/api/session';
import type { SessionState } from '@/api/session-store';
import type { User } from '@/api/types';

export const useSession = (): SessionState => useSyncExternalStore(session.subscribe, session.get);

export const isAdmin = (user: User): boolean => user.role !== 'user';

/** For pages behind sign-in, where the router has made sure of a user. */
export function useUser(): User {
  const { user } = useSession();
  return user ?? signedOut;
}

/** Stands in for the moment between the end of a session and the leave of its page. */
const signedOut: User = {
  id: '',
  username: '',
  email: null,
  role: 'user',
  status: 'active',
  group: '',
  balanceUsd: 0,
  usedUsd: 0,
  requestCount: 0,
  createdAt: new Date(0).toISOString(),
};
