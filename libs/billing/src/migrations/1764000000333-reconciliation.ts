import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

const text = (name: string, length: number) => ({ name, type: 'varchar', length: String(length) });

export class Reconciliation1764000000333 implements MigrationInterface {
  readonly name = 'Reconciliation1764000000333';

  up(runner: QueryRunner): Promise<void> {
    const table = new Table({
      name: 'reconciliation_reports',
      columns: [
        { ...text('id', 36), isPrimary: true },
        { name: 'created_at', type: 'bigint' },
        { name: 'duration_ms', type: 'bigint' },
        text('node_id', 100),
        text('started_by', 16),
        text('status', 16),
        { name: 'difference_count', type: 'int' },
        { name: 'counts', type: 'text' },
        { name: 'differences', type: 'text' },
      ],
      indices: [{ name: 'ix_reconciliation_reports_created', columnNames: ['created_at'] }],
    });
    return runner.createTable(table);
  }

  down(runner: QueryRunner): Promise<void> {
    return runner.dropTable('reconciliation_reports');
  }
}
