/** Everything the process is told from outside, validated. Built once by `loadEnv`; nobody else reads process.env. */
export interface Env {
  readonly nodeEnv: 'production' | 'development' | 'test';
  readonly port: number;
  readonly host: string;
  /** Absolute path. Holds the SQLite file, the generated master key, the spool and the logs. */
  readonly dataDir: string;
  /** `sqlite:/absolute/path`, `sqlite::memory:`, `postgres://…` or `mysql://…` (MariaDB too). */
  readonly databaseUrl: string;
  /** Read replicas, of the same kind as `databaseUrl`. */
  readonly databaseReplicaUrls: readonly string[];
  /** Connections this process may open to PostgreSQL or MySQL. SQLite has one. */
  readonly databasePoolSize: number;
  readonly redisUrl?: string;
  /** One or more base64 keys of 32 bytes, comma separated; the first is the current one. */
  readonly masterKey?: string;
  readonly rootUsername?: string;
  readonly rootPassword?: string;
  /** `external`: this process runs no background jobs. */
  readonly worker: 'embedded' | 'external';
  /** Absolute path of the YAML or JSON file that lies under the environment. */
  readonly configFile?: string;
  readonly logLevel: LogLevel;
  readonly logDir: string;
  /** As Express's `trust proxy`: false, true, a number of hops, or addresses and ranges. */
  readonly trustProxy: boolean | number | string[];
  /** When set, `/metrics` asks for it as a bearer token. */
  readonly metricsToken?: string;
  /** `<host>-<pid>-<random>`: names this process among its peers until it ends. */
  readonly nodeId: string;
}

export const logLevels = ['silent', 'error', 'warn', 'info', 'verbose', 'debug'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Injection token of the `Env`. */
export const ENV = Symbol('Env');
