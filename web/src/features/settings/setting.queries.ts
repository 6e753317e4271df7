import { queryOptions, useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, dataOf } from '@/api/client';
import type { SettingField } from '@/api/types';
import type { Tree } from './setting-tree';

export interface SettingsView {
  readonly fields: readonly SettingField[];
  readonly tree: Tree;
}

export const settingsQuery = queryOptions({
  queryKey: ['settings'],
  queryFn: async ({ signal }): Promise<SettingsView> => {
    const [schema, tree] = await Promise.all([
      dataOf(api.GET('/api/settings/schema', { signal })),
      dataOf(api.GET('/api/settings', { signal })),
    ]);
    return { fields: schema.items, tree };
  },
});

export function useSaveSettings() {
  const { t } = useTranslation();
  return useMutation({
    mutationFn: (body: Tree) => dataOf(api.PATCH('/api/settings', { body })),
    meta: { invalidates: [['settings'], ['status']], inlineErrors: true, success: t('settings.saved') },
  });
}
