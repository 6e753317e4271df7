import { type MigrationInterface, type QueryRunner, Table, type TableColumnOptions } from 'typeorm';
import { type Dialect, dialectOf } from '../database';

const nullable = { isNullable: true };
const primary = { isPrimary: true };

const varchar = (name: string, length: number, more: Partial<TableColumnOptions> = {}): TableColumnOptions => ({
  name,
  type: 'varchar',
  length: String(length),
  ...more,
});
const column = (name: string, type: string, more: Partial<TableColumnOptions> = {}): TableColumnOptions => ({
  name,
  type,
  ...more,
});

/** SQLite counts only `integer` keys by itself, and with AUTOINCREMENT (which TypeORM adds) never gives an id twice. */
const changeEvents = (dialect: Dialect): Table =>
  new Table({
    name: 'change_events',
    columns: [
      column('id', dialect === 'sqlite' ? 'integer' : 'bigint', {
        ...primary,
        isGenerated: true,
        generationStrategy: 'increment',
      }),
      varchar('topic', 100),
      column('payload', 'text', nullable),
      varchar('node_id', 190),
      column('created_at', 'bigint'),
    ],
    indices: [{ name: 'ix_change_events_created', columnNames: ['created_at'] }],
  });

/** MySQL's `text` ends at 64 KB. */
const longText = (dialect: Dialect): string => (dialect === 'mysql' ? 'longtext' : 'text');

const jobs = (dialect: Dialect): Table =>
  new Table({
    name: 'jobs',
    columns: [
      varchar('queue', 100, primary),
      varchar('id', 190, primary),
      varchar('name', 150),
      column('data', longText(dialect), nullable),
      column('options', 'text'),
      varchar('state', 12),
      column('priority', 'int'),
      column('run_at', 'bigint'),
      column('attempts_made', 'int'),
      column('stalled_count', 'int'),
      varchar('claim', 80, nullable),
      column('lease_until', 'bigint', nullable),
      column('progress', 'text', nullable),
      column('result', longText(dialect), nullable),
      column('failed_reason', 'text', nullable),
      column('created_at', 'bigint'),
      column('started_at', 'bigint', nullable),
      column('finished_at', 'bigint', nullable),
    ],
    indices: [
      { name: 'ix_jobs_next', columnNames: ['queue', 'state', 'priority', 'run_at', 'id'] },
      { name: 'ix_jobs_due', columnNames: ['queue', 'state', 'run_at'] },
      { name: 'ix_jobs_finished', columnNames: ['queue', 'state', 'finished_at'] },
    ],
  });

const jobLeases = new Table({
  name: 'job_leases',
  columns: [
    varchar('name', 150, primary),
    column('tick', 'bigint'),
    varchar('node_id', 190),
    column('lease_until', 'bigint'),
    column('started_at', 'bigint'),
    column('finished_at', 'bigint', nullable),
    column('error', 'text', nullable),
  ],
});

export class PlatformTables1764000000006 implements MigrationInterface {
  readonly name = 'PlatformTables1764000000006';

  async up(runner: QueryRunner): Promise<void> {
    const dialect = dialectOf(runner.manager);
    for (const table of [changeEvents(dialect), jobs(dialect), jobLeases]) await runner.createTable(table);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of ['job_leases', 'jobs', 'change_events']) await runner.dropTable(name);
  }
}
