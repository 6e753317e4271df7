import { dialectOf } from '@app/platform/database';
import { type MigrationInterface, type QueryRunner, Table, type TableColumnOptions } from 'typeorm';

const nullable = { isNullable: true };

const text = (name: string, length: number, more: Partial<TableColumnOptions> = {}): TableColumnOptions => ({
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

/** `sealedType`: MySQL's `text` ends at 64 KB. */
const storedResponses = (sealedType: string): Table =>
  new Table({
    name: 'stored_responses',
    columns: [
      text('id', 200, { isPrimary: true }),
      text('user_id', 36),
      text('key_id', 36),
      text('status', 20),
      column('background', 'boolean'),
      column('created_at', 'bigint'),
      text('previous_id', 200, nullable),
      text('channel_id', 36, nullable),
      text('credential_id', 36, nullable),
      text('upstream_id', 200, nullable),
      column('context_tokens', 'bigint'),
      text('node_id', 100, nullable),
      column('lease_until', 'bigint', nullable),
      column('content', sealedType),
      column('events', sealedType, nullable),
    ],
    indices: [
      { name: 'ix_stored_responses_created', columnNames: ['created_at'] },
      { name: 'ix_stored_responses_lease', columnNames: ['lease_until'] },
    ],
  });

export class StoredResponses1764000000100 implements MigrationInterface {
  readonly name = 'StoredResponses1764000000100';

  up(runner: QueryRunner): Promise<void> {
    return runner.createTable(storedResponses(dialectOf(runner.manager) === 'mysql' ? 'longtext' : 'text'));
  }

  down(runner: QueryRunner): Promise<void> {
    return runner.dropTable('stored_responses');
  }
}
