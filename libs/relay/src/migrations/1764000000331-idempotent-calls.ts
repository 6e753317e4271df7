import { dialectOf } from '@app/platform/database';
import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

const text = (name: string, length: number) => ({ name, type: 'varchar', length: String(length) });

export class IdempotentCalls1764000000331 implements MigrationInterface {
  readonly name = 'IdempotentCalls1764000000331';

  up(runner: QueryRunner): Promise<void> {
    // MySQL's `text` ends at 64 KB.
    const sealed = dialectOf(runner.manager) === 'mysql' ? 'longtext' : 'text';
    const table = new Table({
      name: 'idempotent_calls',
      columns: [
        { ...text('id', 64), isPrimary: true },
        text('fingerprint', 64),
        text('request_id', 40),
        { name: 'lease_until', type: 'bigint', isNullable: true },
        { name: 'expires_at', type: 'bigint' },
        { name: 'status', type: 'int' },
        text('content_type', 200),
        { name: 'bytes', type: 'bigint' },
        { name: 'content', type: sealed, isNullable: true },
      ],
      indices: [{ name: 'ix_idempotent_calls_expires', columnNames: ['expires_at'] }],
    });
    return runner.createTable(table);
  }

  down(runner: QueryRunner): Promise<void> {
    return runner.dropTable('idempotent_calls');
  }
}
