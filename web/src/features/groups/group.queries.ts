import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, dataOf } from '@/api/client';
import type { GroupInput } from '@/api/types';

const stale = [['groups']] as const;

export function useSaveGroup() {
  const { t } = useTranslation();
  return useMutation({
    mutationFn: ({ name, body }: { name: string; body: GroupInput }) =>
      dataOf(api.PUT('/api/groups/{name}', { params: { path: { name } }, body })),
    meta: { invalidates: stale, inlineErrors: true, success: t('groups.saved') },
  });
}

export function useDeleteGroup() {
  const { t } = useTranslation();
  return useMutation({
    mutationFn: (name: string) => dataOf(api.DELETE('/api/groups/{name}', { params: { path: { name } } })),
    meta: { invalidates: stale, success: t('groups.deleted') },
  });
}
