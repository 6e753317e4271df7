import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, dataOf } from '@/api/client';
import type { ModelInput } from '@/api/types';

const stale = [['models']] as const;

export function useSaveModel() {
  const { t } = useTranslation();
  return useMutation({
    mutationFn: ({ id, body }: { id: string; body: ModelInput }) =>
      dataOf(api.PUT('/api/models/{id}', { params: { path: { id } }, body })),
    meta: { invalidates: stale, inlineErrors: true, success: t('models.saved') },
  });
}

export function useDeleteModel() {
  const { t } = useTranslation();
  return useMutation({
    mutationFn: (id: string) => dataOf(api.DELETE('/api/models/{id}', { params: { path: { id } } })),
    meta: { invalidates: stale, success: t('models.forgotten') },
  });
}
