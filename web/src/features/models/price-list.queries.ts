import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, dataOf } from '@/api/client';
import type { ComparePrices, ImportPrices } from '@/api/types';

export function useComparePrices() {
  return useMutation({
    mutationFn: (body: ComparePrices) => dataOf(api.POST('/api/prices/compare', { body })),
    meta: { inlineErrors: true },
  });
}

export function useImportPrices() {
  const { t } = useTranslation();
  return useMutation({
    mutationFn: (body: ImportPrices) => dataOf(api.POST('/api/prices/import', { body })),
    meta: { invalidates: [['models']], inlineErrors: true, success: t('priceList.taken') },
  });
}

/** The whole list as a file on the reader's disk. */
export function useExportPrices() {
  return useMutation({
    mutationFn: () => dataOf(api.GET('/api/prices/export')),
    onSuccess: (list) => {
      const url = URL.createObjectURL(new Blob([JSON.stringify(list, null, 2)], { type: 'application/json' }));
      const link = document.createElement('a');
      link.href = url;
      link.download = 'prices.json';
      link.click();
      URL.revokeObjectURL(url);
    },
  });
}
