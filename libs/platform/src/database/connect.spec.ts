import { createServer } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { connect } from './connect';
import { dataSourceOptions } from './options';

const optionsOf = (databaseUrl: string) =>
  dataSourceOptions({ databaseUrl, databaseReplicaUrls: [], databasePoolSize: 1 }, { entities: [], migrations: [] });

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}

it.each(['postgres', 'mysql'])(
  'waits a bounded time for %s and then says what to do, without the password',
  async (scheme) => {
    const retries: string[] = [];
    const url = `${scheme}://app:hunter2@127.0.0.1:${await closedPort()}/one`;
    const failure = await connect(optionsOf(url), { waitMs: 3_000, onRetry: (message) => retries.push(message) }).catch(
      (error: Error) => error.message,
    );
    expect(failure).toMatch(
      /^DATABASE_URL: cannot use (PostgreSQL|MySQL) at 127\.0\.0\.1:\d+\/one: .*ECONNREFUSED.*\. Check that/,
    );
    expect(failure).not.toContain('hunter2');
    expect(retries.length).toBeGreaterThan(0);
  },
);

it('does not wait for a SQLite file that can never be opened', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'one-api-connect-'));
  writeFileSync(join(directory, 'text.sqlite'), 'this is not a database, it is a text file');
  const failure = connect(optionsOf(`sqlite:${join(directory, 'text.sqlite')}`), { waitMs: 60_000 });
  await expect(failure).rejects.toThrow(/cannot use the SQLite file .*text\.sqlite: .*not a database/);
  rmSync(directory, { recursive: true });
});

it('keeps reads on the primary when there are replicas', () => {
  const env = {
    databaseUrl: 'mysql://u:p%40@h/one?ssl=true',
    databaseReplicaUrls: ['mysql://u@r:3307/one'],
    databasePoolSize: 5,
  };
  expect(dataSourceOptions(env, { entities: [], migrations: [] })).toMatchObject({
    replication: {
      defaultMode: 'master',
      master: {
        host: 'h',
        port: 3306,
        username: 'u',
        password: 'p@',
        database: 'one',
        ssl: { rejectUnauthorized: true },
      },
      slaves: [{ host: 'r', port: 3307 }],
    },
  });
});
