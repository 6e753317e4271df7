import { existsSync } from 'node:fs';
import { messageOf } from '@app/core';
import { connect, dataSourceOptions, migrationState, sqliteFile } from '@app/platform/database';
import type { Env } from '@app/platform/env';
import { countSealed, findMasterKeys, SecretBox } from '@app/platform/secrets';
import type { DataSource } from 'typeorm';
import { entities, migrations } from '../../../../ormconfig';
import { sealedPlaces } from '../commands/rotate-master-key';
import { type Check, fail, type Finding, ok, warn } from './check';

export const checkDatabase: Check = async (env) => {
  const file = sqliteFile(env.databaseUrl);
  if (file !== null && !existsSync(file)) return ok('database', `${file} will be made at the first start`);
  const started = Date.now();
  let dataSource: DataSource;
  try {
    dataSource = await connect(dataSourceOptions(env, { entities, migrations }), { waitMs: 0 });
  } catch (error) {
    return fail('database', messageOf(error), 'Correct DATABASE_URL or start the database.');
  }
  const reached = ok('database', `${dataSource.options.type} answered in ${Date.now() - started} ms`);
  return lookInside(env, dataSource)
    .then((findings) => [reached, ...findings])
    .finally(() => dataSource.destroy());
};

async function lookInside(env: Env, dataSource: DataSource): Promise<Finding[]> {
  const { pending, unknown } = await migrationState(dataSource);
  if (unknown.length > 0) {
    const message = `migrated by a newer version: ${unknown.join(', ')}`;
    return [warn('migrations', message, 'Run the version that did, or restore a backup from before.')];
  }
  if (pending.length > 0) {
    const fix = 'Start the server, or run: npm run cli -- migrate';
    return [warn('migrations', `${pending.length} not applied yet`, fix)];
  }
  return [ok('migrations', 'all applied'), ...(await checkSecrets(env, dataSource)), await checkRoot(dataSource)];
}

/** Are the secrets in the database under a key that is here? */
async function checkSecrets(env: Env, dataSource: DataSource): Promise<Finding[]> {
  const keys = readKeys(env);
  if (keys === undefined) return []; // the check of the master key says what is wrong with it
  const box = new SecretBox(keys ?? [Buffer.alloc(32)]);
  const counts = await Promise.all(sealedPlaces.map((place) => countSealed(dataSource, box, place)));
  return counts.map(({ name, current, older, unreadable }) => {
    if (unreadable > 0) {
      return fail(
        name,
        `${unreadable} of ${current + older + unreadable} do not open`,
        'Bring back the master key they were sealed with.',
      );
    }
    if (older > 0) return warn(name, `${older} are under an old master key`, 'Run: npm run cli -- rotate-master-key');
    return ok(name, `${current} open`);
  });
}

function readKeys(env: Env): Buffer[] | null | undefined {
  try {
    return findMasterKeys(env);
  } catch {
    return undefined;
  }
}

async function checkRoot(dataSource: DataSource): Promise<Finding> {
  const users = await dataSource.getRepository('users').countBy({ role: 'root' });
  if (users > 0) return ok('root account', 'exists');
  return warn('root account', 'does not exist yet', 'Open the console, or run: npm run cli -- root');
}
