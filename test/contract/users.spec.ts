import { randomBytes } from 'node:crypto';
import { systemClock } from '@app/core';
import { SecretBox } from '@app/platform/secrets';
import {
  type Actor,
  AccessTokens,
  ApiKeyRing,
  ApiKeyService,
  type ApiKeyTerms,
  ApiKeyUsage,
  type Credentials,
  Groups,
  GroupService,
  type ListRequest,
  LoginService,
  LoginThrottle,
  type NewUser,
  SessionService,
  type User,
  usersEntities,
  UserService,
  usersMigrations,
} from '@app/users';
import { ApiKeyRepository } from '../../libs/users/src/api-keys/api-key.repository';
import { GroupRepository } from '../../libs/users/src/groups/group.repository';
import { RefreshTokens } from '../../libs/users/src/sessions/refresh-tokens';
import { SessionRepository } from '../../libs/users/src/sessions/session.repository';
import { PasswordHasher } from '../../libs/users/src/users/password-hasher';
import { UserRepository } from '../../libs/users/src/users/user.repository';
import { LocalBus } from '../support/local-bus';
import { type DatabaseUnderTest, describeDatabases } from './support';

/** The lib on a real database, put together as its module does it. */
async function start(database: DatabaseUnderTest) {
  const [bus, secrets, hasher] = [new LocalBus(), new SecretBox([randomBytes(32)]), new PasswordHasher()];
  const userRows = new UserRepository(database.dataSource);
  const sessionRows = new SessionRepository(database.dataSource);
  const keyRows = new ApiKeyRepository(database.dataSource);
  const groupRows = new GroupRepository(database.dataSource);
  const groups = new Groups(groupRows, bus);
  const groupService = new GroupService(groupRows, bus, systemClock);
  const users = new UserService(userRows, sessionRows, groupService, hasher, bus, systemClock);
  const access = new AccessTokens(secrets, systemClock);
  const sessions = new SessionService(sessionRows, access, new RefreshTokens(secrets), bus, systemClock);
  const logins = new LoginService(userRows, hasher, new LoginThrottle(systemClock), sessions);
  const keys = new ApiKeyService(keyRows, users, groupService, bus, systemClock);
  const ring = new ApiKeyRing(keyRows, groups, bus, systemClock);
  const usage = new ApiKeyUsage(keyRows, systemClock);
  await groups.onModuleInit();
  sessions.onModuleInit();
  ring.onModuleInit();
  const stop = async () => {
    for (const service of [groups, sessions, ring, usage]) await service.beforeApplicationShutdown();
  };
  return { userRows, sessionRows, keyRows, groups, groupService, users, sessions, logins, keys, ring, usage, stop };
}

const client = { ip: '10.0.0.1', userAgent: 'jest' };
const password = 'correct horse battery';
const page = <F extends string>(by: F, more: Partial<ListRequest<F>> = {}): ListRequest<F> => ({
  offset: 0,
  limit: 20,
  by,
  descending: false,
  ...more,
});
const actorOf = ({ id, role }: User): Actor => ({ userId: id, role });
const newUser = (username: string, more: Partial<NewUser> = {}): NewUser => ({
  username,
  password,
  role: 'user',
  group: 'default',
  status: 'active',
  ...more,
});
const terms = (name: string, more: Partial<ApiKeyTerms> = {}): ApiKeyTerms => ({
  name,
  expiresAt: null,
  models: null,
  allowedIps: null,
  group: null,
  rpm: null,
  tpm: null,
  concurrency: null,
  budgeted: false,
  ...more,
});

