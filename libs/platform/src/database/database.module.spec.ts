import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { EnvModule, loadEnv } from '../env';
import { DatabaseModule } from './database.module';
import { SqliteDataSource } from './sqlite-data-source';

class Works1764000000911 implements MigrationInterface {
  up = (runner: QueryRunner): Promise<void> => runner.query('CREATE TABLE t (id INTEGER)');
  down = (runner: QueryRunner): Promise<void> => runner.query('DROP TABLE t');
}

class Breaks1764000000912 extends Works1764000000911 {
  override up = (runner: QueryRunner): Promise<void> => runner.query('CREATE TABLE t (id INTEGER)');
}

let directory: string;

beforeAll(() => Logger.overrideLogger(false));
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'one-api-module-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const boot = (migrations: (new () => MigrationInterface)[], source: Record<string, string> = {}, migrate?: boolean) =>
  Test.createTestingModule({
    imports: [
      EnvModule.forRoot(loadEnv({ DATA_DIR: join(directory, 'data'), ...source })),
      DatabaseModule.forRoot({ entities: [], migrations, migrate }),
    ],
  }).compile();

it('boots on an empty machine, migrated, with the guarded SQLite, and closes it at the end', async () => {
  const app = await boot([Works1764000000911]);
  const dataSource = app.get(DataSource);
  expect(dataSource).toBeInstanceOf(SqliteDataSource);
  expect(await dataSource.query('SELECT * FROM t')).toEqual([]);
  await app.close();
  expect(dataSource.isInitialized).toBe(false);
});

it('leaves the schema alone when told to', async () => {
  const app = await boot([Works1764000000911], {}, false);
  await expect(app.get(DataSource).query('SELECT * FROM t')).rejects.toThrow('no such table');
  await app.close();
});

it('does not start on a migration that fails', async () => {
  await expect(boot([Works1764000000911, Breaks1764000000912])).rejects.toThrow('already exists');
});

it('does not start on a database that refuses it, and says so at once', async () => {
  const started = Date.now();
  const source = { DATABASE_URL: `sqlite:${directory}/a.sqlite/b.sqlite` };
  const first = await boot([], { DATABASE_URL: `sqlite:${directory}/a.sqlite` });
  await expect(boot([], source)).rejects.toThrow(/^DATABASE_URL: cannot use the SQLite file/);
  // A server that is not there yet would be waited for, 30 s long.
  expect(Date.now() - started).toBeLessThan(25_000);
  await first.close();
});
