import { type MigrationInterface, type QueryRunner, Table, type TableColumnOptions } from 'typeorm';

const text = (name: string, length: number, more: Partial<TableColumnOptions> = {}): TableColumnOptions => ({
  name,
  type: 'varchar',
  length: String(length),
  ...more,
});

export class StoredItems1764000000102 implements MigrationInterface {
  readonly name = 'StoredItems1764000000102';

  up(runner: QueryRunner): Promise<void> {
    const table = new Table({
      name: 'stored_items',
      columns: [text('id', 200, { isPrimary: true }), text('response_id', 200, { isPrimary: true })],
      indices: [{ name: 'ix_stored_items_response', columnNames: ['response_id'] }],
    });
    return runner.createTable(table);
  }

  down(runner: QueryRunner): Promise<void> {
    return runner.dropTable('stored_items');
  }
}
