import type { DataSource, EntityManager } from 'typeorm';

export type Dialect = 'sqlite' | 'postgres' | 'mysql';

const dialects: Partial<Record<string, Dialect>> = {
  'better-sqlite3': 'sqlite',
  postgres: 'postgres',
  mysql: 'mysql',
};

/** For the rare statement that cannot be written in one spelling. */
export function dialectOf(source: DataSource | EntityManager): Dialect {
  const { type } = ('dataSource' in source ? source.dataSource : source).options;
  const dialect = dialects[type];
  if (dialect === undefined) throw new Error(`no dialect for ${type}`);
  return dialect;
}

/** A number out of a raw result: SUM and bigint may arrive as text, SUM of no rows as null. Throws where it is not exact. */
export function rawNumber(value: unknown): number {
  const number = Number(value ?? 0);
  if (!Number.isSafeInteger(number)) throw new RangeError(`not an exact integer: ${String(value)}`);
  return number;
}

/** The pattern for `column LIKE :pattern ESCAPE '!'` that finds `text` anywhere, whatever `%` and `_` it holds. */
export const containsPattern = (text: string): string => `%${text.replaceAll(/[!%_]/g, '!$&')}%`;
