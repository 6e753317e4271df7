import { migrationState, runMigrations } from '@app/platform/database';
import type { Register } from '../command';
import { withDatabase } from '../open-database';

export const registerMigrate: Register = (program, { env, say }) => {
  program
    .command('migrate')
    .description('bring the database up to date, as the server does when it starts')
    .option('--dry-run', 'only list what would be done')
    .action(({ dryRun }: { dryRun?: boolean }) =>
      withDatabase(env(), async (dataSource) => {
        if (dryRun) {
          const { pending } = await migrationState(dataSource);
          for (const name of pending) say(`pending  ${name}`);
          return say(`${pending.length} to do`);
        }
        const done = await runMigrations(dataSource);
        for (const name of done) say(`applied  ${name}`);
        say(done.length > 0 ? 'The database is up to date.' : 'The database was up to date already.');
      }),
    );
};
