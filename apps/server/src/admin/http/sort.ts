import { invalid } from '@app/core';
import type { PageQueryDto } from './paging.dto';

/** Which rows of a list: what a repository takes. `by` is one of the fields the controller allows. */
export interface PageRequest<Field extends string> {
  readonly offset: number;
  readonly limit: number;
  readonly by: Field;
  readonly descending: boolean;
  readonly q?: string;
}

/** Only fields in `sortable` order a list. The first is the default, newest or largest first. */
export function pageRequest<Field extends string>(
  query: PageQueryDto,
  sortable: readonly [Field, ...Field[]],
): PageRequest<Field> {
  const descending = query.sort === undefined || query.sort.startsWith('-');
  const name = query.sort?.replace(/^-/, '');
  const by = name === undefined ? sortable[0] : sortable.find((field) => field === name);
  if (by === undefined) throw invalid('sort', `must be one of ${sortable.join(', ')}, with - for descending`);
  const q = query.q?.trim();
  return { offset: (query.page - 1) * query.pageSize, limit: query.pageSize, by, descending, q: q || undefined };
}
