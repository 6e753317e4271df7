import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { backupSqlite, restoreSqlite } from './sqlite-backup';

let directory: string;
let live: Database.Database;
const path = (name: string): string => join(directory, name);

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'one-api-backup-'));
  live = new Database(path('live.sqlite'));
  live.pragma('journal_mode = WAL');
  live.exec('CREATE TABLE migrations (id INTEGER); CREATE TABLE t (v INTEGER); INSERT INTO t VALUES (1)');
});

afterEach(() => {
  live.close();
  rmSync(directory, { recursive: true, force: true });
});

function valueOf(name: string): unknown {
  const database = new Database(path(name), { readonly: true });
  const value = database.prepare('SELECT v FROM t').pluck().get();
  database.close();
  return value;
}

it('copies a database in use, without what is not committed', () => {
  const writer = new Database(path('live.sqlite'));
  writer.exec('BEGIN IMMEDIATE; UPDATE t SET v = 2');
  backupSqlite(path('live.sqlite'), path('copies/one.sqlite'));
  writer.exec('COMMIT');
  writer.close();
  expect(valueOf('copies/one.sqlite')).toBe(1);
  expect(valueOf('live.sqlite')).toBe(2);
  expect(readdirSync(path('copies'))).toEqual(['one.sqlite']);
});

it('never writes over a file, and makes none of what it cannot read', () => {
  writeFileSync(path('taken'), 'precious');
  expect(() => backupSqlite(path('live.sqlite'), path('taken'))).toThrow('exists already');
  expect(readFileSync(path('taken'), 'utf8')).toBe('precious');
  expect(() => backupSqlite(path('none.sqlite'), path('copy'))).toThrow('there is no database');
  expect(() => backupSqlite(path('taken'), path('copy'))).toThrow('not a database');
  expect(existsSync(path('copy'))).toBe(false);
});

it('restores, and keeps what was there', () => {
  backupSqlite(path('live.sqlite'), path('copy.sqlite'));
  live.exec('UPDATE t SET v = 9');
  live.close();
  const kept = restoreSqlite(path('copy.sqlite'), path('live.sqlite'));
  expect(valueOf('live.sqlite')).toBe(1);
  expect(new Database(kept!).prepare('SELECT v FROM t').pluck().get()).toBe(9);
});

it('restores to where nothing is', () => {
  backupSqlite(path('live.sqlite'), path('copy.sqlite'));
  expect(restoreSqlite(path('copy.sqlite'), path('new.sqlite'))).toBeNull();
  expect(valueOf('new.sqlite')).toBe(1);
});

it('refuses to restore under a running server', () => {
  backupSqlite(path('live.sqlite'), path('copy.sqlite'));
  live.prepare('SELECT v FROM t').get();
  expect(() => restoreSqlite(path('copy.sqlite'), path('live.sqlite'))).toThrow('is in use: stop One API first');
  expect(readdirSync(directory).filter((name) => name.includes('restoring') || name.includes('before'))).toEqual([]);
});

it('restores over a database that is damaged', () => {
  backupSqlite(path('live.sqlite'), path('copy.sqlite'));
  live.close();
  writeFileSync(path('live.sqlite'), 'no database at all, only some text that is long enough to be looked at');
  restoreSqlite(path('copy.sqlite'), path('live.sqlite'));
  expect(valueOf('live.sqlite')).toBe(1);
});

it('refuses to restore a file of another program', () => {
  new Database(path('other.sqlite')).exec('CREATE TABLE t (v INTEGER)').close();
  expect(() => restoreSqlite(path('other.sqlite'), path('new.sqlite'))).toThrow('not a database of this program');
  expect(existsSync(path('new.sqlite'))).toBe(false);
});
