import { sealedCredentials, sealedProxies } from '@app/channels';
import { sealedSettings } from '@app/config';
import { sealedConversations, sealedIdempotentCalls } from '@app/relay';
import { migrationState } from '@app/platform/database';
import type { Env } from '@app/platform/env';
import {
  addMasterKey,
  countSealed,
  dropOldMasterKeys,
  loadMasterKeys,
  masterKeyFile,
  resealAll,
  SecretBox,
  type SealedCount,
} from '@app/platform/secrets';
import type { DataSource } from 'typeorm';
import { CommandFailed, type Register } from '../command';
import { withDatabase } from '../open-database';

/** Every place that holds sealed secrets. */
export const sealedPlaces = [
  sealedCredentials,
  sealedProxies,
  sealedSettings,
  ...sealedConversations,
  sealedIdempotentCalls,
];

const help = `
With the key in DATA_DIR/master.key: stop every server, run this, start them again.
With MASTER_KEY: put a new key first (MASTER_KEY=new,old) on every server and restart them, run this with the same
MASTER_KEY, then leave only the new key. Make one with: openssl rand -base64 32`;

export const registerRotateMasterKey: Register = (program, { env, say }) => {
  program
    .command('rotate-master-key')
    .description('encrypt all stored secrets under a new master key')
    .option('--drop-old', 'forget the old keys of DATA_DIR/master.key; older backups cannot be read any more')
    .addHelpText('after', help)
    .action(({ dropOld }: { dropOld?: boolean }) => {
      const current = env();
      return withDatabase(current, async (dataSource) => {
        await assertMigrated(dataSource);
        const box = new SecretBox(await nextKeys(current, dataSource));
        const counts: SealedCount[] = [];
        for (const place of sealedPlaces) counts.push(await resealAll(dataSource, box, place));
        for (const { name, current: moved } of counts) say(`${name}: ${moved} under master key ${box.currentKeyId}`);
        assertAllRead(counts);
        say(lastStep(current, dropOld ?? false));
      });
    });
};

async function assertMigrated(dataSource: DataSource): Promise<void> {
  const { pending } = await migrationState(dataSource);
  if (pending.length > 0) throw new CommandFailed('The database is not up to date. Run: npm run cli -- migrate');
}

async function nextKeys(env: Env, dataSource: DataSource): Promise<Buffer[]> {
  const keys = loadMasterKeys(env);
  if (env.masterKey === undefined) return (await isUnfinished(keys, dataSource)) ? keys : addMasterKey(env.dataDir);
  if (keys.length > 1) return keys;
  throw new CommandFailed(`MASTER_KEY holds one key: there is nothing to rotate to.${help}`);
}

/** A rotation that was interrupted goes on with the key it had made. */
async function isUnfinished(keys: readonly Buffer[], dataSource: DataSource): Promise<boolean> {
  const box = new SecretBox(keys);
  const counts = await Promise.all(sealedPlaces.map((place) => countSealed(dataSource, box, place)));
  return counts.some(({ older }) => older > 0);
}

function assertAllRead(counts: readonly SealedCount[]): void {
  const left = counts.filter(({ older, unreadable }) => older + unreadable > 0);
  if (left.length === 0) return;
  const list = left.map(
    ({ name, older, unreadable }) => `${name}: ${unreadable} unreadable, ${older} changed meanwhile`,
  );
  throw new CommandFailed(
    `Not every secret could be moved (${list.join('; ')}). The old keys stay. Run the command again; what stays unreadable was sealed under a key that is gone, enter it again.`,
  );
}

function lastStep(env: Env, dropOld: boolean): string {
  if (env.masterKey !== undefined) return 'Done. Leave only the first key in MASTER_KEY and restart every server.';
  const path = masterKeyFile(env.dataDir);
  if (!dropOld)
    return `Done. Start every server again. The old key stays in ${path}, below the new one, for old backups.`;
  dropOldMasterKeys(env.dataDir);
  return `Done. Start every server again. ${path} holds only the new key.`;
}
