import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { AdminApi, type Gateway, loginRoot, startGateway } from '../support/gateway';
import { useWorld, type World } from '../support/world';

const failure = (env: Record<string, string>, port?: number): Promise<string> =>
  startGateway({ env, ...(port && { port }) }).then(
    (gateway: Gateway) => gateway.discard().then(() => 'it started'),
    (error: Error) => error.message,
  );

describe('a boot that cannot succeed', () => {
  it('names every wrong variable at once, without a stack', async () => {
    const said = await failure({ PORT: 'abc', DATABASE_URL: 'oracle://x/y', LOG_LEVEL: 'loud', MASTER_KEY: 'short' });
    for (const name of ['PORT', 'DATABASE_URL', 'LOG_LEVEL', 'MASTER_KEY']) expect(said).toContain(name);
    expect(said).not.toMatch(/\n\s+at /);
  });

  it.each(['DATA_DIR', 'LOG_DIR'])('says that %s cannot be written, among the rest', async (name) => {
    const said = await failure({ [name]: join(__filename, 'below-a-file'), PORT: 'abc' });
    expect(said).toMatch(new RegExp(`${name}: cannot write to .*boot.spec.ts.*not a directory`));
    expect(said).toContain('PORT: ');
  });

  it('says what is wrong with the root account, without a stack', async () => {
    const said = await failure({ ROOT_USERNAME: 'root', ROOT_PASSWORD: 'short' });
    expect(said).toMatch(/ROOT_USERNAME, ROOT_PASSWORD: password: .*characters/);
    expect(said).not.toMatch(/\n\s+at /);
  });

  it('says that the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    try {
      expect(await failure({}, port)).toMatch(new RegExp(`PORT.*${port}.*in use`));
    } finally {
      other.close();
    }
  });
});

it('makes the root account of ROOT_USERNAME and ROOT_PASSWORD, once', async () => {
  const account = { username: 'operator', password: 'given-by-the-environment' };
  const gateway = await startGateway({ env: { ROOT_USERNAME: account.username, ROOT_PASSWORD: account.password } });
  try {
    const open = new AdminApi(gateway.url, null);
    expect(await open.call('GET', '/status')).toMatchObject({ initialized: true });
    expect((await (await open.login(account)).me()).username).toBe('operator');
    expect(
      (await open.send('POST', '/setup', { username: 'thief', password: 'a-long-enough-passphrase' })).status,
    ).toBe(409);
  } finally {
    await gateway.discard();
  }
});

describe('what is on the disk', () => {
  let world: World;
  useWorld(
    (opened) => {
      world = opened;
    },
    { env: { LOG_LEVEL: 'debug' } },
  );

  it('is all there after a second start', async () => {
    const served = await world.serve('sim-fast');
    expect((await world.chat(served.model)).status).toBe(200);
    const { dataDir, port } = world.gateway;
    await world.gateway.stop();
    const again = await startGateway({ dataDir, port, env: { LOG_LEVEL: 'debug' } });
    try {
      const answer = await world.through(again).chat(served.model);
      expect(answer.status).toBe(200);
      const api = await loginRoot(again.url);
      expect(await api.usage({ model: served.model })).not.toHaveLength(0);
    } finally {
      await again.stop();
    }
  });

  it('holds no secret in the clear, in no file', async () => {
    const { dataDir } = world.gateway;
    const gateway = await startGateway({ dataDir, env: { LOG_LEVEL: 'debug' } });
    const secret = `sim-key-${randomBytes(12).toString('hex')}`;
    const password = randomBytes(12).toString('hex');
    const api = await loginRoot(gateway.url);
    await api.createChannel({
      name: 'secret',
      baseUrl: `${world.simulator.url}/v1`,
      keys: [secret],
      models: ['sim-401@secret'],
    });
    await api.setPrice('sim-401@secret', { inputPerMTok: 1 });
    const { key } = await api.createKey();
    await api.createUser({ username: 'secretive', password });
    expect((await world.through(gateway).chat('sim-401@secret', { key })).status).toBe(502);
    await gateway.stop();
    const files = readdirSync(dataDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(2);
    for (const file of files) {
      const bytes = readFileSync(join(file.parentPath, file.name));
      for (const text of [secret, password, key, key.slice(0, 30)])
        expect([file.name, bytes.includes(text)]).toEqual([file.name, false]);
    }
    expect(gateway.logs()).not.toContain(secret);
    expect(gateway.logs()).not.toContain(key);
  });

  it('is readable by its owner alone where it matters', () => {
    expect(statSync(join(world.gateway.dataDir, 'master.key')).mode & 0o777).toBe(0o600);
  });
});
