import { resolve } from 'node:path';
import { messageOf } from '@app/core';
import { backupSqlite, sqliteFile } from '@app/platform/database';
import type { Env } from '@app/platform/env';
import { masterKeyFile } from '@app/platform/secrets';
import { CommandFailed, type Register } from '../command';

export const registerBackup: Register = (program, { env, say }) => {
  program
    .command('backup')
    .description('copy the SQLite database while the server runs')
    .argument('<file>', 'where the copy goes; must not exist')
    .action((file: string) => {
      const current = env();
      const from = requireSqlite(current, 'pg_dump --format=custom', 'mysqldump --single-transaction');
      try {
        backupSqlite(from, resolve(file));
      } catch (error) {
        throw new CommandFailed(messageOf(error), { cause: error });
      }
      say(`Copied ${from} to ${resolve(file)} and checked the copy.`);
      say(`Keep ${keyPlace(current)} too, and elsewhere: without it nobody can read the channels' keys in the copy.`);
    });
};

/** The path of the SQLite file. Other databases have tools of their own, which the refusal names. */
export function requireSqlite(env: Env, forPostgres: string, forMysql: string): string {
  const path = sqliteFile(env.databaseUrl);
  if (path !== null) return path;
  if (env.databaseUrl === 'sqlite::memory:')
    throw new CommandFailed('DATABASE_URL is sqlite::memory:, which has no file.');
  const [name, tool] = env.databaseUrl.startsWith('postgres:') ? ['PostgreSQL', forPostgres] : ['MySQL', forMysql];
  throw new CommandFailed(`This command is for SQLite; DATABASE_URL is ${name}. Use its own tool: ${tool}`);
}

const keyPlace = (env: Env): string => (env.masterKey === undefined ? masterKeyFile(env.dataDir) : 'MASTER_KEY');
