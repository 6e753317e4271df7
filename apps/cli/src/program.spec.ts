import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChannelCredentialEntity, credentialContext } from '@app/channels';
import { type Env, loadEnv } from '@app/platform/env';
import { loadMasterKeys, masterKeyFile, newMasterKey, SecretBox } from '@app/platform/secrets';
import { LoginService } from '@app/users';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { withDatabase } from './open-database';
import { createProgram } from './program';
import { RootModule } from './root.module';

let dataDir: string;

beforeAll(() => Logger.overrideLogger(false));
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'one-api-cli-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

type Source = Record<string, string>;

const envOf = (source: Source = {}): Env => loadEnv({ DATA_DIR: dataDir, NODE_ENV: 'test', ...source });

/** Runs one command and returns what it said, and why it failed. */
async function cli(args: string[], source: Source = {}, input = ''): Promise<{ out: string; error?: string }> {
  const lines: string[] = [];
  const console = {
    env: () => envOf(source),
    say: (line: string) => void lines.push(line),
    readLine: async () => input,
  };
  try {
    await createProgram(console).parseAsync(args, { from: 'user' });
    return { out: lines.join('\n') };
  } catch (error) {
    return { out: lines.join('\n'), error: (error as Error).message };
  }
}

async function signIn(username: string, password: string): Promise<string> {
  const app = await NestFactory.createApplicationContext(RootModule.forRoot(envOf()), { logger: false });
  try {
    const client = { ip: '127.0.0.1', userAgent: 'test' };
    return (await app.get(LoginService).login(username, password, client)).user.role;
  } finally {
    await app.close();
  }
}

describe('migrate', () => {
  it('applies once what it lists before', async () => {
    const { out } = await cli(['migrate', '--dry-run']);
    expect(out).toMatch(/^pending {2}Users1764000000001$/m);
    expect((await cli(['migrate'])).out).toMatch(/applied {2}Users1764000000001[^]*The database is up to date\./);
    expect((await cli(['migrate'])).out).toBe('The database was up to date already.');
    expect((await cli(['migrate', '--dry-run'])).out).toBe('0 to do');
  });
});

describe('root', () => {
  it('creates the account with a password that works, once', async () => {
    const { out } = await cli(['root', '--username', 'admin']);
    expect(out).toContain('The root account admin is created.');
    const password = /Its password is (\S+)/.exec(out)![1]!;
    expect(await signIn('admin', password)).toBe('root');
    expect((await cli(['root'])).error).toBe('The root account is admin. To give it a new password: root --reset');
  });

  it('takes the password from the standard input and shows it nowhere', async () => {
    expect((await cli(['root', '--reset'])).error).toMatch(/^There is no root account yet/);
    await cli(['root'], { ROOT_USERNAME: 'boss', ROOT_PASSWORD: 'first pass phrase' });
    const { out } = await cli(['root', '--reset', '--password-stdin'], {}, 'another pass phrase');
    expect(out).toBe('The root account boss has a new password; its sessions have ended.');
    expect(await signIn('boss', 'another pass phrase')).toBe('root');
    await expect(signIn('boss', 'first pass phrase')).rejects.toThrow();
  });

  it('refuses a password that is too short', async () => {
    expect((await cli(['root', '--password-stdin'], {}, 'short')).error).toMatch(/password/);
  });
});

describe('backup and restore', () => {
  it('bring back the state of the copy', async () => {
    await cli(['migrate']);
    const copy = join(dataDir, 'copies', 'one.sqlite');
    expect((await cli(['backup', copy])).out).toMatch(/^Copied .*one-api\.sqlite to .*\nKeep .*master\.key too/);
    await withDatabase(envOf(), (dataSource) => dataSource.query('DROP TABLE users'));
    expect((await cli(['restore', copy])).out).toMatch(
      /^Restored .*\nWhat was there before is .*one-api\.sqlite\.before-/,
    );
    await withDatabase(envOf(), (dataSource) => dataSource.query('SELECT * FROM users'));
  });

  it('say what to do instead on another database', async () => {
    expect((await cli(['backup', 'x'], { DATABASE_URL: 'postgres://h/one' })).error).toContain('pg_dump');
    expect((await cli(['backup', 'x'], { DATABASE_URL: 'mysql://h/one' })).error).toContain('mysqldump');
    expect((await cli(['restore', 'x'], { DATABASE_URL: 'postgres://h/one' })).error).toContain('pg_restore');
  });
});

