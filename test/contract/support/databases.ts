import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, dataSourceOptions, runMigrations, type Dialect, type Schema } from '@app/platform/database';
import type { DataSource } from 'typeorm';
import { describeService, services } from './services';

/** A database of its own, made empty and dropped afterwards. */
export interface TemporaryDatabase {
  readonly dialect: Dialect;
  readonly url: string;
  /** A further connection pool to the same database, as another process would have. Closed by `drop`. */
  open(schema?: Partial<Schema>): Promise<DataSource>;
  drop(): Promise<void>;
}

/** What a suite under `describeDatabases` works with. Valid inside hooks and tests only. */
export interface DatabaseUnderTest {
  readonly dialect: Dialect;
  readonly url: string;
  /** Connected and migrated. */
  readonly dataSource: DataSource;
  open(schema?: Partial<Schema>): Promise<DataSource>;
}

/**
 * Runs one suite on SQLite, PostgreSQL and MariaDB, each on a fresh database with `schema` migrated:
 *
 *     describeDatabases('usage log', { entities: logsEntities, migrations: logsMigrations }, (database) => {
 *       it('keeps what it was given', async () => { await database.dataSource.getRepository(…)… });
 *     });
 */
export function describeDatabases(title: string, schema: Schema, suite: (database: DatabaseUnderTest) => void): void {
  describe(`${title} · sqlite`, () => suite(prepare('sqlite', schema)));
  describeService('postgres', `${title} · postgres`, () => suite(prepare('postgres', schema)));
  describeService('mysql', `${title} · mysql`, () => suite(prepare('mysql', schema)));
}

function prepare(dialect: Dialect, schema: Schema): DatabaseUnderTest {
  let database: TemporaryDatabase;
  let dataSource: DataSource;
  beforeAll(async () => {
    database = await createDatabase(dialect);
    dataSource = await database.open(schema);
    await runMigrations(dataSource);
  });
  afterAll(() => database?.drop());
  return {
    dialect,
    get url() {
      return database.url;
    },
    get dataSource() {
      return dataSource;
    },
    open: (other) => database.open(other ?? schema),
  };
}

/** An empty, randomly named database; for tests that are not one of `describeDatabases`. */
export async function createDatabase(dialect: Dialect): Promise<TemporaryDatabase> {
  const opened: DataSource[] = [];
  const { url, remove } = dialect === 'sqlite' ? createFile() : await createOnServer(dialect);
  return {
    dialect,
    url,
    async open({ entities = [], migrations = [] } = {}) {
      const env = { databaseUrl: url, databaseReplicaUrls: [], databasePoolSize: 5 };
      const dataSource = await connect(dataSourceOptions(env, { entities, migrations }), { waitMs: 0 });
      opened.push(dataSource);
      return dataSource;
    },
    async drop() {
      await Promise.all(opened.filter((dataSource) => dataSource.isInitialized).map((each) => each.destroy()));
      await remove();
    },
  };
}

function createFile() {
  const directory = mkdtempSync(join(tmpdir(), 'one-api-database-'));
  const remove = async (): Promise<void> => rmSync(directory, { recursive: true, force: true });
  return { url: `sqlite:${join(directory, 'test.sqlite')}`, remove };
}

async function createOnServer(dialect: 'postgres' | 'mysql') {
  const name = `one_api_test_${randomBytes(6).toString('hex')}`;
  await onServer(dialect, `CREATE DATABASE ${name}`);
  const url = new URL(services[dialect]);
  url.pathname = `/${name}`;
  const force = dialect === 'postgres' ? ' WITH (FORCE)' : '';
  return { url: url.href, remove: () => onServer(dialect, `DROP DATABASE IF EXISTS ${name}${force}`) };
}

async function onServer(dialect: 'postgres' | 'mysql', sql: string): Promise<void> {
  const env = { databaseUrl: services[dialect], databaseReplicaUrls: [], databasePoolSize: 1 };
  const dataSource = await connect(dataSourceOptions(env, { entities: [], migrations: [] }), { waitMs: 0 });
  await dataSource.query(sql).finally(() => dataSource.destroy());
}
