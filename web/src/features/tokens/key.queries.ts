import { keepPreviousData, queryOptions, useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, dataOf } from '@/api/client';
import type { ApiKey, ApiKeyInput, ApiKeyStatus, IssuedKey, KeyQuery } from '@/api/types';

export const keysQuery = (query: KeyQuery) =>
  queryOptions({
    queryKey: ['tokens', 'page', query],
    queryFn: ({ signal }) => dataOf(api.GET('/api/tokens', { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });

const stale = [['tokens']] as const;

/** The answer is the only time the key itself is seen. */
export function useCreateKey() {
  return useMutation({
    mutationFn: (body: ApiKeyInput): Promise<IssuedKey> => dataOf(api.POST('/api/tokens', { body })),
    meta: { invalidates: stale, inlineErrors: true },
  });
}

export function useChangeKey(id: string) {
  const { t } = useTranslation();
  return useMutation({
    mutationFn: (body: ApiKeyInput): Promise<ApiKey> =>
      dataOf(api.PATCH('/api/tokens/{id}', { params: { path: { id } }, body })),
    meta: { invalidates: stale, inlineErrors: true, success: t('keys.saved') },
  });
}

export function useSetKeyStatus() {
  return useMutation({
    mutationFn: ({ id, status }: { id: string; status: ApiKeyStatus }) =>
      dataOf(api.PATCH('/api/tokens/{id}', { params: { path: { id } }, body: { status } })),
    meta: { invalidates: stale },
  });
}

export function useRotateKey(onRotated: (key: IssuedKey) => void) {
  return useMutation({
    mutationFn: (id: string) => dataOf(api.POST('/api/tokens/{id}/rotate', { params: { path: { id } } })),
    onSuccess: onRotated,
    meta: { invalidates: stale },
  });
}

export function useDeleteKey() {
  const { t } = useTranslation();
  return useMutation({
    mutationFn: (id: string) => dataOf(api.DELETE('/api/tokens/{id}', { params: { path: { id } } })),
    meta: { invalidates: stale, success: t('keys.deleted') },
  });
}
