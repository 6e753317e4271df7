import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { messageOf, redactText } from '@app/core';
import { readConfigFile } from './config-file';
import type { Env } from './env';
import { whyNotWritable } from './places';
import { variables, type Values, type VariableName } from './variables';

/** What the environment got wrong, all of it at once, each line with its fix. */
export class EnvError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(
      `The configuration has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
    this.name = 'EnvError';
  }
}

type Source = Readonly<Record<string, string | undefined>>;

/**
 * Reads and validates the environment over the file CONFIG_FILE names. Throws an `EnvError`. `willWrite`: the folders it names are
 * looked at, too.
 */
export function loadEnv(source: Source = process.env, { willWrite = false } = {}): Env {
  const problems: string[] = [];
  const configFile = source.CONFIG_FILE ? resolve(source.CONFIG_FILE) : undefined;
  const fileSource = configFile ? fileVariables(configFile, problems) : {};
  const values = readValues({ ...fileSource, ...present(source) }, problems);
  checkTogether(values, problems);
  if (willWrite) checkPlaces(values, problems);
  if (problems.length > 0) throw new EnvError(problems);
  return { ...defaults(values), ...optional(values), ...(configFile ? { configFile } : {}) };
}

/** `REDIS_URL=` in a compose file means "not set". */
const present = (source: Source): Source =>
  Object.fromEntries(Object.entries(source).filter(([, text]) => text?.trim()));

function fileVariables(path: string, problems: string[]): Source {
  try {
    const { variables: found } = readConfigFile(path);
    const unknown = Object.keys(found).filter((name) => !(name in variables));
    problems.push(
      ...unknown.map((name) => `${name}: not a variable, in ${path}. Remove it; runtime settings go below "settings".`),
    );
    return present(found);
  } catch (error) {
    problems.push(`CONFIG_FILE: cannot read ${path}: ${messageOf(error)}. Correct the file or unset CONFIG_FILE.`);
    return {};
  }
}

function readValues(source: Source, problems: string[]): Values {
  const values: Record<string, unknown> = {};
  for (const [name, { schema, ...rest }] of Object.entries(variables)) {
    const text = source[name]?.trim();
    if (text === undefined) continue;
    const result = schema.safeParse(text);
    if (result.success) values[name] = result.data;
    else problems.push(`${name}: expected ${rest.expected}, got ${shown(text, 'secret' in rest)}. ${rest.fix}`);
  }
  return values as Values; // each value came out of the schema of its own name
}

function shown(text: string, secret: boolean): string {
  if (!secret) return JSON.stringify(text.slice(0, 60));
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(text)?.[0];
  return scheme === undefined ? `${text.length} characters` : JSON.stringify(redactText(`${scheme}…`));
}

function checkTogether(values: Values, problems: string[]): void {
  const alone = values.ROOT_USERNAME === undefined ? 'ROOT_USERNAME' : 'ROOT_PASSWORD';
  if ((values.ROOT_USERNAME === undefined) !== (values.ROOT_PASSWORD === undefined)) {
    problems.push(`${alone}: missing. Set ROOT_USERNAME and ROOT_PASSWORD together, or neither.`);
  }
  const scheme = (url = 'sqlite:'): string => url.slice(0, url.indexOf(':'));
  const replicas = values.DATABASE_REPLICA_URLS ?? [];
  if (replicas.some((url) => scheme(url) === 'sqlite' || scheme(url) !== scheme(values.DATABASE_URL))) {
    problems.push(
      `DATABASE_REPLICA_URLS: expected replicas of DATABASE_URL, which is ${scheme(values.DATABASE_URL)}. Use URLs of that kind (SQLite has no replicas) or unset it.`,
    );
  }
}

/** A folder for logs by default lies below DATA_DIR and fails with it. */
function checkPlaces(values: Values, problems: string[]): void {
  const places = { DATA_DIR: defaults(values).dataDir, ...(values.LOG_DIR && { LOG_DIR: values.LOG_DIR }) };
  for (const [name, directory] of Object.entries(places)) {
    const reason = whyNotWritable(directory);
    if (reason === null) continue;
    problems.push(
      `${name}: cannot write to ${directory}: ${reason}. Make it writable or set ${name} to another folder.`,
    );
  }
}

function defaults(values: Values) {
  const dataDir = values.DATA_DIR ?? resolve('data');
  return {
    nodeEnv: values.NODE_ENV ?? 'production',
    port: values.PORT ?? 3000,
    host: values.HOST ?? '0.0.0.0',
    dataDir,
    databaseUrl: values.DATABASE_URL ?? `sqlite:${join(dataDir, 'one-api.sqlite')}`,
    databaseReplicaUrls: values.DATABASE_REPLICA_URLS ?? [],
    databasePoolSize: values.DATABASE_POOL_SIZE ?? 10,
    worker: values.WORKER ?? 'embedded',
    logLevel: values.LOG_LEVEL ?? 'info',
    logDir: values.LOG_DIR ?? join(dataDir, 'logs'),
    trustProxy: values.TRUST_PROXY ?? false,
    nodeId: `${hostname().slice(0, 40)}-${process.pid}-${randomBytes(3).toString('hex')}`,
  } satisfies Env;
}

const optionalNames = {
  REDIS_URL: 'redisUrl',
  MASTER_KEY: 'masterKey',
  ROOT_USERNAME: 'rootUsername',
  ROOT_PASSWORD: 'rootPassword',
  METRICS_TOKEN: 'metricsToken',
} as const satisfies Partial<Record<VariableName, keyof Env>>;

/** Variables without a default appear in the Env only when set. */
function optional(values: Values): Partial<Env> {
  const entries = Object.entries(optionalNames).map(([name, field]) => [field, values[name as VariableName]]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}
