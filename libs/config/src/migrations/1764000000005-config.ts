import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

export class Config1764000000005 implements MigrationInterface {
  readonly name = 'Config1764000000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'settings',
        columns: [
          { name: 'key', type: 'varchar', length: '150', isPrimary: true },
          { name: 'value', type: 'text', isNullable: true },
          { name: 'version', type: 'bigint' },
          { name: 'updated_at', type: 'bigint' },
          { name: 'updated_by', type: 'varchar', length: '36', isNullable: true },
        ],
      }),
    );
    const columns = ['key', 'version', 'updated_at'].map((name) => runner.dataSource.driver.escape(name));
    await runner.query(`INSERT INTO settings (${columns.join(', ')}) VALUES ('$revision', 0, 0)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('settings');
  }
}
