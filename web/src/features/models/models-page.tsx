import { Button } from '@mantine/core';
import { IconDownload, IconPlus, IconScale, IconSearch, IconTags } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { DataTableColumn } from 'mantine-datatable';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Model } from '@/api/types';
import { isAdmin, useUser } from '@/shared/hooks/use-session';
import { modelsQuery } from '@/shared/models.query';
import { Page } from '@/shared/ui/page';
import { PageFooter, QueryCard, RecordTable } from '@/shared/ui/record-table';
import { SearchField } from '@/shared/ui/search-field';
import { EmptyState } from '@/shared/ui/states';
import { CompareDialog } from './compare-dialog';
import { useModelColumns } from './model-columns';
import { ModelForm } from './model-form';
import { useExportPrices } from './price-list.queries';

type Open = { model: Model | undefined } | null;

export function ModelsPage() {
  const { t } = useTranslation();
  const admin = isAdmin(useUser());
  const [search, setSearch] = useState('');
  const [open, setOpen] = useState<Open>(null);
  const query = useQuery(modelsQuery);
  const columns = useModelColumns(admin ? (model) => setOpen({ model }) : undefined);
  const [comparing, setComparing] = useState(false);
  const exported = useExportPrices();
  const add = admin && (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setOpen({ model: undefined })}>
      {t('models.add')}
    </Button>
  );
  const actions = (
    <>
      <Button
        variant="default"
        leftSection={<IconDownload size={16} />}
        loading={exported.isPending}
        onClick={() => exported.mutate()}
      >
        {t('priceList.export')}
      </Button>
      {admin && (
        <Button variant="default" leftSection={<IconScale size={16} />} onClick={() => setComparing(true)}>
          {t('priceList.open')}
        </Button>
      )}
      {add}
    </>
  );

  return (
    <Page title={t('models.title')} description={t('models.description')} actions={actions}>
      <QueryCard
        query={query}
        isEmpty={(models) => models.length === 0}
        empty={<EmptyState icon={IconTags} title={t('models.empty')} hint={t('models.emptyHint')} action={add} />}
        toolbar={<SearchField label={t('models.search')} value={search} onChange={setSearch} />}
      >
        {(models) => <ModelTable models={models.filter((model) => matches(model, search))} columns={columns} />}
      </QueryCard>
      {comparing && <CompareDialog onClose={() => setComparing(false)} />}
      {open && <ModelForm model={open.model} onClose={() => setOpen(null)} />}
    </Page>
  );
}

const PAGE_SIZE = 25;

/** The list comes whole; only its display is in pages. */
function ModelTable({ models, columns }: { models: readonly Model[]; columns: DataTableColumn<Model>[] }) {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState(1);
  if (models.length === 0) {
    return <EmptyState icon={IconSearch} title={t('state.noMatch')} hint={t('state.noMatchHint')} />;
  }
  const page = Math.min(wanted, Math.ceil(models.length / PAGE_SIZE));
  const items = models.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE);
  return (
    <>
      <RecordTable label={t('models.title')} records={items} columns={columns} idOf={({ id }) => id} />
      <PageFooter page={{ items, total: models.length, page, pageSize: PAGE_SIZE }} onChange={setWanted} />
    </>
  );
}

function matches({ id, owner }: Model, search: string): boolean {
  const text = search.trim().toLowerCase();
  return id.toLowerCase().includes(text) || (owner ?? '').toLowerCase().includes(text);
}
