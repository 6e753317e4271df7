import { Group, Pagination, Paper, Skeleton, Stack, Text, VisuallyHidden } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import 'mantine-datatable/styles.css';
import { DataTable, type DataTableColumn } from 'mantine-datatable';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Page } from '@/api/types';
import { useFormat } from '@/shared/format/use-format';
import { ErrorState } from './states';
import classes from './record-table.module.css';

interface RecordTableProps<T> {
  /** Read by screen readers as the table's name. */
  label: string;
  records: readonly T[];
  columns: DataTableColumn<T>[];
  idOf: (record: T) => string;
  onOpen?: (record: T) => void;
  rowClassName?: (record: T) => string | undefined;
}

export function RecordTable<T>({ label, records, columns, idOf, onOpen, rowClassName }: RecordTableProps<T>) {
  return (
    <DataTable
      aria-label={label}
      records={[...records]}
      columns={columns}
      idAccessor={(record) => idOf(record)}
      onRowClick={onOpen && (({ record }) => onOpen(record))}
      highlightOnHover
      horizontalSpacing="sm"
      verticalSpacing="sm"
      minHeight={0}
      noRecordsText=""
      backgroundColor="transparent"
      classNames={{ root: classes.root, header: classes.header, table: classes.table }}
      rowClassName={rowClassName}
      scrollAreaProps={{ type: 'auto', viewportProps: { tabIndex: 0 } }}
    />
  );
}

/** For columns that a phone has no room for. */
export const wide = { visibleMediaQuery: '(min-width: 48em)' };

/** The last column: what can be done with a row. Its title is for screen readers. */
export function actionsColumn<T>(label: string, render: (record: T) => ReactNode): DataTableColumn<T> {
  return {
    accessor: 'actions',
    title: <VisuallyHidden>{label}</VisuallyHidden>,
    textAlign: 'right',
    render: (record) => (
      <Group gap={4} justify="flex-end" wrap="nowrap">
        {render(record)}
      </Group>
    ),
  };
}

interface QueryCardProps<T> {
  query: Pick<UseQueryResult<T>, 'data' | 'error' | 'isPending' | 'refetch'>;
  isEmpty: (data: T) => boolean;
  empty: ReactNode;
  toolbar?: ReactNode;
  children: (data: T) => ReactNode;
}

/** A card around server data: skeleton, error with retry, empty state, or the data. */
export function QueryCard<T>({ query, isEmpty, empty, toolbar, children }: QueryCardProps<T>) {
  return (
    <Paper withBorder className={classes.card}>
      {toolbar && <div className={classes.toolbar}>{toolbar}</div>}
      {body()}
    </Paper>
  );

  function body(): ReactNode {
    if (query.isPending) return <RowsSkeleton />;
    if (query.data === undefined) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
    return isEmpty(query.data) ? empty : children(query.data);
  }
}

function RowsSkeleton() {
  const { t } = useTranslation();
  return (
    <Stack p="md" gap="sm" aria-busy="true" aria-label={t('state.loading')} role="status">
      {Array.from({ length: 6 }, (_, row) => (
        <Skeleton key={row} height={38} radius="md" style={{ opacity: 1 - row * 0.14 }} />
      ))}
    </Stack>
  );
}

export function PageFooter({ page, onChange }: { page: Page; onChange: (page: number) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const first = (page.page - 1) * page.pageSize + 1;
  const pages = Math.ceil(page.total / page.pageSize);
  return (
    <Group justify="space-between" className={classes.footer}>
      <Text size="sm" c="dimmed">
        {t('paging.range', {
          first: format.count(first),
          last: format.count(first + page.items.length - 1),
          total: format.count(page.total),
        })}
      </Text>
      {pages > 1 && (
        <Pagination
          size="sm"
          total={pages}
          value={page.page}
          onChange={onChange}
          getControlProps={(control) => ({ 'aria-label': t(`paging.${control}`) })}
        />
      )}
    </Group>
  );
}
