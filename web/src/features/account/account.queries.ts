import { queryOptions, useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, dataOf } from '@/api/client';
import { session } from '@/api/session';
import type { MeChange } from '@/api/types';

export const sessionsQuery = queryOptions({
  queryKey: ['sessions'],
  queryFn: ({ signal }) => dataOf(api.GET('/api/auth/sessions', { signal })),
  select: ({ items }) => items,
});

export function useChangeMe(success: string) {
  return useMutation({
    mutationFn: (body: MeChange) => dataOf(api.PATCH('/api/users/me', { body })),
    onSuccess: (me) => session.updateUser(me),
    meta: { invalidates: [['me'], ['sessions']], inlineErrors: true, success },
  });
}

export function useRevokeSession() {
  const { t } = useTranslation();
  return useMutation({
    mutationFn: (id: string) => dataOf(api.DELETE('/api/auth/sessions/{id}', { params: { path: { id } } })),
    meta: { invalidates: [['sessions']], success: t('account.revoked') },
  });
}
