import { type DynamicModule, Logger, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource, DataSourceOptions } from 'typeorm';
import { ENV, type Env } from '../env';
import { connect } from './connect';
import { runMigrations } from './migrate';
import { dataSourceOptions, type Schema } from './options';

interface DatabaseModuleOptions extends Schema {
  /** Bring the schema up to date before anything else starts. On by default. */
  readonly migrate?: boolean;
}

/** Provides the `DataSource` everywhere; the libs' modules take repositories with `TypeOrmModule.forFeature`. */
@Module({})
export class DatabaseModule {
  static forRoot({ migrate = true, ...schema }: DatabaseModuleOptions): DynamicModule {
    return {
      module: DatabaseModule,
      imports: [
        TypeOrmModule.forRootAsync({
          inject: [ENV],
          // `connect` waits by itself and knows what is worth waiting for.
          useFactory: (env: Env) => ({
            ...dataSourceOptions(env, schema),
            guarded: isGuarded(env),
            toRetry: () => false,
          }),
          dataSourceFactory: (options) => open(options as DataSourceOptions & { guarded: boolean }, migrate),
        }),
      ],
    };
  }
}

const isGuarded = (env: Env): boolean => env.nodeEnv !== 'production';

async function open(
  { guarded, ...options }: DataSourceOptions & { guarded: boolean },
  migrate: boolean,
): Promise<DataSource> {
  const logger = new Logger('Database');
  const dataSource = await connect(options, { guarded, onRetry: (message) => logger.warn(message) });
  if (!migrate) return dataSource;
  try {
    const done = await runMigrations(dataSource);
    if (done.length > 0) logger.log(`migrated: ${done.join(', ')}`);
    return dataSource;
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
}