describeDatabases('users', { entities: usersEntities, migrations: usersMigrations }, (database) => {
  let lib: Awaited<ReturnType<typeof start>>;
  let root: User;
  let boss: Actor;

  beforeAll(async () => {
    lib = await start(database);
  });
  afterAll(() => lib?.stop());

  it('makes one root account, however many ask for it at the same time', async () => {
    expect(await lib.users.isInitialized()).toBe(false);
    const wanted: Credentials[] = Array.from({ length: 5 }, (_, i) => ({ username: `Root${i}`, password }));
    const results = await Promise.allSettled(wanted.map((credentials) => lib.users.createRoot(credentials)));
    const made = results.filter((result) => result.status === 'fulfilled');
    expect(made).toHaveLength(1);
    for (const { reason } of results.filter((result) => result.status === 'rejected')) {
      expect(reason).toMatchObject({ code: 'conflict' });
    }
    root = made[0]!.value;
    boss = actorOf(root);
    expect(root).toMatchObject({ role: 'root', status: 'active', group: 'default' });
    expect(root.username).toMatch(/^root\d$/);
    await expect(lib.users.createRoot({ username: 'other', password })).rejects.toMatchObject({ code: 'conflict' });
  });

  it('undoes an account when what belongs to it cannot be done', async () => {
    const failing = lib.users.create(boss, newUser('undone'), () => Promise.reject(new Error('no wallet')));
    await expect(failing).rejects.toThrow('no wallet');
    await expect(lib.users.create(boss, newUser('undone'))).resolves.toMatchObject({ username: 'undone' });
  });

  it('keeps usernames and addresses apart whatever their case, and together whatever their accent', async () => {
    await lib.users.create(boss, newUser('Émile', { email: 'E@Example.com' }));
    await expect(lib.users.create(boss, newUser('émile'))).rejects.toMatchObject({ code: 'conflict' });
    const taken = lib.users.create(boss, newUser('other', { email: 'e@example.COM' }));
    await expect(taken).rejects.toMatchObject({ code: 'conflict' });
    await expect(lib.users.create(boss, newUser('emile'))).resolves.toMatchObject({ username: 'emile', email: null });
    await expect(lib.logins.login('emile', 'wrong', client)).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('makes one account of a name that many register at once', async () => {
    const tries = Array.from({ length: 5 }, () => lib.users.register({ username: 'racer', password }));
    const results = await Promise.allSettled(tries);
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
  });

  it('lists by page, order and beginning of name or address', async () => {
    for (const name of ['list-c', 'list-a', 'list-b', 'lisu', 'list_x', '李雷'])
      await lib.users.create(boss, newUser(name));
    await lib.users.create(boss, newUser('by-address', { email: 'List-Z@example.org' }));
    const names = async (more: Partial<ListRequest<'username'>>) =>
      (await lib.users.list(page('username', more))).items.map(({ username }) => username);
    expect(await names({ q: 'LIST-' })).toEqual(['by-address', 'list-a', 'list-b', 'list-c']);
    expect(await names({ q: 'list-', descending: true, limit: 2 })).toEqual(['list-c', 'list-b']);
    expect(await names({ q: 'list-', offset: 3 })).toEqual(['list-c']);
    expect(await names({ q: 'list-z' })).toEqual(['by-address']);
    expect(await names({ q: 'list_' })).toEqual(['list_x']);
    expect(await names({ q: 'list%' })).toEqual([]);
    expect(await names({ q: '李' })).toEqual(['李雷']);
    expect(await names({ q: root.id })).toEqual([root.username]);
    expect((await lib.users.list(page('createdAt', { q: 'list-', limit: 1 }))).total).toBe(4);
  });

  it('changes what it was told and nothing else', async () => {
    const user = await lib.users.create(boss, newUser('changing', { email: 'c@x.org' }));
    const changed = await lib.users.update(boss, user.id, { email: null, role: 'admin' });
    expect(changed).toEqual({ ...user, email: null, role: 'admin', updatedAt: expect.any(Number) as number });
    await expect(lib.users.update(boss, user.id, { username: root.username })).rejects.toMatchObject({
      code: 'conflict',
    });
    await expect(lib.users.update(boss, user.id, { group: 'nowhere' })).rejects.toMatchObject({ code: 'invalid' });
    await expect(lib.users.update(boss, user.id, { role: 'root' })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(lib.users.update(boss, 'nobody', { email: null })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('does not change a user whose role was raised meanwhile', async () => {
    const admin = actorOf(await lib.users.create(boss, newUser('gate-admin', { role: 'admin' })));
    const user = await lib.users.create(boss, newUser('raised'));
    const find = jest.spyOn(lib.userRows, 'find');
    find.mockImplementationOnce(async () => {
      await lib.users.update(boss, user.id, { role: 'admin' });
      return user;
    });
    await expect(lib.users.update(admin, user.id, { status: 'disabled' })).rejects.toMatchObject({ code: 'conflict' });
    find.mockRestore();
    expect(await lib.users.get(user.id)).toMatchObject({ role: 'admin', status: 'active' });
  });

  it('signs in by password, in any spelling of the name, and says the same of every failure', async () => {
    const user = await lib.users.create(boss, newUser('Login'));
    const { sessionId } = await lib.logins.login(' LOGIN ', password, client);
    expect(await lib.sessions.principal(sessionId)).toMatchObject({ userId: user.id, username: 'login' });
    await lib.users.create(boss, newUser('login-off', { status: 'disabled' }));
    const failures = [
      ['login', 'wrong'],
      ['nobody', password],
      ['login-off', password],
      ['not a name\u0000', password],
    ].map(([name, secret]) => lib.logins.login(name!, secret!, client).catch((error: Error) => error.message));
    expect(new Set(await Promise.all(failures))).toEqual(new Set(['wrong username or password']));
  });

  it('ends every session of a user who is disabled or gets a new password, and all but their own when they change it', async () => {
    const user = await lib.users.create(boss, newUser('sessions'));
    const open = async () => (await lib.sessions.open(user, client)).sessionId;
    const standing = (ids: string[]) => Promise.all(ids.map(async (id) => (await lib.sessions.principal(id)) !== null));
    const ids = [await open(), await open()];
    expect(await standing(ids)).toEqual([true, true]);
    await lib.users.updateOwn({ userId: user.id, sessionId: ids[1]! }, { password: 'another long one' });
    expect(await standing(ids)).toEqual([false, true]);
    await lib.users.update(boss, user.id, { password: 'yet another one' });
    expect(await standing(ids)).toEqual([false, false]);
    await expect(lib.logins.login('sessions', password, client)).rejects.toMatchObject({ code: 'unauthorized' });
    const again = [(await lib.logins.login('sessions', 'yet another one', client)).sessionId];
    await lib.users.update(boss, user.id, { status: 'disabled' });
    expect(await standing(again)).toEqual([false]);
    expect(await lib.sessions.list(user.id)).toEqual([]);
  });

  it('rotates a refresh token once when two processes present it at the same time', async () => {
    const user = await lib.users.create(boss, newUser('rotating'));
    const { refreshToken, sessionId } = await lib.sessions.open(user, client);
    const tabs = await Promise.all([1, 2, 3, 4].map(() => lib.sessions.refresh(refreshToken, client)));
    expect(new Set(tabs.map((tab) => tab.refreshToken)).size).toBe(1);
    expect((await lib.sessionRows.find(sessionId))?.session.generation).toBe(2);
  });

  it('keeps the fifty newest sessions of a user and forgets the ones that ran out', async () => {
    const user = await lib.users.create(boss, newUser('many-sessions'));
    for (let i = 0; i < 53; i++) await lib.sessions.open(user, client);
    expect(await lib.sessions.list(user.id)).toHaveLength(50);
    await lib.sessionRows.deleteExpired(Date.now() + 31 * 86_400_000);
    expect(await lib.sessionRows.list(user.id, 0)).toEqual([]);
  });

  it('issues keys that open at once, and closes them at once when rotated, disabled or deleted', async () => {
    const user = await lib.users.create(boss, newUser('keys'));
    const actor = actorOf(user);
    const { key, secret } = await lib.keys.create(
      actor,
      terms('first', { models: ['gpt-5*'], allowedIps: ['10.0.0.0/8'], rpm: 5 }),
    );
    expect(await lib.ring.authenticate(secret)).toMatchObject({ ok: true, caller: { keyId: key.id, userId: user.id } });
    const rotated = await lib.keys.rotate(actor, key.id);
    expect(await lib.ring.authenticate(secret)).toEqual({ ok: false, reason: 'unknown' });
    expect(await lib.ring.authenticate(rotated.secret)).toMatchObject({ ok: true, caller: { keyId: key.id } });
    const disabled = await lib.keys.update(actor, key.id, { status: 'disabled', models: [] });
    expect(disabled).toMatchObject({
      status: 'disabled',
      models: null,
      allowedIps: ['10.0.0.0/8'],
      rpm: 5,
      budgeted: false,
    });
    expect(await lib.ring.authenticate(rotated.secret)).toEqual({ ok: false, reason: 'disabled' });
    await lib.keys.delete(actor, key.id);
    expect(await lib.ring.authenticate(rotated.secret)).toEqual({ ok: false, reason: 'unknown' });
  });

  it('hides the keys of others from users, shows them to admins, and lets these change only those below them', async () => {
    const [alice, bob] = [
      actorOf(await lib.users.create(boss, newUser('owner-alice'))),
      actorOf(await lib.users.create(boss, newUser('owner-bob'))),
    ];
    const admin = actorOf(await lib.users.create(boss, newUser('owner-admin', { role: 'admin' })));
    const { key } = await lib.keys.create(alice, terms('alice 100%'));
    const { key: rootKey } = await lib.keys.create(boss, terms('of root'));
    await expect(lib.keys.get(bob, key.id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(lib.keys.delete(bob, key.id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(lib.keys.update(admin, rootKey.id, { name: 'x' })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(lib.keys.update(admin, key.id, { name: 'seen' })).resolves.toMatchObject({ name: 'seen' });
    const listed = async (actor: Actor, userId?: string, q?: string) =>
      (await lib.keys.list(actor, page('createdAt', { q }), userId)).items.map(({ id }) => id);
    expect(await listed(bob, alice.userId)).toEqual([]);
    expect(await listed(alice)).toEqual([key.id]);
    expect(await listed(admin, alice.userId)).toEqual([key.id]);
    expect(await listed(admin)).toEqual(expect.arrayContaining([key.id, rootKey.id]));
    expect(await listed(admin, undefined, 'SEE')).toEqual([key.id]);
    expect(await listed(admin, undefined, '%')).toEqual([]);
    expect(await listed(admin, undefined, rootKey.id)).toEqual([rootKey.id]);
  });

  it('lets users name no group but their own, which would be another price', async () => {
    await lib.groupService.put('cheap', { priceMultiplier: 0.1, rpm: null, tpm: null, concurrency: null });
    const user = actorOf(await lib.users.create(boss, newUser('bargain')));
    await expect(lib.keys.create(user, terms('k', { group: 'cheap' }))).rejects.toMatchObject({ code: 'forbidden' });
    const { key } = await lib.keys.create(user, terms('k', { group: 'default' }));
    await expect(lib.keys.update(user, key.id, { group: 'cheap' })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(lib.keys.update(boss, key.id, { group: 'nowhere' })).rejects.toMatchObject({ code: 'invalid' });
    await expect(lib.keys.update(boss, key.id, { group: 'cheap' })).resolves.toMatchObject({ group: 'cheap' });
    await expect(lib.keys.update(user, key.id, { group: 'cheap', name: 'same' })).resolves.toMatchObject({
      name: 'same',
    });
  });

  it.each([
    ['models.1', { models: ['ok', 'not ok'] }],
    ['models.0', { models: ['a*b'] }],
    ['allowedIps.0', { allowedIps: ['10.0.0.0/99'] }],
    ['name', { name: 'a\u0007b' }],
  ])('names %s as what is wrong with a key', async (path, wrong) => {
    await expect(lib.keys.create(boss, terms('k', wrong))).rejects.toMatchObject({
      code: 'invalid',
      extra: { errors: [{ path }] },
    });
  });

  it('puts a new price in force without being told twice', async () => {
    await lib.groupService.put('priced', { priceMultiplier: 1.5, rpm: 60, tpm: null, concurrency: null });
    const user = await lib.users.create(boss, newUser('priced', { group: 'priced' }));
    const { secret } = await lib.keys.create(actorOf(user), terms('k'));
    expect(await lib.ring.authenticate(secret)).toMatchObject({
      caller: { group: 'priced', multiplierPpm: 1_500_000, limits: [{ key: `group:priced:user:${user.id}`, rpm: 60 }] },
    });
    await lib.groupService.put('priced', { priceMultiplier: 2, rpm: null, tpm: null, concurrency: null });
    expect(await lib.ring.authenticate(secret)).toMatchObject({ caller: { multiplierPpm: 2_000_000, limits: [] } });
    await expect(lib.groupService.delete('priced')).rejects.toMatchObject({ code: 'conflict' });
    await lib.users.update(boss, user.id, { group: 'default' });
    await lib.groupService.delete('priced');
    expect(lib.groups.list().map(({ name }) => name)).not.toContain('priced');
    await expect(lib.groupService.delete('priced')).rejects.toMatchObject({ code: 'not_found' });
    await expect(lib.groupService.delete('default')).rejects.toMatchObject({ code: 'conflict' });
  });

  it('deletes a user with sessions and keys, and frees the name', async () => {
    const user = await lib.users.create(boss, newUser('leaving'));
    const { secret } = await lib.keys.create(actorOf(user), terms('k'));
    const { sessionId, refreshToken } = await lib.sessions.open(user, client);
    await Promise.all([lib.ring.authenticate(secret), lib.sessions.principal(sessionId)]);
    await lib.users.delete(boss, user.id);
    expect(await lib.ring.authenticate(secret)).toEqual({ ok: false, reason: 'unknown' });
    expect(await lib.sessions.principal(sessionId)).toBeNull();
    await expect(lib.sessions.refresh(refreshToken, client)).rejects.toMatchObject({ code: 'unauthorized' });
    expect(await lib.keyRows.countOfUser(user.id)).toBe(0);
    await expect(lib.users.create(boss, newUser('leaving'))).resolves.toBeDefined();
    await expect(lib.users.delete(boss, user.id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(lib.users.delete(boss, root.id)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('notes the last use of keys in batches, and again when it could not', async () => {
    const { key } = await lib.keys.create(boss, terms('used'));
    expect(key.lastUsedAt).toBeNull();
    const before = Date.now();
    lib.usage.touch(key.id);
    const markUsed = jest.spyOn(lib.keyRows, 'markUsed').mockRejectedValueOnce(new Error('database is away'));
    await lib.usage.flush();
    expect((await lib.keys.get(boss, key.id)).lastUsedAt).toBeNull();
    await lib.usage.flush();
    expect((await lib.keys.get(boss, key.id)).lastUsedAt).toBeGreaterThanOrEqual(before);
    await lib.usage.flush();
    expect(markUsed).toHaveBeenCalledTimes(2);
    markUsed.mockRestore();
    const byUse = async (descending: boolean) => (await lib.keys.list(boss, page('lastUsedAt', { descending }))).items;
    expect((await byUse(true))[0]?.id).toBe(key.id);
    expect((await byUse(false)).at(-1)?.id).toBe(key.id);
  });

  it('stores neither a password nor a key', async () => {
    const { secret } = await lib.keys.create(boss, terms('secret'));
    const rows = JSON.stringify([
      await database.dataSource.query('SELECT * FROM users'),
      await database.dataSource.query('SELECT * FROM api_keys'),
      await database.dataSource.query('SELECT * FROM sessions'),
    ]);
    expect(rows).not.toContain(secret);
    expect(rows).not.toContain(password);
    expect(rows).toContain('$argon2id$');
  });
});
