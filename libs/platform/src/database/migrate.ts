import { Logger } from '@nestjs/common';
import { messageOf } from '@app/core';
import { type DataSource, MigrationExecutor } from 'typeorm';
import { dialectOf } from './dialect';
import { withMigrationLock } from './migration-lock';

/** Names of migrations: applied to the database, known to this program but not applied, applied by a newer program. */
export interface MigrationState {
  readonly applied: readonly string[];
  readonly pending: readonly string[];
  readonly unknown: readonly string[];
}

const logger = new Logger('Migrations');

/** Brings the schema up to date and returns the names of what it ran. Processes that start together take turns. */
export function runMigrations(dataSource: DataSource): Promise<string[]> {
  return withMigrationLock(dataSource, async () => {
    const { applied, unknown } = await migrationState(dataSource);
    if (unknown.length > 0) {
      logger.warn(`the database was migrated by a newer version (${unknown.join(', ')}): update this program`);
    }
    if (applied.length === 0 && dialectOf(dataSource) === 'mysql') await useBinaryCollation(dataSource);
    const done = await dataSource.runMigrations({ transaction: 'each' });
    return done.map((migration) => migration.name);
  });
}

/** Reads only: does not create the table of migrations. */
export async function migrationState(dataSource: DataSource): Promise<MigrationState> {
  const known = dataSource.migrations.map((migration) => migration.name ?? migration.constructor.name);
  const applied = (await new MigrationExecutor(dataSource).getExecutedMigrations()).map(({ name }) => name);
  return {
    applied,
    pending: known.filter((name) => !applied.includes(name)),
    unknown: applied.filter((name) => !known.includes(name)),
  };
}

/** MySQL compares text without regard to case unless told otherwise; ids, model names and hashes must differ by case. */
async function useBinaryCollation(dataSource: DataSource): Promise<void> {
  const name = dataSource.driver.escape(String(dataSource.driver.database));
  try {
    await dataSource.query(`ALTER DATABASE ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
  } catch (error) {
    logger.warn(
      `cannot set the database's collation to utf8mb4_bin, text compares as the server likes: ${messageOf(error)}`,
    );
  }
}
