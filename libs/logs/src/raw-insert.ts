import type { EntityManager } from 'typeorm';
import { bigintNumber } from '@app/platform/database';

type SqlValue = string | number | null;

/** Few sizes, so that few statements stay prepared, whatever the number of rows. */
const ROWS_PER_STATEMENT = [50, 10, 3, 1] as const;

/**
 * Multi-row INSERT without an entity in between, for the tables written once per data-plane call. `columns` gives each column's
 * value of a row. The statement's text depends only on the database and the number of rows, and is made once for each.
 */
export class RawInsert<Row> {
  readonly #names: readonly string[];
  readonly #values: readonly ((row: Row) => SqlValue)[];
  readonly #texts = new Map<string, string>();

  constructor(
    private readonly table: string,
    columns: Readonly<Record<string, (row: Row) => SqlValue>>,
  ) {
    this.#names = Object.keys(columns);
    this.#values = Object.values(columns);
  }

  /** Runs on the manager given, so the rows belong to its transaction. */
  async run(manager: EntityManager, rows: readonly Row[]): Promise<void> {
    for (let start = 0; start < rows.length;) {
      const left = rows.length - start;
      const size = ROWS_PER_STATEMENT.find((fits) => fits <= left) ?? 1;
      const chunk = rows.slice(start, (start += size));
      const parameters: SqlValue[] = [];
      for (const row of chunk) for (const value of this.#values) parameters.push(value(row));
      await manager.query(this.#text(manager, chunk.length), parameters);
    }
  }

  #text(manager: EntityManager, rows: number): string {
    const { driver, options } = manager.dataSource;
    const name = `${options.type}:${rows}`;
    const known = this.#texts.get(name);
    if (known !== undefined) return known;
    const width = this.#names.length;
    const tuples = Array.from({ length: rows }, (_, row) =>
      this.#names.map((column, index) => driver.createParameter(column, row * width + index)).join(','),
    );
    const columns = this.#names.map((column) => driver.escape(column)).join(',');
    const text = `INSERT INTO ${driver.escape(this.table)} (${columns}) VALUES (${tuples.join('),(')})`;
    this.#texts.set(name, text);
    return text;
  }
}

/**
 * Text as any of the databases takes it: no NUL (PostgreSQL refuses it), no longer than its column. Rows come from the outside
 * world through a journal; one that cannot be stored would block all behind it.
 */
export const clip = (text: string, length: number): string => {
  const clean = text.includes('\0') ? text.replaceAll('\0', '') : text;
  return clean.length > length ? clean.slice(0, length) : clean;
};

export const clipOrNull = (text: string | null, length: number): string | null =>
  text === null ? null : clip(text, length);

/** Money and time: stored as they are, or refused with a RangeError. */
export const exact = (value: number): number => bigintNumber.to(value) as number;

/** No call uses more tokens, or takes longer; sums over years of calls stay exact. */
const MAX_COUNT = 1_000_000_000_000;

/** A counter as its column takes it; what is no count (negative, not finite) is 0. */
export const count = (value: number): number => (value > 0 ? Math.min(Math.round(value), MAX_COUNT) : 0);

/** MySQL's TEXT holds 65 535 bytes, four to a character at worst. */
const JSON_LENGTH = 16_000;

/** JSON as a text column takes it; what is too long becomes `tooLong`, itself JSON. */
export const json = (value: unknown, tooLong: string): string | null => {
  if (value === null || value === undefined) return null;
  const text = JSON.stringify(value);
  return text.length > JSON_LENGTH ? tooLong : text;
};
