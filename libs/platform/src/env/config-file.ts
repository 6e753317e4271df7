import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** A configuration file: values for environment variables by name, and the runtime settings under `settings`. */
export interface ConfigFile {
  /** `PORT`, `DATABASE_URL`, … as text. The file may write them `PORT`, `port`, `databaseUrl` or `database_url`. */
  readonly variables: Readonly<Record<string, string>>;
  /** The tree below the key `settings`, as written; libs/config validates it. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Reads YAML or JSON (JSON is a subset of YAML). Throws an Error that says what is wrong with the file. */
export function readConfigFile(path: string): ConfigFile {
  const { settings = {}, ...rest } = asRecord(parse(readFileSync(path, 'utf8')) ?? {}, 'the file');
  const entries = Object.entries(rest).map(([name, value]) => [variableName(name), textOf(name, value)] as const);
  return { variables: Object.fromEntries(entries), settings: asRecord(settings ?? {}, 'settings') };
}

/** `databaseUrl` and `database_url` → `DATABASE_URL`. */
const variableName = (name: string): string => name.replaceAll(/([a-z])([A-Z])/g, '$1_$2').toUpperCase();

function textOf(name: string, value: unknown): string {
  if (Array.isArray(value) && value.every(isScalar)) return value.join(',');
  if (value === null || value === undefined) return '';
  if (isScalar(value)) return String(value);
  throw new Error(`${name}: expected text, a number, true, false or a list of them`);
}

const isScalar = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value);

function asRecord(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new Error(`${what}: expected names with values, got ${Array.isArray(value) ? 'a list' : typeof value}`);
}
