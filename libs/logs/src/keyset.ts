import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { invalid } from '@app/core';

/** The last row of a page; the next page holds what is older. */
export interface KeysetPosition {
  readonly createdAt: number;
  readonly id: string;
}

export interface KeysetPage<T> {
  readonly items: T[];
  /** Opaque to clients; null on the last page. */
  readonly nextCursor: string | null;
}

export interface KeysetQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export const encodeCursor = ({ createdAt, id }: KeysetPosition): string =>
  Buffer.from(`${createdAt}.${id}`).toString('base64url');

/** Throws a DomainError `invalid` for anything `encodeCursor` did not make. */
export function decodeCursor(cursor: string): KeysetPosition {
  const match = /^(\d{1,16})\.([\w.:-]{1,64})$/.exec(Buffer.from(cursor, 'base64url').toString());
  const position = match && { createdAt: Number(match[1]), id: match[2]! };
  if (!position || encodeCursor(position) !== cursor) throw invalid('cursor', 'is not a cursor of this list');
  return position;
}

/**
 * Rows of `alias`, newest first, from `after` on. The first condition is implied by the second; written out, it lets every
 * database walk the (…, created_at) index instead of filtering it.
 */
export function newestFirst<T extends ObjectLiteral>(
  query: SelectQueryBuilder<T>,
  after: KeysetPosition | null,
): SelectQueryBuilder<T> {
  const { alias } = query;
  query.orderBy(`${alias}.createdAt`, 'DESC').addOrderBy(`${alias}.id`, 'DESC');
  if (!after) return query;
  return query
    .andWhere(`${alias}.createdAt <= :afterTime`)
    .andWhere(`(${alias}.createdAt < :afterTime OR ${alias}.id < :afterId)`)
    .setParameters({ afterTime: after.createdAt, afterId: after.id });
}

/** One page of a filtered query; reads one row more than it gives to know whether there is a next page. */
export async function keysetPage<T extends ObjectLiteral & KeysetPosition>(
  query: SelectQueryBuilder<T>,
  { limit, cursor }: KeysetQuery,
): Promise<KeysetPage<T>> {
  const rows = await newestFirst(query, cursor ? decodeCursor(cursor) : null)
    .limit(limit + 1)
    .getMany();
  const items = rows.slice(0, limit);
  return { items, nextCursor: rows.length > limit ? encodeCursor(items.at(-1)!) : null };
}
