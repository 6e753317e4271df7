import { Anchor, Stack, Text } from '@mantine/core';
import { IconPencil, IconRestore } from '@tabler/icons-react';
import type { DataTableColumn } from 'mantine-datatable';
import { useTranslation } from 'react-i18next';
import type { Model } from '@/api/types';
import { useFormat } from '@/shared/format/use-format';
import { useConfirm } from '@/shared/hooks/use-confirm';
import { actionsColumn, wide } from '@/shared/ui/record-table';
import { RowAction } from '@/shared/ui/row-action';
import { useDeleteModel } from './model.queries';
import { mainRates } from './model-values';

/** `onEdit` absent: prices can only be read. */
export function useModelColumns(onEdit: ((model: Model) => void) | undefined): DataTableColumn<Model>[] {
  const { t } = useTranslation();
  const format = useFormat();
  return [
    {
      accessor: 'id',
      title: t('field.model'),
      render: ({ id, owner }) => (
        <Stack gap={0} maw={280}>
          <Text size="sm" fw={600} truncate>
            {id}
          </Text>
          {owner && (
            <Text size="xs" c="dimmed">
              {owner}
            </Text>
          )}
        </Stack>
      ),
    },
    ...mainRates.map((price): DataTableColumn<Model> => ({
      accessor: `prices.${price}`,
      title: t(`models.price.${price}`),
      ...(price.startsWith('cache') ? wide : {}),
      textAlign: 'right',
      render: ({ prices }) => format.money(prices[price]),
    })),
    {
      accessor: 'contextWindow',
      title: t('models.context'),
      ...wide,
      textAlign: 'right',
      render: ({ contextWindow }) =>
        contextWindow ? t('models.tokens', { count: format.compact(contextWindow) }) : '–',
    },
    { accessor: 'source', title: t('models.source'), ...wide, render: (model) => <PriceSource model={model} /> },
    ...(onEdit
      ? [actionsColumn<Model>(t('field.actions'), (model) => <ModelActions model={model} onEdit={onEdit} />)]
      : []),
  ];
}

/** Where a price comes from: the vendor's list, with the page and the day, or somebody here. */
function PriceSource({ model: { origin, source, sourceDate } }: { model: Model }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (origin === 'operator')
    return source === null ? t('models.setHere') : t('models.takenFrom', { source: shortened(source) });
  const label = sourceDate ? t('models.listOf', { date: format.date(sourceDate) }) : t('models.listPrice');
  if (!source) return label;
  return (
    <Anchor href={source} target="_blank" rel="noreferrer" size="sm">
      {label}
    </Anchor>
  );
}

/** A list's host, or what its file was called. */
const shortened = (source: string): string => (URL.canParse(source) ? new URL(source).host || source : source);

function ModelActions({ model, onEdit }: { model: Model; onEdit: (model: Model) => void }) {
  const { t } = useTranslation();
  const confirm = useConfirm();
  const remove = useDeleteModel();
  const name = model.id;
  const ask = () =>
    confirm({
      title: t('models.forgetTitle', { name }),
      body: t('models.forgetBody'),
      confirm: t('models.forget'),
      onConfirm: () => remove.mutate(model.id),
    });
  return (
    <>
      <RowAction
        icon={IconPencil}
        hint={t('action.edit')}
        label={t('action.editOf', { name })}
        onClick={() => onEdit(model)}
      />
      <RowAction
        icon={IconRestore}
        hint={t('models.forget')}
        label={t('models.forgetOf', { name })}
        disabled={model.origin !== 'operator'}
        onClick={ask}
      />
    </>
  );
}
