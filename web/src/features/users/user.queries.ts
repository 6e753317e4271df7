import { keepPreviousData, queryOptions, useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, dataOf } from '@/api/client';
import type { Adjustment, NewUser, PageQuery, User, UserChange, UserStatus } from '@/api/types';

export const usersQuery = (query: PageQuery) =>
  queryOptions({
    queryKey: ['users', 'page', query],
    queryFn: ({ signal }) => dataOf(api.GET('/api/users', { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });

const stale = [['users'], ['me'], ['stats']] as const;

export function useCreateUser() {
  const { t } = useTranslation();
  return useMutation({
    mutationFn: (body: NewUser): Promise<User> => dataOf(api.POST('/api/users', { body })),
    meta: { invalidates: stale, inlineErrors: true, success: t('users.created') },
  });
}

export function useChangeUser(id: string) {
  const { t } = useTranslation();
  return useMutation({
    mutationFn: (body: UserChange) => dataOf(api.PATCH('/api/users/{id}', { params: { path: { id } }, body })),
    meta: { invalidates: stale, inlineErrors: true, success: t('users.saved') },
  });
}

export function useSetUserStatus() {
  return useMutation({
    mutationFn: ({ id, status }: { id: string; status: UserStatus }) =>
      dataOf(api.PATCH('/api/users/{id}', { params: { path: { id } }, body: { status } })),
    meta: { invalidates: stale },
  });
}

export function useAdjustBalance(id: string) {
  const { t } = useTranslation();
  return useMutation({
    mutationFn: (body: Adjustment) =>
      dataOf(api.POST('/api/users/{id}/adjustments', { params: { path: { id } }, body })),
    meta: { invalidates: stale, inlineErrors: true, success: t('users.adjusted') },
  });
}

export function useDeleteUser() {
  const { t } = useTranslation();
  return useMutation({
    mutationFn: (id: string) => dataOf(api.DELETE('/api/users/{id}', { params: { path: { id } } })),
    meta: { invalidates: stale, success: t('users.deleted') },
  });
}
