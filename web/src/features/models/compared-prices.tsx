import { Badge, Button, Checkbox, Group, Pagination, SegmentedControl, Stack, Table, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ComparedPrice, ComparedPriceList, ComparePrices } from '@/api/types';
import { useFormat } from '@/shared/format/use-format';
import { ProblemAlert, unplacedProblem } from '@/shared/ui/problem-alert';
import { SearchField } from '@/shared/ui/search-field';
import { BadRows } from './bad-rows';
import { choiceOf, type Kind, kinds, shownRows } from './compared-values';
import { PriceDifferences } from './price-differences';
import { useImportPrices } from './price-list.queries';

const PAGE_SIZE = 20;

interface ComparedPricesProps {
  compared: ComparedPriceList;
  asked: ComparePrices;
  onAgain: () => void;
  onDone: () => void;
}

/** What is new, changed or gone, side by side, to tick off; nothing is ticked for one. */
export function ComparedPrices({ compared, asked, onAgain, onDone }: ComparedPricesProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [kind, setKind] = useState<Kind>(
    kinds.find((one) => compared.items.some((item) => item.kind === one)) ?? 'new',
  );
  const [search, setSearch] = useState('');
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const take = useImportPrices();
  const rows = shownRows(compared.items, kind, search);
  const set = (ids: readonly string[], on: boolean) => {
    const next = new Set(ticked);
    for (const id of ids)
      if (on) next.add(id);
      else next.delete(id);
    setTicked(next);
  };
  const apply = () => take.mutate({ ...asked, ...choiceOf(compared, ticked) }, { onSuccess: onDone });
  const count = (one: Kind) => format.count(compared.items.filter((item) => item.kind === one).length);
  return (
    <Stack>
      <Text size="sm">{t('priceList.summary', { source: compared.source, equal: format.count(compared.equal) })}</Text>
      <BadRows rows={compared.bad} count={compared.badCount} />
      <Group justify="space-between">
        <SegmentedControl
          aria-label={t('priceList.kind')}
          value={kind}
          onChange={setKind}
          data={kinds.map((one) => ({ value: one, label: `${t(`priceList.${one}`)} (${count(one)})` }))}
        />
        <SearchField label={t('models.search')} value={search} onChange={setSearch} />
      </Group>
      <Rows key={`${kind} ${search}`} rows={rows} ticked={ticked} onTick={set} />
      {take.error && <ProblemAlert problem={unplacedProblem(take.error)} />}
      <Group justify="space-between">
        <Button variant="default" onClick={onAgain}>
          {t('priceList.again')}
        </Button>
        <Button onClick={apply} loading={take.isPending} disabled={ticked.size === 0}>
          {t('priceList.take', { count: ticked.size })}
        </Button>
      </Group>
    </Stack>
  );
}

interface RowsProps {
  rows: readonly ComparedPrice[];
  ticked: ReadonlySet<string>;
  onTick: (ids: readonly string[], on: boolean) => void;
}

function Rows({ rows, ticked, onTick }: RowsProps) {
  const { t } = useTranslation();
  const [page, setPage] = useState(1);
  if (rows.length === 0) return <Text c="dimmed">{t('priceList.nothing')}</Text>;
  const ids = rows.map(({ id }) => id);
  const all = ids.every((id) => ticked.has(id));
  const pages = Math.ceil(rows.length / PAGE_SIZE);
  return (
    <>
      <Table.ScrollContainer minWidth={560}>
        <Table verticalSpacing="xs" aria-label={t('priceList.title')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={40}>
                <Checkbox
                  aria-label={t('priceList.all')}
                  checked={all}
                  indeterminate={!all && ids.some((id) => ticked.has(id))}
                  onChange={(event) => onTick(ids, event.currentTarget.checked)}
                />
              </Table.Th>
              <Table.Th>{t('field.model')}</Table.Th>
              <Table.Th>{t('priceList.differences')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE).map((row) => (
              <Row key={row.id} row={row} on={ticked.has(row.id)} onTick={(on) => onTick([row.id], on)} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {pages > 1 && <Pagination total={pages} value={page} onChange={setPage} size="sm" />}
    </>
  );
}

function Row({ row, on, onTick }: { row: ComparedPrice; on: boolean; onTick: (on: boolean) => void }) {
  const { t } = useTranslation();
  return (
    <Table.Tr>
      <Table.Td>
        <Checkbox aria-label={row.id} checked={on} onChange={(event) => onTick(event.currentTarget.checked)} />
      </Table.Td>
      <Table.Td>
        <Text size="sm" fw={600}>
          {row.id}
        </Text>
        {row.kind === 'changed' && row.origin === 'operator' && (
          <Badge size="xs" variant="light" color="yellow">
            {t('models.setHere')}
          </Badge>
        )}
      </Table.Td>
      <Table.Td>
        <PriceDifferences row={row} />
      </Table.Td>
    </Table.Tr>
  );
}
