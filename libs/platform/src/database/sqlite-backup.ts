import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { messageOf } from '@app/core';
import SqliteDatabase from 'better-sqlite3';

/** The file a `sqlite:` URL names; null for other databases and for one in memory. */
export function sqliteFile(databaseUrl: string): string | null {
  const path = databaseUrl.startsWith('sqlite:') ? databaseUrl.slice('sqlite:'.length) : ':memory:';
  return path === ':memory:' ? null : path;
}

/**
 * A consistent, compact and checked copy of a SQLite database that may be in use: readers and writers go on. The copy has its
 * name only once it is whole. Never over an existing file.
 */
export function backupSqlite(from: string, to: string): void {
  if (!existsSync(from)) throw new Error(`there is no database at ${from}`);
  copy(from, to);
}

/**
 * Puts the copy in `from` in the place of the database `to`, which nobody may have open. What was there stays beside it; its
 * new name is returned.
 */
export function restoreSqlite(from: string, to: string): string | null {
  assertUnused(to);
  const aside = `${to}.restoring`;
  rmSync(aside, { force: true });
  copy(from, aside);
  const kept = `${to}.before-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`;
  const replaced = existsSync(to);
  for (const part of ['', '-wal', '-shm']) if (existsSync(to + part)) renameSync(to + part, kept + part);
  renameSync(aside, to);
  return replaced ? kept : null;
}

/** SQLite leaves its write-ahead log only when nobody else has the database open. A damaged one is nobody's. */
function assertUnused(path: string): void {
  if (!existsSync(path)) return;
  try {
    withDatabase(path, (database) => database.pragma('journal_mode = DELETE'));
  } catch (error) {
    const { code } = error as { code?: string };
    if (code?.startsWith('SQLITE_BUSY')) throw new Error(`${path} is in use: stop One API first`, { cause: error });
  }
}

function copy(from: string, to: string): void {
  if (existsSync(to)) throw new Error(`${to} exists already: choose another name`);
  const partial = `${to}.partial`;
  mkdirSync(dirname(to), { recursive: true });
  rmSync(partial, { force: true });
  try {
    withDatabase(from, (database) => database.prepare('VACUUM INTO ?').run(partial));
    withDatabase(partial, assertWhole);
    renameSync(partial, to);
  } catch (error) {
    throw new Error(`${from} cannot be copied: ${messageOf(error)}`, { cause: error });
  } finally {
    rmSync(partial, { force: true });
  }
}

function assertWhole(database: SqliteDatabase.Database): void {
  const problem = String(database.pragma('integrity_check(1)', { simple: true }));
  if (problem !== 'ok') throw new Error(problem);
  const tables = database.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migrations'").all();
  if (tables.length === 0) throw new Error('it is not a database of this program');
}

function withDatabase(path: string, work: (database: SqliteDatabase.Database) => void): void {
  const database = new SqliteDatabase(path, { timeout: 1_000, fileMustExist: true });
  try {
    work(database);
  } finally {
    database.close();
  }
}
