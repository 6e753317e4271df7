import { resolve } from 'node:path';
import { messageOf } from '@app/core';
import { restoreSqlite } from '@app/platform/database';
import { CommandFailed, type Register } from '../command';
import { requireSqlite } from './backup';

export const registerRestore: Register = (program, { env, say }) => {
  program
    .command('restore')
    .description('put a copy made by `backup` in the place of the SQLite database; the server must be stopped')
    .argument('<file>', 'the copy')
    .action((file: string) => {
      const to = requireSqlite(env(), 'pg_restore --clean', 'mysql < dump.sql');
      try {
        const kept = restoreSqlite(resolve(file), to);
        say(`Restored ${to} from ${resolve(file)}.`);
        if (kept !== null) say(`What was there before is ${kept}: remove it when all is well.`);
      } catch (error) {
        throw new CommandFailed(messageOf(error), { cause: error });
      }
    });
};
