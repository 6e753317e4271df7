import { type MigrationInterface, type QueryRunner, Table, type TableColumnOptions, TableIndex } from 'typeorm';
import { dialectOf } from '@app/platform/database';

type Column = TableColumnOptions;

const text = (name: string, length: number, more: Partial<Column> = {}): Column => ({
  name,
  type: 'varchar',
  length: String(length),
  ...more,
});
const int = (name: string, more: Partial<Column> = {}): Column => ({ name, type: 'int', ...more });
const bigint = (name: string, more: Partial<Column> = {}): Column => ({ name, type: 'bigint', ...more });
const nullable = { isNullable: true };

export class Channels1764000000002 implements MigrationInterface {
  readonly name = 'Channels1764000000002';

  async up(runner: QueryRunner): Promise<void> {
    // 5 000 model names do not fit into the 64 KiB that TEXT means on MySQL.
    const json = dialectOf(runner.manager) === 'mysql' ? 'longtext' : 'text';
    await runner.createTable(new Table({ name: 'channels', columns: channelColumns(json), indices: channelIndices }));
    await runner.createTable(
      new Table({ name: 'channel_credentials', columns: credentialColumns, indices: credentialIndices }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('channel_credentials');
    await runner.dropTable('channels');
  }
}

const channelColumns = (json: string): Column[] => [
  text('id', 36, { isPrimary: true }),
  text('name', 128),
  text('provider', 64),
  text('base_url', 2048, nullable),
  { name: 'protocols', type: 'text', ...nullable },
  { name: 'models', type: json },
  { name: 'model_mapping', type: json },
  { name: 'group_names', type: 'text' },
  { name: 'tags', type: 'text' },
  { name: 'settings', type: json },
  int('priority'),
  int('weight'),
  text('status', 16),
  text('status_reason', 500, nullable),
  int('response_time_ms', nullable),
  bigint('balance_nano', nullable),
  bigint('used_nano', { default: 0 }),
  bigint('created_at'),
  bigint('updated_at'),
];

const channelIndices = [
  new TableIndex({ name: 'ix_channels_created_at', columnNames: ['created_at', 'id'] }),
  new TableIndex({ name: 'ix_channels_updated_at', columnNames: ['updated_at'] }),
];

const credentialColumns: Column[] = [
  text('id', 36, { isPrimary: true }),
  text('channel_id', 36),
  { name: 'sealed_secret', type: 'text' },
  text('preview', 32),
  text('status', 16),
  text('status_reason', 500, nullable),
  int('position'),
  bigint('created_at'),
];

const credentialIndices = [
  new TableIndex({ name: 'ix_channel_credentials_channel_id', columnNames: ['channel_id', 'position'] }),
];
