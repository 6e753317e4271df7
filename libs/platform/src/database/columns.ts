import type { ColumnOptions, ValueTransformer } from 'typeorm';

type Options = Omit<ColumnOptions, 'type' | 'transformer'>;

/**
 * BIGINT as a JavaScript number. PostgreSQL and MySQL hand bigints over as strings, SQLite as numbers. A value beyond
 * ±(2^53 − 1) throws a RangeError both ways: rounding money or time in silence is worse than failing.
 */
export const bigintNumber: ValueTransformer = {
  to: (value: unknown) => (typeof value === 'number' ? exact(value) : value),
  from: (value: unknown) => (value === null || value === undefined ? value : exact(Number(value))),
};

/** A JSON value in a text column. `null` is stored as SQL NULL. */
export const jsonText: ValueTransformer = {
  to: (value: unknown) => (value === null || value === undefined ? value : JSON.stringify(value)),
  from: (value: unknown) => (typeof value === 'string' ? JSON.parse(value) : value),
};

/** `@Column(bigintColumn({ name: 'created_at' })) createdAt: number` — epoch milliseconds, nano-USD, counters. */
export const bigintColumn = (options: Options = {}): ColumnOptions => ({
  ...options,
  type: 'bigint',
  transformer: bigintNumber,
});

/** `@Column(jsonColumn<string[]>({ nullable: true })) models: string[] | null` — `T` documents the stored shape. */
export const jsonColumn = <T>(options: Options & { default?: T } = {}): ColumnOptions => ({
  ...options,
  ...(options.default === undefined ? {} : { default: JSON.stringify(options.default) }),
  type: 'text',
  transformer: jsonText,
});

function exact(value: number): number {
  if (!Number.isSafeInteger(value)) throw new RangeError(`not an exact integer within ±(2^53 − 1): ${value}`);
  return value;
}
