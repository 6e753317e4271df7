import { type MigrationInterface, type QueryRunner, Table, TableIndex } from 'typeorm';

const bigint = (name: string, more: object = {}) => ({ name, type: 'bigint', ...more });

export class Billing1764000000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'wallets',
        columns: [
          { name: 'id', type: 'varchar', length: '45', isPrimary: true },
          bigint('funds_nano', { isNullable: true }),
          bigint('escrow_nano', { default: 0 }),
          bigint('spent_nano', { default: 0 }),
          bigint('period_spent_nano', { default: 0 }),
          bigint('request_count', { default: 0 }),
          bigint('budget_nano', { isNullable: true }),
          { name: 'period', type: 'varchar', length: '8', default: "'none'" },
          bigint('resets_at', { isNullable: true }),
          bigint('updated_at'),
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'allowances',
        columns: [
          { name: 'node_id', type: 'varchar', length: '120', isPrimary: true },
          { name: 'wallet_id', type: 'varchar', length: '45', isPrimary: true },
          bigint('amount_nano'),
          bigint('expires_at'),
        ],
      }),
    );
    await runner.createIndex(
      'allowances',
      new TableIndex({ name: 'ix_allowances_expires_at', columnNames: ['expires_at'] }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('allowances');
    await runner.dropTable('wallets');
  }
}
