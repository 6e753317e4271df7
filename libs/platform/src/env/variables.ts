import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { z } from 'zod';
import { normalizeDatabaseUrl } from './database-url';
import { logLevels } from './env';

/** One environment variable: how its text is read, and what to say when that fails. */
interface Variable<T> {
  readonly schema: z.ZodType<T, string>;
  /** Completes "expected …, got …". */
  readonly expected: string;
  /** A sentence that, followed, makes the message go away. */
  readonly fix: string;
  /** The value is never repeated in a message. */
  readonly secret?: true;
}

const variable = <T>(
  schema: z.ZodType<T, string>,
  expected: string,
  fix: string,
  more: { secret?: true } = {},
): Variable<T> => ({ schema, expected, fix, ...more });

const integer = (min: number, max: number): z.ZodType<number, string> =>
  z.string().regex(/^\d+$/).transform(Number).pipe(z.number().min(min).max(max));

/** Zod's way of saying no from a transform. */
function refuse(context: z.RefinementCtx): never {
  context.addIssue({ code: 'custom', message: 'refused' });
  return z.NEVER;
}

const databaseUrl = z.string().transform((text, context) => normalizeDatabaseUrl(text) ?? refuse(context));

const list = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

/** One key: 32 bytes in base64 or base64url. */
export const isMasterKey = (text: string): boolean =>
  /^[A-Za-z0-9+/_-]{43}=?$/.test(text) && Buffer.from(text, 'base64').length === 32;

const isUrl =
  (...protocols: string[]) =>
  (text: string) =>
    URL.canParse(text) && protocols.includes(new URL(text).protocol) && new URL(text).hostname !== '';

const hostname = /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/;

function isProxyRange(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true;
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

const trustProxy = z.string().transform((text, context): boolean | number | string[] => {
  if (text === 'true' || text === 'false') return text === 'true';
  if (/^\d{1,2}$/.test(text)) return Number(text);
  const ranges = list(text);
  return ranges.length > 0 && ranges.every(isProxyRange) ? ranges : refuse(context);
});

const databaseFix =
  'Set DATABASE_URL=postgres://user:password@host:5432/name, mysql://… or sqlite:/path/to/file, or unset it for SQLite in DATA_DIR.';

/** Every variable this program reads, in the order of the documentation. */
export const variables = {
  NODE_ENV: variable(
    z.enum(['production', 'development', 'test']),
    'production, development or test',
    'Set NODE_ENV=production or unset it.',
  ),
  PORT: variable(integer(1, 65_535), '1-65535', 'Set PORT=3000.'),
  HOST: variable(
    z.string().refine((text) => isIP(text) > 0 || hostname.test(text)),
    'an address or host name to listen on',
    'Set HOST=0.0.0.0.',
  ),
  DATA_DIR: variable(
    z.string().transform((path) => resolve(path)),
    'a directory',
    'Set DATA_DIR=./data.',
  ),
  DATABASE_URL: variable(databaseUrl, 'a postgres://, mysql:// or sqlite: URL with a database name', databaseFix, {
    secret: true,
  }),
  DATABASE_REPLICA_URLS: variable(
    z.string().transform(list).pipe(z.array(databaseUrl)),
    'database URLs separated by commas, of the same kind as DATABASE_URL',
    'Set DATABASE_REPLICA_URLS=postgres://user:password@replica:5432/name or unset it.',
    { secret: true },
  ),
  DATABASE_POOL_SIZE: variable(integer(1, 500), '1-500', 'Set DATABASE_POOL_SIZE=10.'),
  REDIS_URL: variable(
    z.string().refine(isUrl('redis:', 'rediss:')),
    'a redis:// or rediss:// URL',
    'Set REDIS_URL=redis://host:6379/0, or unset it to use the embedded cache and queue.',
    { secret: true },
  ),
  MASTER_KEY: variable(
    z.string().refine((text) => list(text).length > 0 && list(text).every(isMasterKey)),
    '32 bytes in base64 (several keys separated by commas, the current one first)',
    'Make one with: openssl rand -base64 32. Unset it to have one generated in DATA_DIR/master.key.',
    { secret: true },
  ),
  ROOT_USERNAME: variable(z.string(), 'a user name', 'Set ROOT_USERNAME=root.'),
  ROOT_PASSWORD: variable(z.string(), 'a password', 'Set ROOT_PASSWORD.', { secret: true }),
  WORKER: variable(
    z.enum(['embedded', 'external']),
    'embedded or external',
    'Set WORKER=embedded to run background jobs in this process, WORKER=external to leave them to the worker.',
  ),
  LOG_LEVEL: variable(z.enum(logLevels), logLevels.join(', '), 'Set LOG_LEVEL=info.'),
  LOG_DIR: variable(
    z.string().transform((path) => resolve(path)),
    'a directory',
    'Set LOG_DIR=./data/logs or unset it.',
  ),
  TRUST_PROXY: variable(
    trustProxy,
    'true, false, a number of hops, or addresses and ranges separated by commas',
    'Set TRUST_PROXY=false, or TRUST_PROXY=1 behind one reverse proxy.',
  ),
  METRICS_TOKEN: variable(
    z.string().regex(/^\S{8,}$/),
    'at least 8 characters without spaces',
    'Make one with: openssl rand -hex 16. Unset it to leave /metrics open.',
    { secret: true },
  ),
} satisfies Record<string, Variable<unknown>>;

export type VariableName = keyof typeof variables;

export type Values = { -readonly [Name in VariableName]?: z.output<(typeof variables)[Name]['schema']> };
