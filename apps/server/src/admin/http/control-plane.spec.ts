import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import request, { type Response } from 'supertest';
import { DataSource } from 'typeorm';
import { BillingModule } from '@app/billing';
import { ChannelsModule } from '@app/channels';
import { SettingsService } from '@app/config';
import { AuditLog, LogsModule } from '@app/logs';
import { type Env, loadEnv } from '@app/platform/env';
import { ApiKeyRing, UsersModule } from '@app/users';
import { PlatformModule } from '../../platform.module';
import { AuthAdminModule } from '../auth/auth.module';
import { GroupsAdminModule } from '../groups/groups.module';
import { SetupAdminModule } from '../setup/setup.module';
import { StatusAdminModule } from '../status/status.module';
import { TokensAdminModule } from '../tokens/tokens.module';
import { UsersAdminModule } from '../users/users.module';
import { AdminController, AdminHttpModule, configureAdminHttp, Public } from '.';

@AdminController('broken')
class BrokenController {
  @Get()
  @Public()
  get(): never {
    throw new Error('connect ECONNREFUSED postgres://user:secret@10.0.0.1/db');
  }
}

const features = [
  StatusAdminModule,
  SetupAdminModule,
  AuthAdminModule,
  UsersAdminModule,
  TokensAdminModule,
  GroupsAdminModule,
];
const libs = [LogsModule, UsersModule, ChannelsModule, BillingModule];

async function boot(env: Env): Promise<NestExpressApplication> {
  @Module({
    imports: [PlatformModule.forRoot(env), ...libs, AdminHttpModule, ...features],
    controllers: [BrokenController],
  })
  class TestModule {}
  const app = await NestFactory.create<NestExpressApplication>(TestModule, {
    bodyParser: false,
    abortOnError: false,
    logger: false,
  });
  configureAdminHttp(app, env);
  return app.init();
}

type Send = (path: string, body?: object) => request.Test;
interface Caller {
  readonly get: Send;
  readonly post: Send;
  readonly put: Send;
  readonly patch: Send;
  readonly delete: Send;
}

const password = 'correct horse battery';

