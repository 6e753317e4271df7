import { billingEntities, billingMigrations } from '@app/billing';
import { channelsEntities, channelsMigrations } from '@app/channels';
import { configEntities, configMigrations } from '@app/config';
import { logsEntities, logsMigrations } from '@app/logs';
import { createDataSource, dataSourceOptions } from '@app/platform/database';
import { loadEnv } from '@app/platform/env';
import { platformEntities, platformMigrations } from '@app/platform/migrations';
import { relayEntities, relayMigrations } from '@app/relay';
import { usersEntities, usersMigrations } from '@app/users';
import type { DataSource } from 'typeorm';

/** The whole schema: what each lib keeps in the database, and how it came to be. */
export const entities = [
  ...platformEntities,
  ...configEntities,
  ...logsEntities,
  ...usersEntities,
  ...channelsEntities,
  ...billingEntities,
  ...relayEntities,
];

export const migrations = [
  ...platformMigrations,
  ...configMigrations,
  ...logsMigrations,
  ...usersMigrations,
  ...channelsMigrations,
  ...billingMigrations,
  ...relayMigrations,
];

/**
 * For the typeorm CLI (`typeorm migration:show -d dist/ormconfig.js`), which awaits what it finds here: the environment is
 * read only then, not by everyone who imports the schema.
 */
export default {
  then(resolve: (dataSource: DataSource) => void): void {
    const options = dataSourceOptions(loadEnv(), { entities, migrations });
    resolve(createDataSource({ ...options, logger: 'advanced-console' }));
  },
};
