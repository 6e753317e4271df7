import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { EnvError, loadEnv } from './load-env';

const problemsOf = (source: Record<string, string | undefined>): readonly string[] => {
  try {
    loadEnv(source);
    return [];
  } catch (error) {
    if (error instanceof EnvError) return error.problems;
    throw error;
  }
};

const masterKey = Buffer.alloc(32, 7).toString('base64');

it('starts with nothing set', () => {
  expect(loadEnv({})).toEqual({
    nodeEnv: 'production',
    port: 3000,
    host: '0.0.0.0',
    dataDir: resolve('data'),
    databaseUrl: `sqlite:${resolve('data/one-api.sqlite')}`,
    databaseReplicaUrls: [],
    databasePoolSize: 10,
    worker: 'embedded',
    logLevel: 'info',
    logDir: resolve('data/logs'),
    trustProxy: false,
    nodeId: expect.stringMatching(/-[0-9]+-[0-9a-f]{6}$/),
  });
});

it('takes what is set', () => {
  const env = loadEnv({
    NODE_ENV: 'test',
    PORT: '8080',
    HOST: '::1',
    DATA_DIR: '/var/lib/one-api',
    DATABASE_URL: 'postgresql://u:p@db:5432/one?sslmode=require',
    DATABASE_REPLICA_URLS: 'postgres://u:p@r1/one, postgres://u:p@r2/one',
    DATABASE_POOL_SIZE: '20',
    REDIS_URL: 'rediss://:secret@cache:6380/2',
    MASTER_KEY: masterKey,
    ROOT_USERNAME: 'root',
    ROOT_PASSWORD: ' spaces inside stay '.trim(),
    WORKER: 'external',
    LOG_LEVEL: 'debug',
    TRUST_PROXY: 'loopback, 10.0.0.0/8',
    METRICS_TOKEN: 'scrape-me-please',
  });
  expect(env).toMatchObject({
    port: 8080,
    databaseUrl: 'postgres://u:p@db:5432/one?sslmode=require',
    databaseReplicaUrls: ['postgres://u:p@r1/one', 'postgres://u:p@r2/one'],
    redisUrl: 'rediss://:secret@cache:6380/2',
    logDir: '/var/lib/one-api/logs',
    trustProxy: ['loopback', '10.0.0.0/8'],
    worker: 'external',
    masterKey,
  });
});

it('treats an empty variable as not set', () => {
  expect(loadEnv({ REDIS_URL: '', PORT: ' ', MASTER_KEY: undefined })).toMatchObject({ port: 3000 });
  expect(loadEnv({ REDIS_URL: '' })).not.toHaveProperty('redisUrl');
});

it('explains every problem at once, each with its fix', () => {
  const source = { PORT: 'abc', LOG_LEVEL: 'loud', WORKER: 'maybe', MASTER_KEY: 'short', ROOT_USERNAME: 'root' };
  const problems = problemsOf(source);
  expect(problems).toEqual([
    'PORT: expected 1-65535, got "abc". Set PORT=3000.',
    expect.stringMatching(
      /^MASTER_KEY: expected 32 bytes in base64 .*, got 5 characters\. Make one with: openssl rand -base64 32\./,
    ),
    expect.stringMatching(/^WORKER: expected embedded or external, got "maybe"\. Set WORKER=embedded/),
    expect.stringMatching(/^LOG_LEVEL: expected silent, error, .*, got "loud"\. Set LOG_LEVEL=info\.$/),
    'ROOT_PASSWORD: missing. Set ROOT_USERNAME and ROOT_PASSWORD together, or neither.',
  ]);
  expect(() => loadEnv(source)).toThrow(/has 5 problems:\n {2}- PORT: .*\n {2}- MASTER_KEY: /);
});

it.each([
  ['PORT', '0', '70000', '-1', '3000.5', '1e3'],
  ['HOST', 'http://0.0.0.0', 'a b', '-x'],
  [
    'DATABASE_URL',
    'mongodb://db/one',
    'postgres://db',
    'postgres://db/',
    'one.sqlite',
    'sqlite:',
    'mysql:one',
    'sqlite:dir/',
  ],
  ['REDIS_URL', 'http://cache', 'cache:6379', 'redis:', 'redis://'],
  ['MASTER_KEY', Buffer.alloc(31).toString('base64'), `${masterKey}x`, `${masterKey},`.repeat(2) + 'x', ','],
  ['TRUST_PROXY', 'yes', '10.0.0.0/33', '::1/129', '1.2.3', '10.0.0.0/8/8', ','],
  ['NODE_ENV', 'staging'],
  ['METRICS_TOKEN', 'short', 'with spaces inside'],
  ['DATABASE_POOL_SIZE', '0', '501'],
])('refuses a wrong %s', (name, ...values) => {
  for (const value of values) {
    expect(problemsOf({ [name]: value })).toEqual([
      expect.stringMatching(new RegExp(`^${name}: expected .*, got .*\\. .*\\.$`)),
    ]);
  }
});