describe('the control plane', () => {
  let directory: string;
  let app: NestExpressApplication;
  let root: Caller & { readonly id: string };
  let names = 0;

  const as = (token?: string): Caller => {
    const send = (method: 'get' | 'post' | 'put' | 'patch' | 'delete') => (path: string, body?: object) => {
      const call = request(app.getHttpServer())[method](`/api${path}`);
      if (token !== undefined) void call.set('authorization', `Bearer ${token}`);
      return body === undefined ? call : call.send(body);
    };
    return { get: send('get'), post: send('post'), put: send('put'), patch: send('patch'), delete: send('delete') };
  };
  const nobody = as();
  const name = () => `user${++names}`;
  const signIn = async (username: string, secret = password) => {
    const answer = await nobody.post('/auth/login', { username, password: secret }).expect(200);
    return { ...as(answer.body.accessToken), answer, id: answer.body.user.id as string, cookie: cookieOf(answer) };
  };
  /** A user of the role, signed in. */
  const member = async (role = 'user', by: Caller = root) => {
    const username = name();
    await by.post('/users', { username, password, role }).expect(201);
    return { ...(await signIn(username)), username };
  };

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'one-api-admin-'));
    app = await boot(loadEnv({ NODE_ENV: 'test', DATA_DIR: directory }));
  });

  afterAll(async () => {
    await app?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  describe('before anybody has signed in', () => {
    it('says what a console must know', async () => {
      const { body } = await nobody.get('/status').expect(200);
      expect(body).toEqual({
        name: 'One API',
        version: expect.stringMatching(/^\d+\.\d+\.\d+/),
        initialized: false,
        registrationEnabled: false,
        loginMethods: ['password'],
      });
    });

    it.each([
      [{}, ['username', 'password']],
      [{ username: 'root' }, ['password']],
      [{ username: 'root', password: 'short' }, ['password']],
      [{ username: 'ro\u0000ot', password }, ['username']],
      [{ username: ['root'], password }, ['username']],
      [{ username: 'root', password, email: 'nonsense' }, ['email']],
      [{ username: 'root', password, role: 'root' }, ['role']],
    ])('does not set up with %j', async (body, paths) => {
      const answer = await nobody.post('/setup', body).expect(400);
      expectProblem(answer, 'invalid');
      expect(answer.body.errors.map(({ path }: { path: string }) => path)).toEqual(paths);
    });

    it('sets up once, however many try at the same time, and credits the root account', async () => {
      const answers = await Promise.all(
        ['root', 'toor', 'boss'].map((username) => nobody.post('/setup', { username, password })),
      );
      const won = answers.filter(({ status }) => status === 201);
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
      const { accessToken, expiresIn, user } = won[0]!.body;
      expect(expiresIn).toBe(600);
      expect(user).toMatchObject({
        role: 'root',
        status: 'active',
        group: 'default',
        balanceUsd: 1000,
        usedUsd: 0,
        requestCount: 0,
      });
      expect(Object.keys(user)).not.toContain('passwordHash');
      expect(cookieOf(won[0]!)).toBeDefined();
      root = { ...as(accessToken), id: user.id };
      await root.patch(`/users/${user.id}`, { username: 'root' }).expect(200);
      expectProblem(await nobody.post('/setup', { username: 'again', password }).expect(409), 'conflict');
      expect((await nobody.get('/status')).body.initialized).toBe(true);
    });
  });

  describe('errors', () => {
    it('carry an id that the answer names too, and are never cached', async () => {
      const answer = await nobody.get('/users').expect(401);
      expectProblem(answer, 'unauthorized');
      expect(answer.headers['www-authenticate']).toBe('Bearer');
      expect(answer.headers['cache-control']).toBe('no-store');
    });

    it.each([
      ['malformed JSON', '{"username":', 400, 'invalid'],
      ['an array', '[]', 400, 'invalid'],
      ['a number', '1', 400, 'invalid'],
      ['nothing', '', 400, 'invalid'],
      ['a mebibyte and more', JSON.stringify({ username: 'x'.repeat(1_048_576) }), 413, 'request_too_large'],
      ['a poisoned prototype', '{"__proto__":{"role":"root"},"username":"a","constructor":1}', 400, 'invalid'],
    ])('answer a body of %s', async (_, body, status, code) => {
      const call = request(app.getHttpServer())
        .post('/api/auth/login')
        .set('content-type', 'application/json')
        .send(body);
      expectProblem(await call.expect(status), code);
    });

    it('answer a charset nobody knows and a body that is not JSON', async () => {
      const post = (type: string) =>
        request(app.getHttpServer()).post('/api/auth/login').set('content-type', type).send('{}');
      expectProblem(await post('application/json; charset=klingon').expect(415), 'unsupported_media_type');
      expectProblem(await post('text/plain').expect(400), 'invalid');
    });

    it.each(['/nothing', '/users/a%00b', `/users/${'x'.repeat(300)}`, '/tokens/a%2Fb', '/groups/%ff'])(
      'answer %s without an accident',
      async (path) => {
        const answer = await root.get(path);
        expect([400, 404]).toContain(answer.status);
        expectProblem(answer, answer.status === 400 ? 'invalid' : 'not_found');
      },
    );

    it('tell nothing of what went wrong inside', async () => {
      const answer = await nobody.get('/broken').expect(500);
      expectProblem(answer, 'internal');
      expect(JSON.stringify(answer.body)).not.toMatch(/ECONN|postgres|secret|at /);
    });

    it.each(['x', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.', ''])('refuse the access token %j', async (token) => {
      expectProblem(await as(token).get('/users/me').expect(401), 'unauthorized');
    });
  });

  describe('signing in', () => {
    it('takes the name in any case and sets a cookie that scripts and other sites cannot use', async () => {
      const { username } = await member();
      const { answer } = await signIn(username.toUpperCase());
      expect(answer.body).toMatchObject({ expiresIn: 600, user: { username } });
      const cookie = String(answer.headers['set-cookie']);
      expect(cookie).toMatch(/HttpOnly/);
      expect(cookie).toMatch(/SameSite=Strict/);
      expect(cookie).toMatch(/Path=\/api\/auth;/);
    });

    it('fails alike for a wrong password, an unknown user and a disabled one', async () => {
      const { username, id } = await member();
      await root.patch(`/users/${id}`, { status: 'disabled' }).expect(200);
      const tries: [string, string][] = [
        ['root', 'wrong password'],
        [name(), password],
        [username, password],
      ];
      const answers = await Promise.all(
        tries.map(([user, secret]) => nobody.post('/auth/login', { username: user, password: secret })),
      );
      for (const answer of answers) expectProblem(answer, 'unauthorized');
      expect(new Set(answers.map(({ body }) => body.detail)).size).toBe(1);
    });

    it('stops guessing after ten failures and says when to come back', async () => {
      const { username } = await member();
      for (let i = 0; i < 10; i++) await nobody.post('/auth/login', { username, password: 'wrong' }).expect(401);
      const answer = await nobody.post('/auth/login', { username, password }).expect(429);
      expectProblem(answer, 'too_many_requests');
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(600);
    });

    it('goes on with the refresh cookie, which changes each time', async () => {
      const { username, cookie } = await member();
      const first = await refresh(cookie).expect(200);
      expect(first.body).toMatchObject({ expiresIn: 600, user: { username } });
      const second = await refresh(cookieOf(first)).expect(200);
      expect(new Set([cookie, cookieOf(first), cookieOf(second)]).size).toBe(3);
      await as(second.body.accessToken).get('/users/me').expect(200);
    });

    it('takes a refresh cookie that was used before for stolen, but not that of a second tab', async () => {
      const { cookie, get } = await member();
      const tabs = await Promise.all([refresh(cookie), refresh(cookie)]);
      expect(tabs.map(({ status }) => status)).toEqual([200, 200]);
      await app.get(DataSource).query('UPDATE sessions SET rotated_at = rotated_at - 60000');
      const stolen = await refresh(cookie).expect(401);
      expect(String(stolen.headers['set-cookie'])).toMatch(/one_api_refresh=;/);
      await refresh(cookieOf(tabs[0]!)).expect(401);
      await get('/users/me').expect(401);
    });

    it('is refused without a cookie or with a forged one', async () => {
      expectProblem(await nobody.post('/auth/refresh').expect(401), 'unauthorized');
      await refresh('one_api_refresh=forged').expect(401);
    });

    it('ends with logout, by cookie or by access token, at once', async () => {
      const { username, answer, get, cookie } = await member();
      const other = await signIn(username);
      await request(app.getHttpServer()).post('/api/auth/logout').set('cookie', cookie!).expect(204);
      await get('/users/me').expect(401);
      await refresh(cookie).expect(401);
      await other.post('/auth/logout').expect(204);
      await other.get('/users/me').expect(401);
      await as(answer.body.accessToken).post('/auth/logout').expect(204);
    });

    it('lists where one is signed in and ends any of it', async () => {
      const here = await member();
      const there = await signIn(here.username);
      const { items } = (await here.get('/auth/sessions').expect(200)).body;
      expect(items).toHaveLength(2);
      const other = items.find(({ current }: { current: boolean }) => !current);
      expect(other).toMatchObject({ ip: '127.0.0.1', userAgent: '', createdAt: expect.stringMatching(/Z$/) });
      expectProblem(await root.delete(`/auth/sessions/${other.id}`).expect(404), 'not_found');
      await here.delete(`/auth/sessions/${other.id}`).expect(204);
      await there.get('/users/me').expect(401);
      await here.get('/users/me').expect(200);
    });

    it('is open to newcomers only where the setting says so', async () => {
      const newcomer = { username: name(), password, email: 'new@example.org' };
      expectProblem(await nobody.post('/auth/register', newcomer).expect(403), 'forbidden');
      const open = (registrationEnabled: boolean) =>
        app.get(SettingsService).change({ patch: { users: { registrationEnabled } }, actorId: null });
      await open(true);
      expect((await nobody.get('/status')).body.registrationEnabled).toBe(true);
      const answer = await nobody.post('/auth/register', newcomer).expect(200);
      expect(answer.body.user).toMatchObject({
        role: 'user',
        group: 'default',
        balanceUsd: 0,
        email: 'new@example.org',
      });
      expectProblem(await nobody.post('/auth/register', newcomer).expect(409), 'conflict');
      await as(answer.body.accessToken).get('/users').expect(403);
      await open(false);
    });
  });

  describe('users', () => {
    it('are made, read, changed and deleted by those above them', async () => {
      const created = await root
        .post('/users', { username: 'Carol', password, email: 'Carol@Example.org', group: 'default' })
        .expect(201);
      expect(created.body).toEqual({
        id: expect.any(String),
        username: 'carol',
        email: 'carol@example.org',
        role: 'user',
        status: 'active',
        group: 'default',
        balanceUsd: 0,
        usedUsd: 0,
        requestCount: 0,
        createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      });
      const path = `/users/${created.body.id}`;
      expect((await root.get(path).expect(200)).body).toEqual(created.body);
      const changed = await root.patch(path, { email: null, role: 'admin' }).expect(200);
      expect(changed.body).toEqual({ ...created.body, email: null, role: 'admin' });
      expectProblem(await root.post('/users', { username: 'CAROL', password }).expect(409), 'conflict');
      await root.delete(path).expect(204);
      expectProblem(await root.get(path).expect(404), 'not_found');
      expectProblem(await root.delete(path).expect(404), 'not_found');
    });

    it('are listed by page, with what was asked for', async () => {
      const { body } = await root.get('/users?page=2&pageSize=2&sort=username').expect(200);
      expect(body).toMatchObject({ page: 2, pageSize: 2, total: expect.any(Number) });
      expect(body.items).toHaveLength(2);
      expect((await root.get('/users?q=roo&unknown=1').expect(200)).body.items).toMatchObject([{ username: 'root' }]);
      for (const query of ['page=0', 'page=x', 'pageSize=101', 'sort=password', 'sort=a;b', 'q=a%00', 'q=a&q=b']) {
        expectProblem(await root.get(`/users?${query}`).expect(400), 'invalid');
      }
    });

    it('do not reach those of their own role or above', async () => {
      const [admin, peer, user] = [await member('admin'), await member('admin'), await member()];
      await admin.get('/users').expect(200);
      await admin.patch(`/users/${user.id}`, { status: 'disabled' }).expect(200);
      for (const id of [peer.id, root.id]) {
        expectProblem(await admin.patch(`/users/${id}`, { email: null }).expect(403), 'forbidden');
        expectProblem(await admin.delete(`/users/${id}`).expect(403), 'forbidden');
        expectProblem(
          await admin.post(`/users/${id}/adjustments`, { amountUsd: 1, reason: 'x' }).expect(403),
          'forbidden',
        );
      }
      await admin.post('/users', { username: name(), password, role: 'admin' }).expect(403);
      await admin.patch(`/users/${admin.id}`, { role: 'root' }).expect(403);
      for (const [method, path] of [
        ['get', '/users'],
        ['get', `/users/${user.id}`],
        ['post', '/users'],
        ['delete', `/users/${peer.id}`],
      ] as const) {
        await (await member())[method](path, method === 'post' ? {} : undefined).expect(403);
      }
    });

    it('never lose their root', async () => {
      expectProblem(await root.delete(`/users/${root.id}`).expect(403), 'forbidden');
      expectProblem(await root.patch(`/users/${root.id}`, { status: 'disabled' }).expect(403), 'forbidden');
      expectProblem(await root.patch(`/users/${root.id}`, { role: 'user' }).expect(403), 'forbidden');
      expectProblem(await root.post('/users', { username: name(), password, role: 'root' }).expect(403), 'forbidden');
    });

    it('lose access at once when disabled, and get a new role at once', async () => {
      const user = await member();
      await user.get('/users').expect(403);
      await root.patch(`/users/${user.id}`, { role: 'admin' }).expect(200);
      await user.get('/users').expect(200);
      await root.patch(`/users/${user.id}`, { status: 'disabled' }).expect(200);
      await user.get('/users/me').expect(401);
      await refresh(user.cookie).expect(401);
    });

    it('change their own password with the old one, which ends their other sessions', async () => {
      const here = await member();
      const there = await signIn(here.username);
      const next = 'another long password';
      expectProblem(await here.patch('/users/me', { password: next }).expect(400), 'invalid');
      const wrong = await here.patch('/users/me', { password: next, currentPassword: 'wrong' }).expect(403);
      expect(wrong.body.errors).toEqual([{ path: 'currentPassword', message: 'is not right' }]);
      expectProblem(await here.patch('/users/me', { role: 'root' }).expect(400), 'invalid');
      const done = await here
        .patch('/users/me', { password: next, currentPassword: password, email: 'me@example.org' })
        .expect(200);
      expect(done.body.email).toBe('me@example.org');
      await here.get('/users/me').expect(200);
      await there.get('/users/me').expect(401);
      await signIn(here.username, next);
      await nobody.post('/auth/login', { username: here.username, password }).expect(401);
    });

    it('get money in exact amounts, and lose no more than they have', async () => {
      const { id, get } = await member();
      const adjust = (amountUsd: unknown, reason: unknown = 'test') =>
        root.post(`/users/${id}/adjustments`, { amountUsd, reason });
      expect((await adjust(0.000000001).expect(201)).body).toMatchObject({ id, balanceUsd: 0.000000001 });
      expect((await adjust(10.5).expect(201)).body.balanceUsd).toBe(10.500000001);
      expect((await adjust(-0.500000001).expect(201)).body.balanceUsd).toBe(10);
      expectProblem(await adjust(-10.1).expect(409), 'conflict');
      for (const amount of [0, 0.0000000001, 1e7, '1', null, undefined])
        expectProblem(await adjust(amount).expect(400), 'invalid');
      expectProblem(await adjust(1, '').expect(400), 'invalid');
      expectProblem(await adjust(1, 'a\u0000b').expect(400), 'invalid');
      expect((await get('/users/me')).body.balanceUsd).toBe(10);
      expectProblem(
        await root.post('/users/nobody/adjustments', { amountUsd: 1, reason: 'x' }).expect(404),
        'not_found',
      );
    });
  });

  describe('API keys', () => {
    const input = {
      name: 'ci',
      expiresAt: '2099-01-31T12:00:00.000Z',
      budgetUsd: 12.5,
      budgetPeriod: 'month',
      models: ['gpt-5*', 'claude-opus'],
      allowedIps: ['10.0.0.0/8', '::1'],
      group: 'default',
      rpm: 60,
      tpm: 100_000,
      concurrency: 4,
    };

    it('are shown once, echo what they were given, and work', async () => {
      const user = await member();
      const { body } = await user.post('/tokens', input).expect(201);
      const { key, ...token } = body;
      expect(key).toMatch(/^sk-[\w-]{48}$/);
      expect(token).toEqual({
        ...input,
        id: expect.any(String),
        userId: user.id,
        status: 'active',
        keyPreview: expect.stringMatching(/^sk-.*….{4}$/),
        usedUsd: 0,
        lastUsedAt: null,
        createdAt: expect.stringMatching(/Z$/),
      });
      expect((await user.get(`/tokens/${token.id}`).expect(200)).body).toEqual(token);
      expect((await user.get('/tokens').expect(200)).body).toEqual({ items: [token], total: 1, page: 1, pageSize: 20 });
      expect(await app.get(ApiKeyRing).authenticate(key)).toMatchObject({
        ok: true,
        caller: { keyId: token.id, budgeted: true },
      });
    });

    it('need only a name', async () => {
      const { body } = await root.post('/tokens', { name: ' bare ' }).expect(201);
      expect(body).toMatchObject({
        name: 'bare',
        expiresAt: null,
        budgetUsd: null,
        budgetPeriod: 'none',
        models: [],
        allowedIps: [],
        group: null,
        rpm: null,
        tpm: null,
        concurrency: null,
      });
    });

    it('change field by field', async () => {
      const { body: before } = await root.post('/tokens', input).expect(201);
      const patch = async (change: object) => (await root.patch(`/tokens/${before.id}`, change).expect(200)).body;
      const { key: _, ...token } = before;
      expect(await patch({})).toEqual(token);
      expect(await patch({ name: 'new', rpm: null })).toEqual({ ...token, name: 'new', rpm: null });
      expect(await patch({ budgetUsd: 3 })).toMatchObject({ budgetUsd: 3, budgetPeriod: 'month' });
      expect(await patch({ budgetPeriod: 'day' })).toMatchObject({ budgetUsd: 3, budgetPeriod: 'day' });
      expect(await patch({ budgetUsd: null })).toMatchObject({ budgetUsd: null });
      expect(await app.get(ApiKeyRing).authenticate(before.key)).toMatchObject({ caller: { budgeted: false } });
      expect(await patch({ models: [], allowedIps: null, expiresAt: null })).toMatchObject({
        models: [],
        allowedIps: [],
        expiresAt: null,
      });
      expect(await patch({ status: 'disabled' })).toMatchObject({ status: 'disabled' });
      expect(await app.get(ApiKeyRing).authenticate(before.key)).toEqual({ ok: false, reason: 'disabled' });
    });

    it('rotate and go', async () => {
      const { body: before } = await root.post('/tokens', { name: 'r' }).expect(201);
      const { body: after } = await root.post(`/tokens/${before.id}/rotate`).expect(200);
      expect(after.id).toBe(before.id);
      expect(after.key).not.toBe(before.key);
      const ring = app.get(ApiKeyRing);
      expect([await ring.authenticate(before.key), await ring.authenticate(after.key)]).toMatchObject([
        { ok: false },
        { ok: true },
      ]);
      await root.delete(`/tokens/${before.id}`).expect(204);
      expect(await ring.authenticate(after.key)).toMatchObject({ ok: false, reason: 'unknown' });
      expectProblem(await root.get(`/tokens/${before.id}`).expect(404), 'not_found');
    });

    it('are nobody else’s, but administrators see them all', async () => {
      const [owner, other] = [await member(), await member()];
      const { body: token } = await owner.post('/tokens', { name: 'mine' }).expect(201);
      for (const call of [
        other.get(`/tokens/${token.id}`),
        other.patch(`/tokens/${token.id}`, { name: 'x' }),
        other.delete(`/tokens/${token.id}`),
        other.post(`/tokens/${token.id}/rotate`),
      ]) {
        expectProblem(await call.expect(404), 'not_found');
      }
      expect((await other.get(`/tokens?userId=${owner.id}`).expect(200)).body.total).toBe(0);
      expect((await root.get(`/tokens?userId=${owner.id}`).expect(200)).body.items).toMatchObject([
        { id: token.id, userId: owner.id },
      ]);
      expect((await root.get('/tokens').expect(200)).body.total).toBeGreaterThan(1);
    });

    it.each([
      [{}, 'name'],
      [{ name: '' }, 'name'],
      [{ name: '   ' }, 'name'],
      [{ name: 'a\u001bb' }, 'name'],
      [{ name: 'x', expiresAt: 'tomorrow' }, 'expiresAt'],
      [{ name: 'x', expiresAt: '2030-01-01T00:00:00' }, 'expiresAt'],
      [{ name: 'x', expiresAt: '2030-02-30T00:00:00Z' }, 'expiresAt'],
      [{ name: 'x', budgetUsd: -1 }, 'budgetUsd'],
      [{ name: 'x', budgetUsd: '1' }, 'budgetUsd'],
      [{ name: 'x', budgetPeriod: 'year' }, 'budgetPeriod'],
      [{ name: 'x', budgetPeriod: null }, 'budgetPeriod'],
      [{ name: 'x', models: 'gpt-5' }, 'models'],
      [{ name: 'x', models: ['gpt-5', 'a b'] }, 'models.1'],
      [{ name: 'x', allowedIps: ['localhost'] }, 'allowedIps.0'],
      [{ name: 'x', rpm: 0 }, 'rpm'],
      [{ name: 'x', rpm: 1.5 }, 'rpm'],
      [{ name: 'x', group: 'nowhere' }, 'group'],
      [{ name: 'x', key: 'sk-mine' }, 'key'],
    ])('are not made of %j', async (body, path) => {
      const answer = await root.post('/tokens', body).expect(400);
      expectProblem(answer, 'invalid');
      expect(answer.body.errors).toEqual(expect.arrayContaining([expect.objectContaining({ path })]));
    });

    it('keep their status and name when told null', async () => {
      const { body } = await root.post('/tokens', { name: 'nulls' }).expect(201);
      for (const change of [{ name: null }, { status: null }, { userId: 'x' }])
        await root.patch(`/tokens/${body.id}`, change).expect(400);
    });
  });

  describe('groups', () => {
    it('are put, listed and deleted', async () => {
      const routing = { strategy: 'cheapest', affinity: 'session', hedgeAfterMs: null, fallbacks: { a: ['b'] } };
      const group = { name: 'vip', priceMultiplier: 0.85, rpm: 100, tpm: null, concurrency: null, routing };
      const said = { priceMultiplier: 0.85, rpm: 100, routing: { strategy: 'cheapest', fallbacks: { a: ['b'] } } };
      expect((await root.put('/groups/vip', said).expect(200)).body).toEqual(group);
      await root.put('/groups/vip', { ...said, routing: { fallbacks: { a: ['a'] } } }).expect(400);
      await root.put('/groups/vip', { ...said, routing: { strategy: 'best' } }).expect(400);
      expect((await root.get('/groups').expect(200)).body.items).toEqual(
        expect.arrayContaining([group, expect.objectContaining({ name: 'default', priceMultiplier: 1 })]),
      );
      expect((await root.put('/groups/vip', { priceMultiplier: 1.000001 }).expect(200)).body).toMatchObject({
        rpm: null,
        priceMultiplier: 1.000001,
      });
      await root.delete('/groups/vip').expect(204);
      expectProblem(await root.delete('/groups/vip').expect(404), 'not_found');
      expectProblem(await root.delete('/groups/default').expect(409), 'conflict');
    });

    it.each([
      {},
      { priceMultiplier: -1 },
      { priceMultiplier: 0.1234567 },
      { priceMultiplier: '1' },
      { priceMultiplier: 1, x: 1 },
    ])('refuse %j', async (body) => {
      expectProblem(await root.put('/groups/odd', body).expect(400), 'invalid');
    });

    it('refuse odd names', async () => {
      expectProblem(await root.put('/groups/a%00b', { priceMultiplier: 1 }).expect(400), 'invalid');
      expectProblem(await root.put('/groups/a%20b', { priceMultiplier: 1 }).expect(400), 'invalid');
    });

    it('are for administrators; others see their own', async () => {
      const user = await member();
      expect((await user.get('/groups').expect(200)).body.items).toMatchObject([{ name: 'default' }]);
      expectProblem(await user.put('/groups/mine', { priceMultiplier: 0 }).expect(403), 'forbidden');
      expectProblem(await user.delete('/groups/default').expect(403), 'forbidden');
    });
  });

  it('writes every change into the audit log, without secrets', async () => {
    const { items } = await app.get(AuditLog).list({}, { limit: 200 });
    const actions = new Set(items.map(({ action }) => action));
    for (const action of [
      'setup.complete',
      'session.open',
      'session.refuse',
      'session.revoke',
      'user.create',
      'user.update',
      'user.delete',
      'user.adjust',
      'user.register',
      'token.create',
      'token.update',
      'token.rotate',
      'token.delete',
      'group.put',
      'group.delete',
    ])
      expect(actions).toContain(action);
    expect(JSON.stringify(items)).not.toMatch(/sk-[\w-]{20}|horse|argon2/);
    expect(items.find(({ action }) => action === 'user.adjust')).toMatchObject({ actorId: root.id, ip: '127.0.0.1' });
  });

  function refresh(cookie: string | undefined): request.Test {
    return request(app.getHttpServer()).post('/api/auth/refresh').set('cookie', `other=1; ${cookie}`);
  }
});

