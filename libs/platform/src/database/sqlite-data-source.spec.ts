import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { DataSource } from 'typeorm';
import { connect } from './connect';
import { dataSourceOptions } from './options';

let directory: string;
let dataSource: DataSource;

const open = (guarded = true): Promise<DataSource> => {
  const env = { databaseUrl: `sqlite:${join(directory, 'a.sqlite')}`, databaseReplicaUrls: [], databasePoolSize: 1 };
  return connect(dataSourceOptions(env, { entities: [], migrations: [] }), { guarded, waitMs: 0 });
};

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'one-api-sqlite-'));
  dataSource = await open();
  await dataSource.query('CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER)');
});

afterEach(async () => {
  if (dataSource.isInitialized) await dataSource.destroy();
  rmSync(directory, { recursive: true, force: true });
});

const insert = (id: number): Promise<unknown> => dataSource.query('INSERT INTO t (id, v) VALUES (?, 0)', [id]);
const ids = async (): Promise<number[]> =>
  (await dataSource.query('SELECT id FROM t ORDER BY id')).map((row: { id: number }) => row.id);

it('is set up to survive a killed process and to let readers in', async () => {
  const pragma = async (name: string) => Object.values((await dataSource.query(`PRAGMA ${name}`))[0])[0];
  expect(await pragma('journal_mode')).toBe('wal');
  expect(await pragma('synchronous')).toBe(1);
  expect(await pragma('foreign_keys')).toBe(1);
  expect(await pragma('busy_timeout')).toBe(5000);
});

it('refuses a statement beside its own transaction instead of waiting for itself', async () => {
  const work = dataSource.transaction(async () => void (await insert(1)));
  await expect(work).rejects.toThrow('use only the manager passed to the callback');
  await insert(2);
  expect(await ids()).toEqual([2]);
});

it('takes work that outlives the transaction it was started in', async () => {
  let later = Promise.resolve<unknown>(undefined);
  await dataSource.transaction(async (manager) => {
    await manager.query('INSERT INTO t (id, v) VALUES (1, 0)');
    later = sleep(20).then(() => insert(2));
  });
  await later;
  expect(await ids()).toEqual([1, 2]);
});

it('goes on after a transaction that failed to begin, to commit, or was given up', async () => {
  await expect(dataSource.transaction('SNAPSHOT', async () => undefined)).rejects.toThrow();
  await dataSource.query('CREATE TABLE c (id INTEGER REFERENCES t (id) DEFERRABLE INITIALLY DEFERRED)');
  const dangling = dataSource.transaction((manager) => manager.query('INSERT INTO c (id) VALUES (99)'));
  await expect(dangling).rejects.toThrow('FOREIGN KEY');
  const runner = dataSource.createQueryRunner();
  await runner.startTransaction();
  await runner.query('INSERT INTO t (id, v) VALUES (1, 0)');
  await runner.release();
  await insert(2);
  expect(await ids()).toEqual([2]);
});

it('frees the connection when SQLite itself ended the transaction', async () => {
  const work = dataSource.transaction((manager) =>
    manager.query('INSERT OR ROLLBACK INTO t (id, v) SELECT 1, 0 UNION ALL SELECT 1, 0'),
  );
  await expect(work).rejects.toThrow('UNIQUE');
  await insert(3);
  expect(await ids()).toEqual([3]);
});

it('shares the file with another process that writes: nobody fails, no update is lost', async () => {
  await insert(1);
  const other = promisify(execFile)(process.execPath, ['-e', otherProcess(join(directory, 'a.sqlite'))]);
  await once(other.child.stdout!, 'data');
  for (let index = 0; index < 200; index += 1) {
    await dataSource.transaction(async (manager) => {
      const [row] = await manager.query('SELECT v FROM t WHERE id = 1');
      await manager.query('UPDATE t SET v = ? WHERE id = 1', [row.v + 1]);
    });
  }
  await other;
  const [row] = await dataSource.query('SELECT v FROM t WHERE id = 1');
  expect(row.v).toBe(400);
});

/** Adds 1 two hundred times, from outside. */
const otherProcess = (path: string): string => `
  const Database = require(${JSON.stringify(require.resolve('better-sqlite3'))});
  const database = new Database(${JSON.stringify(path)}, { timeout: 10000 });
  database.prepare('SELECT 1').get();
  console.log('ready');
  const add = database.transaction(() => {
    const { v } = database.prepare('SELECT v FROM t WHERE id = 1').get();
    database.prepare('UPDATE t SET v = ? WHERE id = 1').run(v + 1);
  });
  for (let index = 0; index < 200; index += 1) add.immediate();
`;

it('opens again after it was closed', async () => {
  await insert(1);
  await dataSource.destroy();
  await dataSource.initialize();
  expect(await ids()).toEqual([1]);
});