it('repeats no secret in a message', () => {
  const message = problemsOf({
    MASTER_KEY: 'my-secret-key',
    REDIS_URL: 'http://:hunter2@cache',
    DATABASE_URL: 'mongo://user:hunter2@db/one',
    METRICS_TOKEN: 'hunter2',
  }).join('\n');
  expect(message).not.toMatch(/my-secret-key|hunter2/);
  expect(message).toContain('got "mongo:…"');
});

it.each([
  ['sqlite:./one.sqlite', `sqlite:${resolve('one.sqlite')}`],
  ['sqlite:/var/one.sqlite', 'sqlite:/var/one.sqlite'],
  ['sqlite:///var/one.sqlite', 'sqlite:/var/one.sqlite'],
  ['sqlite://one.sqlite', `sqlite:${resolve('one.sqlite')}`],
  ['sqlite::memory:', 'sqlite::memory:'],
  ['mariadb://u:p%40ss@db/one', 'mysql://u:p%40ss@db/one'],
])('spells the database URL one way: %s', (given, expected) => {
  expect(loadEnv({ DATABASE_URL: given }).databaseUrl).toBe(expected);
});

it.each([
  ['true', true],
  ['false', false],
  ['2', 2],
  ['uniquelocal,fd00::/8', ['uniquelocal', 'fd00::/8']],
])('reads TRUST_PROXY=%s', (text, expected) => {
  expect(loadEnv({ TRUST_PROXY: text }).trustProxy).toEqual(expected);
});

it('refuses replicas of another kind of database', () => {
  const replica = { DATABASE_REPLICA_URLS: 'postgres://u@r/one' };
  expect(problemsOf(replica)).toEqual([
    expect.stringMatching(/^DATABASE_REPLICA_URLS: .* DATABASE_URL, which is sqlite\./),
  ]);
  expect(problemsOf({ ...replica, DATABASE_URL: 'mysql://u@h/one' })).toHaveLength(1);
  expect(problemsOf({ ...replica, DATABASE_URL: 'postgres://u@h/one' })).toEqual([]);
});

it('gives every process start a node id of its own', () => {
  expect(loadEnv({}).nodeId).not.toBe(loadEnv({}).nodeId);
});

describe('CONFIG_FILE', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'one-api-env-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const file = (name: string, text: string): string => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };

  it('lies under the environment, in YAML or JSON', () => {
    const yaml = file(
      'one.yaml',
      'port: 8080\nhost: 127.0.0.1\nlogLevel: debug\ntrust_proxy: [loopback, 10.0.0.0/8]\n',
    );
    expect(loadEnv({ CONFIG_FILE: yaml, PORT: '9090' })).toMatchObject({
      port: 9090,
      host: '127.0.0.1',
      logLevel: 'debug',
      trustProxy: ['loopback', '10.0.0.0/8'],
      configFile: yaml,
    });
    const json = file('one.json', '{"PORT": 8081, "settings": {"relay": {"retry": {"times": 2}}}}');
    expect(loadEnv({ CONFIG_FILE: json })).toMatchObject({ port: 8081 });
  });

  it('is checked like the environment, and does not hide its problems', () => {
    const yaml = file('bad.yaml', 'port: many\nprot: 3000\n');
    expect(problemsOf({ CONFIG_FILE: yaml, WORKER: 'no' })).toEqual([
      `PROT: not a variable, in ${yaml}. Remove it; runtime settings go below "settings".`,
      'PORT: expected 1-65535, got "many". Set PORT=3000.',
      expect.stringMatching(/^WORKER: /),
    ]);
  });

  it.each(['- a\n- b\n', 'port: {a: 1}\n', 'a: [\n', 'settings: 3\n'])(
    'refuses a file of another shape: %j',
    (text) => {
      expect(problemsOf({ CONFIG_FILE: file('x.yaml', text) })).toEqual([
        expect.stringMatching(/^CONFIG_FILE: cannot read .*x\.yaml: /),
      ]);
    },
  );

  it('refuses a file that is not there', () => {
    expect(problemsOf({ CONFIG_FILE: join(directory, 'none.yaml') })).toEqual([
      expect.stringMatching(
        /^CONFIG_FILE: cannot read .*none\.yaml: .*ENOENT.* Correct the file or unset CONFIG_FILE\.$/,
      ),
    ]);
  });
});

it('looks at the folders of a process that will write to them', () => {
  const source = { DATA_DIR: join(__filename, 'data'), LOG_DIR: __filename };
  expect(() => loadEnv(source)).not.toThrow();
  expect(() => loadEnv(source, { willWrite: true })).toThrow(
    /DATA_DIR: cannot write to .* not a directory.* Make it writable.*\n.*LOG_DIR: cannot write to /,
  );
  expect(() => loadEnv({ DATA_DIR: join(tmpdir(), 'not', 'yet', 'there') }, { willWrite: true })).not.toThrow();
});
