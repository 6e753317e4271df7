import { dialectOf } from '@app/platform/database';
import { type MigrationInterface, type QueryRunner, Table, type TableColumnOptions } from 'typeorm';

const nullable = { isNullable: true };
const primary = { isPrimary: true };

const text = (name: string, length: number, more: Partial<TableColumnOptions> = {}): TableColumnOptions => ({
  name,
  type: 'varchar',
  length: String(length),
  ...more,
});
const column = (name: string, type: string): TableColumnOptions => ({ name, type });

/** `sealedType`: MySQL's `text` ends at 64 KB. */
const tables = (sealedType: string): readonly Table[] => [
  new Table({
    name: 'conversations',
    columns: [
      text('id', 60, primary),
      text('user_id', 36),
      column('created_at', 'bigint'),
      column('used_at', 'bigint'),
      text('channel_id', 36, nullable),
      text('credential_id', 36, nullable),
      column('context_tokens', 'bigint'),
      column('metadata', sealedType),
    ],
    indices: [{ name: 'ix_conversations_used', columnNames: ['used_at'] }],
  }),
  new Table({
    name: 'conversation_items',
    columns: [
      text('id', 36, primary),
      text('conversation_id', 60),
      text('item_id', 200),
      text('channel_id', 36, nullable),
      column('content', sealedType),
    ],
    indices: [{ name: 'ix_conversation_items_conversation', columnNames: ['conversation_id', 'id'] }],
  }),
];

export class Conversations1764000000101 implements MigrationInterface {
  readonly name = 'Conversations1764000000101';

  async up(runner: QueryRunner): Promise<void> {
    const sealedType = dialectOf(runner.manager) === 'mysql' ? 'longtext' : 'text';
    for (const table of tables(sealedType)) await runner.createTable(table);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const { name } of tables('text').toReversed()) await runner.dropTable(name);
  }
}
