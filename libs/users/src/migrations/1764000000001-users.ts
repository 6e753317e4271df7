import { type MigrationInterface, type QueryRunner, Table, type TableColumnOptions, TableIndex } from 'typeorm';
import { type Dialect, dialectOf } from '@app/platform/database';
import { DEFAULT_GROUP, PPM } from '../groups/group';

type Column = TableColumnOptions;
type Text = (name: string, length: number, more?: Partial<Column>) => Column;

const bigint = (name: string, more: Partial<Column> = {}): Column => ({ name, type: 'bigint', ...more });
const int = (name: string, more: Partial<Column> = {}): Column => ({ name, type: 'int', ...more });
const nullable = { isNullable: true };

export class Users1764000000001 implements MigrationInterface {
  readonly name = 'Users1764000000001';

  async up(runner: QueryRunner): Promise<void> {
    const text = textColumn(runner);
    await runner.createTable(new Table({ name: 'groups', columns: groupColumns(text) }));
    await runner.createTable(new Table({ name: 'users', columns: userColumns(text), indices: userIndices }));
    await runner.createTable(new Table({ name: 'sessions', columns: sessionColumns(text), indices: sessionIndices }));
    await runner.createTable(new Table({ name: 'api_keys', columns: apiKeyColumns(text), indices: apiKeyIndices }));
    // Not through the query builder: whether it takes names of columns or of properties depends on the entities registered.
    const groups = runner.manager.dataSource.driver.escape('groups');
    const columns = 'name, multiplier_ppm, created_at, updated_at';
    await runner.query(`INSERT INTO ${groups} (${columns}) VALUES ('${DEFAULT_GROUP}', ${PPM}, 0, 0)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['api_keys', 'sessions', 'users', 'groups']) await runner.dropTable(table);
  }
}

const collations: Readonly<Record<Dialect, Partial<Column>>> = {
  sqlite: {},
  postgres: { collation: 'C' },
  mysql: { charset: 'utf8mb4', collation: 'utf8mb4_bin' },
};

/**
 * Text that compares by code point on every database. Collations that fold case or accents would let two databases disagree on
 * what is the same name, and an index under a language's order cannot serve a search by prefix.
 */
function textColumn(runner: QueryRunner): Text {
  const byCodePoint = collations[dialectOf(runner.manager)];
  return (name, length, more = {}) => ({ name, type: 'varchar', length: String(length), ...byCodePoint, ...more });
}

const groupColumns = (text: Text): Column[] => [
  text('name', 64, { isPrimary: true }),
  bigint('multiplier_ppm'),
  int('rpm', nullable),
  int('tpm', nullable),
  int('concurrency', nullable),
  bigint('created_at'),
  bigint('updated_at'),
];

const userColumns = (text: Text): Column[] => [
  text('id', 36, { isPrimary: true }),
  text('username', 64),
  text('email', 254, nullable),
  text('password_hash', 255),
  text('role', 16),
  int('root_marker', nullable),
  text('status', 16),
  text('group_name', 64),
  bigint('created_at'),
  bigint('updated_at'),
];

const userIndices = [
  new TableIndex({ name: 'ux_users_username', columnNames: ['username'], isUnique: true }),
  new TableIndex({ name: 'ux_users_email', columnNames: ['email'], isUnique: true }),
  new TableIndex({ name: 'ux_users_root_marker', columnNames: ['root_marker'], isUnique: true }),
  new TableIndex({ name: 'ix_users_created_at', columnNames: ['created_at', 'id'] }),
  new TableIndex({ name: 'ix_users_group_name', columnNames: ['group_name'] }),
];

const sessionColumns = (text: Text): Column[] => [
  text('id', 36, { isPrimary: true }),
  text('user_id', 36),
  int('generation'),
  bigint('rotated_at'),
  text('ip', 64),
  text('user_agent', 255),
  bigint('created_at'),
  bigint('last_seen_at'),
  bigint('expires_at'),
];

const sessionIndices = [
  new TableIndex({ name: 'ix_sessions_user_id', columnNames: ['user_id', 'last_seen_at'] }),
  new TableIndex({ name: 'ix_sessions_expires_at', columnNames: ['expires_at'] }),
];

const apiKeyColumns = (text: Text): Column[] => [
  text('id', 36, { isPrimary: true }),
  text('user_id', 36),
  text('name', 100),
  text('key_hash', 64),
  text('key_preview', 32),
  text('status', 16),
  bigint('expires_at', nullable),
  { name: 'models', type: 'text', ...nullable },
  { name: 'allowed_ips', type: 'text', ...nullable },
  text('group_name', 64, nullable),
  int('rpm', nullable),
  int('tpm', nullable),
  int('concurrency', nullable),
  { name: 'budgeted', type: 'boolean' },
  bigint('last_used_at', nullable),
  bigint('created_at'),
  bigint('updated_at'),
];

const apiKeyIndices = [
  new TableIndex({ name: 'ux_api_keys_key_hash', columnNames: ['key_hash'], isUnique: true }),
  new TableIndex({ name: 'ix_api_keys_user_id', columnNames: ['user_id', 'created_at'] }),
  new TableIndex({ name: 'ix_api_keys_created_at', columnNames: ['created_at', 'id'] }),
  new TableIndex({ name: 'ix_api_keys_group_name', columnNames: ['group_name'] }),
];
