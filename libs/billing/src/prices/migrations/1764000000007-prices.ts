import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

export class Prices1764000000007 implements MigrationInterface {
  readonly name = 'Prices1764000000007';

  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'model_prices',
        columns: [
          { name: 'id', type: 'varchar', length: '200', isPrimary: true },
          { name: 'owner', type: 'varchar', length: '100', isNullable: true },
          { name: 'price', type: 'text' },
          { name: 'context_window', type: 'int', isNullable: true },
          { name: 'endpoints', type: 'text' },
          { name: 'updated_at', type: 'bigint' },
          { name: 'updated_by', type: 'varchar', length: '36', isNullable: true },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('model_prices');
  }
}
