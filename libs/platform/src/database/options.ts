import type { Database } from 'better-sqlite3';
import type { DataSourceOptions, EntitySchema, MigrationInterface } from 'typeorm';
import type { Env } from '../env';
import { DatabaseLogger } from './database-logger';

type Class<T = object> = new () => T;

/** What the libs bring: the composition root collects it. */
export interface Schema {
  readonly entities: readonly (Class | EntitySchema)[];
  readonly migrations: readonly Class<MigrationInterface>[];
}

export type DatabaseEnv = Pick<Env, 'databaseUrl' | 'databaseReplicaUrls' | 'databasePoolSize'>;

const CONNECT_TIMEOUT_MS = 5_000;
const IDLE_TIMEOUT_MS = 60_000;
const SLOW_QUERY_MS = 1_000;
const INT8_OID = 20;

/**
 * TypeORM's options for the database the Env names. Reads go to the primary unless a caller asks for a replica
 * (`dataSource.createQueryRunner('slave')`): a row just written is there for the next reader.
 */
export function dataSourceOptions(env: DatabaseEnv, schema: Schema): DataSourceOptions {
  const common = {
    entities: [...schema.entities],
    migrations: [...schema.migrations],
    migrationsTransactionMode: 'each' as const,
    synchronize: false,
    logger: new DatabaseLogger(),
    maxQueryExecutionTime: SLOW_QUERY_MS,
  };
  if (env.databaseUrl.startsWith('sqlite:')) return { ...common, ...sqliteOptions(env) };
  if (env.databaseUrl.startsWith('postgres:')) return { ...common, ...postgresOptions(env) };
  return { ...common, ...mysqlOptions(env) };
}

const sqliteOptions = (env: DatabaseEnv) =>
  ({
    type: 'better-sqlite3',
    database: env.databaseUrl.slice('sqlite:'.length),
    statementCacheSize: 500,
    prepareDatabase: (database: Database): void => {
      database.pragma('journal_mode = WAL');
      // A commit survives the death of the process; the last ones may be lost when the machine loses power.
      database.pragma('synchronous = NORMAL');
      database.pragma('busy_timeout = 5000');
      database.pragma('foreign_keys = ON');
      database.pragma('journal_size_limit = 67108864');
    },
  }) as const;

const postgresOptions = (env: DatabaseEnv) =>
  ({
    type: 'postgres',
    ...withReplicas(env, (url) => ({ url })),
    applicationName: 'one-api',
    poolSize: env.databasePoolSize,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    extra: {
      idleTimeoutMillis: IDLE_TIMEOUT_MS,
      keepAlive: true,
      lock_timeout: 15_000,
      idle_in_transaction_session_timeout: 60_000,
      types: { getTypeParser: postgresParser },
    },
  }) as const;

/** bigint as a number where exact, as on the other databases; everything else as pg does it. */
function postgresParser(oid: number, format: 'text' | 'binary'): unknown {
  if (oid === INT8_OID) return (text: string) => (Number.isSafeInteger(Number(text)) ? Number(text) : text);
  // Loaded when PostgreSQL is in use, by which time TypeORM has loaded it too.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { types } = require('pg') as typeof import('pg');
  return types.getTypeParser(oid, format);
}

const mysqlOptions = (env: DatabaseEnv) =>
  ({
    type: 'mysql',
    ...withReplicas(env, mysqlCredentials),
    charset: 'utf8mb4_bin',
    timezone: 'Z',
    // As PostgreSQL's default: fewer gap locks, and a transaction sees what others have committed meanwhile.
    isolationLevel: 'READ COMMITTED',
    poolSize: env.databasePoolSize,
    connectTimeout: CONNECT_TIMEOUT_MS,
    supportBigNumbers: true,
    bigNumberStrings: false,
    extra: {
      maxIdle: env.databasePoolSize,
      idleTimeout: IDLE_TIMEOUT_MS,
      enableKeepAlive: true,
      queueLimit: 10_000,
    },
  }) as const;

/** mysql2 knows no `?ssl=` of its own: `ssl=true` checks the server's certificate, `ssl=no-verify` only encrypts. */
function mysqlCredentials(text: string) {
  const url = new URL(text);
  const ssl = url.searchParams.get('ssl');
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port || 3306),
    username: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
    ...(ssl === null ? {} : { ssl: { rejectUnauthorized: ssl !== 'no-verify' } }),
  };
}

/** One server, or a primary with replicas that serve only those who ask. */
function withReplicas<T>(env: DatabaseEnv, credentials: (url: string) => T) {
  const master = credentials(env.databaseUrl);
  if (env.databaseReplicaUrls.length === 0) return master;
  const slaves = env.databaseReplicaUrls.map(credentials);
  return { ...master, replication: { master, slaves, defaultMode: 'master' as const } };
}