describe('rotate-master-key', () => {
  const id = '01890000-0000-7000-8000-000000000001';
  const context = credentialContext(id);

  async function plant(source: Source = {}): Promise<void> {
    await cli(['migrate'], source);
    const sealedSecret = new SecretBox(loadMasterKeys(envOf(source))).seal('sk-upstream', context);
    const row = { id, channelId: id, sealedSecret, preview: '', status: 'enabled' as const, position: 0, createdAt: 0 };
    await withDatabase(envOf(source), (dataSource) =>
      dataSource.getRepository(ChannelCredentialEntity).insert({ ...row, statusReason: null }),
    );
  }

  const stored = (source: Source = {}): Promise<string> =>
    withDatabase(envOf(source), async (dataSource) => {
      const row = await dataSource.getRepository(ChannelCredentialEntity).findOneByOrFail({ id });
      return row.sealedSecret;
    });

  it('makes a new key in the file and moves every secret to it', async () => {
    await plant();
    const before = loadMasterKeys(envOf());
    const { out } = await cli(['rotate-master-key']);
    expect(out).toMatch(/^channel credentials: 1 under master key [0-9a-f]{8}$/m);
    const after = loadMasterKeys(envOf());
    expect(after).toHaveLength(2);
    expect(new SecretBox([after[0]!]).open(await stored(), context)).toBe('sk-upstream');
    expect(after[1]).toEqual(before[0]);
    expect(out).not.toContain(after[0]!.toString('base64'));
  });

  it('forgets the old keys when told to', async () => {
    await plant();
    expect((await cli(['rotate-master-key', '--drop-old'])).out).toMatch(/holds only the new key\.$/);
    expect(new SecretBox(loadMasterKeys(envOf())).open(await stored(), context)).toBe('sk-upstream');
    expect(readFileSync(masterKeyFile(dataDir), 'utf8').trim().split('\n')).toHaveLength(1);
  });

  it('goes on with an interrupted rotation instead of starting another', async () => {
    await plant();
    writeFileSync(masterKeyFile(dataDir), `${newMasterKey()}\n${readFileSync(masterKeyFile(dataDir), 'utf8')}`);
    await cli(['rotate-master-key']);
    const keys = loadMasterKeys(envOf());
    expect(keys).toHaveLength(2);
    expect(new SecretBox([keys[0]!]).open(await stored(), context)).toBe('sk-upstream');
  });

  it('uses the first of MASTER_KEY, and explains itself when there is only one', async () => {
    const [older, newer] = [newMasterKey(), newMasterKey()];
    await plant({ MASTER_KEY: older });
    expect((await cli(['rotate-master-key'], { MASTER_KEY: older })).error).toMatch(/one key[^]*MASTER_KEY=new,old/);
    const { out } = await cli(['rotate-master-key'], { MASTER_KEY: `${newer},${older}` });
    expect(out).toContain('Leave only the first key');
    expect(new SecretBox(loadMasterKeys(envOf({ MASTER_KEY: newer }))).open(await stored(), context)).toBe(
      'sk-upstream',
    );
    expect(existsSync(masterKeyFile(dataDir))).toBe(false);
  });

  it('keeps every key while a secret cannot be read', async () => {
    await plant({ MASTER_KEY: newMasterKey() });
    const { error } = await cli(['rotate-master-key', '--drop-old']);
    expect(error).toMatch(/Not every secret could be moved \(channel credentials: 1 unreadable/);
    expect(loadMasterKeys(envOf())).toHaveLength(2);
  });
});

describe('reconcile', () => {
  it('finds nothing wrong with an untouched ledger, and says what differs in another', async () => {
    await cli(['root']);
    const clean = await cli(['reconcile']);
    expect(clean.error).toBeUndefined();
    expect(clean.out).toMatch(/^wallets +\d+$[^]*^Nothing differs/m);
    await withDatabase(envOf(), async (dataSource) => {
      await dataSource.query("UPDATE wallets SET funds_nano = funds_nano + 7 WHERE id LIKE 'user:%'");
    });
    const { out, error } = await cli(['reconcile']);
    expect(error).toBe('1 differences');
    expect(out).toMatch(/^balance +user:\S+ {2}expected (\d+) {2}found \d+$/m);
    expect((await cli(['reconcile'])).error).toBe('1 differences');
  });
});

describe('doctor', () => {
  const free = { PORT: '39871', HOST: '127.0.0.1' };

  it('finds nothing wrong with an empty machine, and leaves it empty', async () => {
    rmSync(dataDir, { recursive: true });
    const { out, error } = await cli(['doctor'], free);
    expect(error).toBeUndefined();
    expect(out).toMatch(/^ok {4}database +\S+one-api\.sqlite will be made at the first start$/m);
    expect(out).not.toMatch(/^(warn|fail)/m);
    expect(existsSync(dataDir)).toBe(false);
  });

  it('says what is missing, with the command that helps', async () => {
    await withDatabase(envOf(), (dataSource) => dataSource.query('SELECT 1'));
    expect((await cli(['doctor'], free)).out).toMatch(
      /warn +migrations[^]*→ Start the server, or run: npm run cli -- migrate/,
    );
    await cli(['migrate']);
    const { out, error } = await cli(['doctor'], free);
    expect(out).toMatch(/^ok +migrations +all applied$/m);
    expect(out).toMatch(/^warn +root account +does not exist yet\n +→ Open the console, or run: npm run cli -- root$/m);
    expect(error).toBeUndefined();
  });

  it('explains every variable that is wrong', async () => {
    const { out, error } = await cli(['doctor'], { PORT: 'abc', WORKER: 'x' });
    expect(out).toMatch(/^fail {2}environment +PORT: expected 1-65535, got "abc"\. Set PORT=3000\.$/m);
    expect(error).toBe('2 checks failed');
  });

  it('fails on what the server could not start with', async () => {
    const unreachable = {
      ...free,
      DATABASE_URL: 'postgres://app:hunter2@127.0.0.1:9/one',
      REDIS_URL: 'redis://:hunter2@127.0.0.1:9',
      MASTER_KEY: newMasterKey(),
    };
    const { out, error } = await cli(['doctor'], unreachable);
    expect(out).toMatch(/^fail +database +DATABASE_URL: cannot use PostgreSQL at 127\.0\.0\.1:9\/one: .*ECONNREFUSED/m);
    expect(out).toMatch(/^fail +redis +127\.0\.0\.1:9: .*ECONNREFUSED/m);
    expect(out).not.toContain('hunter2');
    expect(error).toBe('2 checks failed');
  });

  it('notices a lost master key, a readable one, and a taken port', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    await cli(['migrate']);
    const sealedSecret = new SecretBox([Buffer.alloc(32, 9)]).seal('sk-upstream', credentialContext('a'));
    await withDatabase(envOf(), (dataSource) =>
      dataSource.getRepository(ChannelCredentialEntity).insert({
        ...{ id: 'a', channelId: 'a', sealedSecret, preview: '', status: 'enabled', statusReason: null },
        ...{ position: 0, createdAt: 0 },
      }),
    );
    loadMasterKeys(envOf());
    chmodSync(masterKeyFile(dataDir), 0o644);
    const { out, error } = await cli(['doctor'], { HOST: '127.0.0.1', PORT: String(port) });
    server.close();
    expect(out).toMatch(/^warn +port +127\.0\.0\.1:\d+ is in use$/m);
    expect(out).toMatch(/^warn +master key +others may read .*\n +→ chmod 600 /m);
    expect(out).toMatch(/^fail +channel credentials +1 of 1 do not open$/m);
    expect(error).toBe('1 check failed');
  });
});
