import { setTimeout as sleep } from 'node:timers/promises';
import SqliteDatabase from 'better-sqlite3';
import type { DataSource, QueryRunner } from 'typeorm';
import { dialectOf, type Dialect } from './dialect';

/** Takes the lock if it is free: then returns what gives it back. Each lock dies with its process. */
type TryLock = (dataSource: DataSource) => Promise<(() => Promise<void>) | null>;

const POLL_MS = 100;
const WAIT_MS = 5 * 60_000;

/** An arbitrary number, the same for every version of this program. PostgreSQL scopes it to the database. */
const POSTGRES_LOCK = 7_205_171_964;

/** Runs `work` while no other process that asks the same way does. Waits up to 5 minutes: migrations of big tables take long. */
export async function withMigrationLock<T>(
  dataSource: DataSource,
  work: () => Promise<T>,
  waitMs = WAIT_MS,
): Promise<T> {
  const tryLock = locks[dialectOf(dataSource)];
  const deadline = Date.now() + waitMs;
  for (;;) {
    const unlock = await tryLock(dataSource);
    if (unlock) return work().finally(unlock);
    if (Date.now() > deadline) throw new Error(`another process has been migrating the database for ${waitMs} ms`);
    await sleep(POLL_MS);
  }
}

/** A server's lock belongs to a session: one connection is kept for as long as it is held. */
async function sessionLock(dataSource: DataSource, lockSql: string, unlockSql: string, parameters: unknown[]) {
  const runner = dataSource.createQueryRunner();
  const [row] = await runner.query(lockSql, parameters).catch((error: unknown) => releaseAndThrow(runner, error));
  if (!isTrue(row?.locked)) return runner.release().then(() => null);
  return async () => {
    await runner.query(unlockSql, parameters).finally(() => runner.release());
  };
}

async function releaseAndThrow(runner: QueryRunner, error: unknown): Promise<never> {
  await runner.release();
  throw error;
}

/** PostgreSQL says true, MySQL says 1. */
const isTrue = (value: unknown): boolean => value === true || Number(value) === 1;

const locks: Record<Dialect, TryLock> = {
  postgres: (dataSource) =>
    sessionLock(dataSource, 'SELECT pg_try_advisory_lock($1) AS locked', 'SELECT pg_advisory_unlock($1)', [
      POSTGRES_LOCK,
    ]),

  // MySQL's named locks span all databases of the server.
  mysql: (dataSource) =>
    sessionLock(dataSource, 'SELECT GET_LOCK(?, 0) AS locked', 'SELECT RELEASE_LOCK(?)', [
      `one-api.migrations.${String(dataSource.options.database)}`.slice(0, 64),
    ]),

  // A second, empty SQLite database beside the first: the operating system drops its lock with the process.
  sqlite: async (dataSource) => {
    const path = String(dataSource.options.database);
    if (path === ':memory:') return async () => undefined;
    const file = new SqliteDatabase(`${path}.migration-lock`, { timeout: 0 });
    try {
      file.exec('BEGIN EXCLUSIVE');
      return async () => void file.close();
    } catch (error) {
      file.close();
      if ((error as { code?: string }).code === 'SQLITE_BUSY') return null;
      throw error;
    }
  },
};