describe('a start with ROOT_USERNAME and ROOT_PASSWORD', () => {
  const starting = async (more: Record<string, string>, check: (app: NestExpressApplication) => Promise<void>) => {
    const directory = mkdtempSync(join(tmpdir(), 'one-api-admin-'));
    let app: NestExpressApplication | undefined;
    try {
      app = await boot(loadEnv({ NODE_ENV: 'test', DATA_DIR: directory, ...more }));
      await check(app);
    } finally {
      await app?.close();
      rmSync(directory, { recursive: true, force: true });
    }
  };

  it('makes the root account before anybody else can', () =>
    starting({ ROOT_USERNAME: 'Admin', ROOT_PASSWORD: password }, async (app) => {
      const server = app.getHttpServer();
      expect((await request(server).get('/api/status')).body.initialized).toBe(true);
      const { body } = await request(server).post('/api/auth/login').send({ username: 'admin', password }).expect(200);
      expect(body.user).toMatchObject({ role: 'root', balanceUsd: 1000 });
    }));

  it('stops when the password would not be accepted, and says which variable', () =>
    expect(starting({ ROOT_USERNAME: 'a b', ROOT_PASSWORD: password }, async () => undefined)).rejects.toThrow(
      /ROOT_USERNAME/,
    ));
});

const cookieOf = ({ headers }: Response): string | undefined => headers['set-cookie']?.[0]?.split(';')[0];

function expectProblem({ body, status, headers }: Response, code: string): void {
  expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
  expect(body).toMatchObject({ type: 'about:blank', status, code, requestId: headers['x-request-id'] });
  expect(body.requestId).toMatch(/^req_[0-9a-f]{32}$/);
  expect(typeof body.title).toBe('string');
  expect(typeof body.detail).toBe('string');
}
