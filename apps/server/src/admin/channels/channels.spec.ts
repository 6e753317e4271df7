import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import request from 'supertest';
import { BillingModule } from '@app/billing';
import { ChannelHealth, ChannelSelector, ChannelsModule } from '@app/channels';
import { LogsModule } from '@app/logs';
import { loadEnv } from '@app/platform/env';
import { UsersModule } from '@app/users';
import { PlatformModule } from '../../platform.module';
import { AuthAdminModule } from '../auth/auth.module';
import { AdminHttpModule, configureAdminHttp } from '../http';
import { LogsAdminModule } from '../logs/logs.module';
import { ProvidersAdminModule } from '../providers/providers.module';
import { SetupAdminModule } from '../setup/setup.module';
import { UsersAdminModule } from '../users/users.module';
import { ChannelsAdminModule } from './channels.module';

const env = (directory: string) => loadEnv({ NODE_ENV: 'test', DATA_DIR: directory });
const libs = [LogsModule, UsersModule, ChannelsModule, BillingModule];
const features = [
  SetupAdminModule,
  AuthAdminModule,
  UsersAdminModule,
  LogsAdminModule,
  ProvidersAdminModule,
  ChannelsAdminModule,
];

async function boot(directory: string): Promise<NestExpressApplication> {
  @Module({ imports: [PlatformModule.forRoot(env(directory)), ...libs, AdminHttpModule, ...features] })
  class TestModule {}
  const app = await NestFactory.create<NestExpressApplication>(TestModule, {
    bodyParser: false,
    abortOnError: false,
    logger: false,
  });
  configureAdminHttp(app, env(directory));
  return app.init();
}

const secret = 'sk-live-0123456789abcdefghijklmn';
const password = 'correct horse battery';

describe('/api/channels', () => {
  let directory: string;
  let app: NestExpressApplication;
  let token: string;
  let upstream: Server;
  let baseUrl: string;
  let calls: { url: string; authorization: string | undefined }[];
  let answer: (request: IncomingMessage) => [status: number, body: unknown];

  const send = (method: 'get' | 'post' | 'patch' | 'delete', path: string, body?: object, as = token) => {
    const call = request(app.getHttpServer())[method](`/api${path}`).set('authorization', `Bearer ${as}`);
    return body === undefined ? call : call.send(body);
  };
  const create = async (over: object = {}) => {
    const body = { name: 'main', provider: 'openai-compatible', baseUrl, keys: [secret], models: ['gpt-5'], ...over };
    return (await send('post', '/channels', body).expect(201)).body;
  };
  const refusedPaths = async (method: 'post' | 'patch', path: string, body: object): Promise<string[]> => {
    const refused = await send(method, path, body).expect(400);
    expect(refused.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(refused.text).not.toContain(secret);
    return refused.body.errors.map((field: { path: string }) => field.path);
  };

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'one-api-channels-'));
    app = await boot(directory);
    const setup = request(app.getHttpServer()).post('/api/setup').send({ username: 'root', password });
    token = (await setup.expect(201)).body.accessToken;
    upstream = createServer((incoming, outgoing) => {
      calls.push({ url: incoming.url ?? '', authorization: incoming.headers.authorization });
      const [status, body] = answer(incoming);
      incoming.resume();
      outgoing.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
    baseUrl = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1`;
  });

  afterAll(async () => {
    upstream?.close();
    await app?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  beforeEach(() => {
    calls = [];
    answer = () => [404, {}];
  });

  it('answers a new channel with everything but its key', async () => {
    const settings = { headers: { 'x-team': 'a' } };
    const channel = await create({ modelMapping: { fast: 'gpt-5' }, tags: ['eu'], settings });
    expect(channel).toEqual({
      id: expect.any(String),
      name: 'main',
      provider: 'openai-compatible',
      baseUrl,
      protocols: ['openai-chat'],
      models: ['gpt-5'],
      modelMapping: { fast: 'gpt-5' },
      groups: ['default'],
      priority: 0,
      weight: 1,
      tags: ['eu'],
      settings,
      status: 'enabled',
      statusReason: null,
      health: 'unknown',
      pauses: [],
      keys: [
        {
          id: expect.any(String),
          preview: expect.any(String),
          status: 'enabled',
          reason: null,
          pauses: [],
          nextProbeAt: null,
        },
      ],
      responseTimeMs: null,
      balanceUsd: null,
      usedUsd: 0,
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect((await send('get', `/channels/${channel.id}`).expect(200)).body).toEqual(channel);
  });

  it('shows a key to nobody: not in lists, details, changes, nor the audit log', async () => {
    const { id } = await create();
    const patched = await send('patch', `/channels/${id}`, { keys: [secret, `${secret}-2`] }).expect(200);
    const texts = [
      patched.text,
      (await send('get', '/channels')).text,
      (await send('get', `/channels/${id}`)).text,
      (await send('get', '/logs/audit').expect(200)).text,
    ];
    expect(patched.body.keys).toHaveLength(2);
    for (const text of texts) expect(text).not.toContain(secret);
    expect(texts[3]).toContain('channel.update');
  });

  it('is for administrators', async () => {
    await send('post', '/users', { username: 'somebody', password }).expect(201);
    const login = request(app.getHttpServer()).post('/api/auth/login').send({ username: 'somebody', password });
    const user = (await login.expect(200)).body.accessToken;
    for (const path of ['/channels', '/channels/x', '/providers']) await send('get', path, undefined, user).expect(403);
    await send('post', '/channels', {}, user).expect(403);
    await send('post', '/channels/x/test', {}, user).expect(403);
    await send('get', '/channels', undefined, 'nonsense').expect(401);
  });

  it.each<[object, string[]]>([
    [{}, ['name', 'provider', 'models']],
    [{ name: 'a\u0000b', provider: 'openai', models: [], keys: ['k'] }, ['name']],
    [{ name: 'n', provider: 'openai', models: 'gpt-5', keys: ['k'] }, ['models']],
    [{ name: 'n', provider: 'openai', models: [{}], keys: [{}] }, ['keys', 'models']],
    [{ name: 'n', provider: 'openai', models: [], keys: [secret], key: secret }, ['key']],
    [{ name: 'n', provider: 'openai', models: [], keys: [secret], settings: [] }, ['settings']],
    [{ name: 'n', provider: 'openai', models: [], keys: [secret], modelMapping: { a: 1 } }, ['modelMapping.a']],
    [
      { name: 'n', provider: 'openai', models: [], keys: [secret], settings: { headers: { cookie: secret } } },
      ['settings.headers.cookie'],
    ],
    [{ name: 'n', provider: 'openai', models: [], keys: [secret], weight: '1' }, ['weight']],
    [{ name: 'n', provider: 'openai', models: [], keys: [secret], priority: 1e12 }, ['priority']],
    [{ name: 'n', provider: 'openai', models: [], keys: [secret], status: 'auto_disabled' }, ['status']],
    [{ name: 'n', provider: 'openai', models: [], keys: [secret], protocols: ['smtp'] }, ['protocols']],
    [{ name: 'n', provider: 'openai', models: [], keys: [secret], baseUrl: 'http://169.254.169.254/' }, ['baseUrl']],
    [{ name: 'n', provider: 'openai', models: [], keys: [`${secret}\n${secret}`] }, ['keys.0']],
    [{ name: 'n', provider: 'openai', models: [], keys: [] }, ['keys']],
  ])('refuses %j', async (body, paths) => {
    expect((await refusedPaths('post', '/channels', body)).sort()).toEqual(paths.sort());
  });

  it('refuses more than a thousand keys', async () => {
    const body = {
      name: 'n',
      provider: 'openai',
      models: [],
      keys: Array.from({ length: 1001 }, (_, n) => `key-${n}`),
    };
    expect(await refusedPaths('post', '/channels', body)).toEqual(['keys']);
  });

  it('keeps and drops keys by id', async () => {
    const { id, keys } = await create({ keys: ['key-number-one', 'key-number-two'] });
    const kept = { id: keys[1].id };
    const { body } = await send('patch', `/channels/${id}`, { keys: ['key-number-three', kept] }).expect(200);
    expect(body.keys.map((key: { id: string }) => key.id)).toEqual([expect.any(String), kept.id]);
    expect(await refusedPaths('patch', `/channels/${id}`, { keys: [{ id: 'x', secret }] })).toEqual(['keys']);
    expect(await refusedPaths('patch', `/channels/${id}`, { keys: [{ id: 'x' }] })).toEqual(['keys.0']);
    expect(await refusedPaths('patch', `/channels/${id}`, { keys: null })).toEqual(['keys']);
    await send('patch', `/channels/${id}/keys/${kept.id}`, { status: 'disabled' }).expect(200);
    const after = (await send('get', `/channels/${id}`)).body;
    expect(after.keys[1]).toMatchObject({ id: kept.id, status: 'disabled' });
    await send('patch', `/channels/${id}/keys/absent`, { status: 'disabled' }).expect(404);
  });

  it('changes what it is told and is in force when it answers', async () => {
    const selector = app.get(ChannelSelector);
    const route = (model: string) =>
      selector.select({ group: 'default', model }, { channels: new Set(), credentials: new Set() });
    const { id } = await create({ models: ['only-here'] });
    expect(route('only-here')?.credential.secret).toBe(secret);
    await send('patch', `/channels/${id}`, {
      models: ['now-here'],
      baseUrl: 'http://other.example/v1/',
      keys: [secret],
    }).expect(200);
    expect(route('only-here')).toBeNull();
    expect(route('now-here')?.channel.baseUrl).toBe('http://other.example/v1');
    await send('patch', `/channels/${id}`, { status: 'disabled' }).expect(200);
    expect(route('now-here')).toBeNull();
    await send('patch', `/channels/${id}`, { status: 'enabled' }).expect(200);
    expect(route('now-here')).not.toBeNull();
    await send('delete', `/channels/${id}`).expect(204);
    expect(route('now-here')).toBeNull();
    await send('delete', `/channels/${id}`).expect(404);
  });

  it('wants the keys again when they would go to another host, or through another proxy', async () => {
    const { id, keys } = await create();
    const elsewhere = { baseUrl: 'https://elsewhere.example/v1' };
    expect(await refusedPaths('patch', `/channels/${id}`, elsewhere)).toEqual(['keys']);
    expect(await refusedPaths('patch', `/channels/${id}`, { ...elsewhere, keys: [{ id: keys[0].id }] })).toEqual([
      'keys',
    ]);
    expect(await refusedPaths('patch', `/channels/${id}`, { provider: 'openai', baseUrl: null })).toEqual(['keys']);
    const settings = { proxy: 'http://spy.example:3128' };
    expect(await refusedPaths('patch', `/channels/${id}`, { settings })).toEqual(['keys']);
    expect((await send('get', `/channels/${id}`)).body).toMatchObject({ baseUrl, settings: {} });
    await send('patch', `/channels/${id}`, { baseUrl: baseUrl.replace('/v1', '/v2') }).expect(200);
    await send('patch', `/channels/${id}`, { ...elsewhere, settings, keys: [secret] }).expect(200);
  });

  it('seals a proxy and shows it without its password, which a change may send back', async () => {
    const shown = 'http://***:***@proxy.example:3128';
    const settings = { proxy: 'http://user:proxy-secret@proxy.example:3128/', apiVersion: '2024-10-21' };
    const { id, ...created } = await create({ settings, models: ['proxied'] });
    const route = () =>
      app
        .get(ChannelSelector)
        .select({ group: 'default', model: 'proxied' }, { channels: new Set(), credentials: new Set() });
    expect(created.settings).toEqual({ apiVersion: '2024-10-21', proxy: shown });
    expect(route()?.channel.proxy?.url).toBe('http://user:proxy-secret@proxy.example:3128');
    const kept = await send('patch', `/channels/${id}`, { settings: { proxy: shown } }).expect(200);
    expect(kept.body.settings).toEqual({ proxy: shown });
    await send('patch', `/channels/${id}`, { name: 'renamed' }).expect(200);
    expect(route()?.channel.proxy?.url).toBe('http://user:proxy-secret@proxy.example:3128');
    expect(JSON.stringify(route())).not.toContain('proxy-secret');
    expect(await refusedPaths('patch', `/channels/${id}`, { settings: { proxy: shown.replace('3128', '1') } })).toEqual(
      ['settings.proxy'],
    );
    for (const path of ['/channels', `/channels/${id}`, '/logs/audit'])
      expect((await send('get', path).expect(200)).text).not.toContain('proxy-secret');
    expect((await send('patch', `/channels/${id}`, { settings: {} }).expect(200)).body.settings).toEqual({});
    expect(route()?.channel.proxy).toBeNull();
  });

  it('disables a key that keeps being refused, and takes it back on request', async () => {
    const { id, keys } = await create({ models: ['worn'], keys: ['key-number-one'] });
    const select = () =>
      app
        .get(ChannelSelector)
        .select({ group: 'default', model: 'worn' }, { channels: new Set(), credentials: new Set() });
    for (let call = 0; call < 3; call++) {
      app
        .get(ChannelHealth)
        .failed(select()!, { kind: 'credential_invalid', code: 'invalid_api_key', message: 'refused' });
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    expect(select()).toBeNull();
    const deadline = Date.now() + 30_000;
    let channel = { status: '', statusReason: '', keys: [] as unknown[], health: '' };
    while (channel.status !== 'auto_disabled' && Date.now() < deadline)
      channel = (await send('get', `/channels/${id}`)).body;
    const reason = 'invalid_api_key: refused';
    expect(channel).toMatchObject({ status: 'auto_disabled', statusReason: reason, health: 'disabled' });
    expect(channel.keys).toMatchObject([{ id: keys[0].id, status: 'auto_disabled', reason }]);
    const { body } = await send('patch', `/channels/${id}`, { status: 'enabled' }).expect(200);
    expect(body).toMatchObject({ status: 'enabled', statusReason: null, keys: [{ status: 'enabled', reason: null }] });
    expect(select()).not.toBeNull();
  });

  it('lists by page, order, words and filters', async () => {
    for (const [name, priority] of [
      ['list-a', 3],
      ['list-b', 1],
      ['list-c', 2],
    ] as const) {
      await create({ name, priority, tags: ['listed'], ...(name === 'list-c' ? { models: ['rare'] } : {}) });
    }
    const names = async (query: string) => {
      const { body } = await send('get', `/channels?${query}`).expect(200);
      return body.items.map((item: { name: string }) => item.name);
    };
    const page = await send('get', '/channels?tag=listed&sort=priority&page=2&pageSize=2').expect(200);
    expect(page.body).toMatchObject({ total: 3, page: 2, pageSize: 2, items: [{ name: 'list-a' }] });
    expect(await names('tag=listed&sort=-priority')).toEqual(['list-a', 'list-c', 'list-b']);
    expect(await names('q=LIST-B')).toEqual(['list-b']);
    expect(await names('model=rare')).toEqual(['list-c']);
    expect(await names('tag=listed&status=disabled')).toEqual([]);
    for (const query of ['sort=sealedSecret', 'status=nonsense', 'pageSize=101', 'page=0']) {
      await send('get', `/channels?${query}`).expect(400);
    }
  });

  it('does one act to many', async () => {
    const [a, b] = [await create({ name: 'batch-a' }), await create({ name: 'batch-b' })];
    const ids = [a.id, b.id, 'absent'];
    const batch = (action: string, more: object = {}) => send('post', '/channels/batch', { ids, action, ...more });
    expect((await batch('disable').expect(200)).body).toEqual({ affected: 2 });
    expect((await send('get', `/channels/${a.id}`)).body).toMatchObject({ status: 'disabled', health: 'disabled' });
    await batch('tag', { tags: ['x'] }).expect(200);
    expect((await send('get', `/channels/${b.id}`)).body.tags).toEqual(['x']);
    await batch('explode').expect(400);
    await send('post', '/channels/batch', { ids: [], action: 'delete' }).expect(400);
    expect((await batch('delete').expect(200)).body).toEqual({ affected: 2 });
    await send('get', `/channels/${a.id}`).expect(404);
  });

  it('works without a key where the provider does', async () => {
    const channel = await create({ keys: undefined });
    expect(channel.keys).toEqual([]);
    answer = () => [200, { data: [{ id: 'local-model' }] }];
    await send('post', `/channels/${channel.id}/models`).expect(200);
    expect(calls).toEqual([{ url: '/v1/models', authorization: undefined }]);
  });

  it('asks the upstream for its models', async () => {
    const { id } = await create();
    answer = () => [200, { data: [{ id: 'b' }, { id: 'a' }] }];
    expect((await send('post', `/channels/${id}/models`).expect(200)).body).toEqual({ items: ['a', 'b'] });
    expect(calls).toEqual([{ url: '/v1/models', authorization: `Bearer ${secret}` }]);
  });

  it('tests with a real call, also while it is disabled, and changes no state', async () => {
    const { id } = await create({ status: 'disabled' });
    const message = { role: 'assistant', content: 'hi' };
    answer = () => [
      200,
      { id: 'x', object: 'chat.completion', choices: [{ index: 0, message, finish_reason: 'stop' }] },
    ];
    const good = (await send('post', `/channels/${id}/test`).expect(200)).body;
    expect(good).toEqual({ ok: true, operation: 'chat', latencyMs: expect.any(Number) });
    answer = () => [401, { error: { message: `Incorrect API key provided: ${secret}`, code: 'invalid_api_key' } }];
    const bad = await send('post', `/channels/${id}/test`, { model: 'gpt-5', stream: true }).expect(200);
    expect(bad.body).toMatchObject({ ok: false, error: expect.stringContaining('invalid_api_key') });
    expect(bad.text).not.toContain(secret);
    expect((await send('get', `/channels/${id}`)).body).toMatchObject({ status: 'disabled', statusReason: null });
    await send('post', `/channels/${id}/test`, { endpoint: 'gemini' }).expect(409);
    await send('post', `/channels/${id}/test`, { endpoint: 'nonsense' }).expect(400);
    await send('post', '/channels/absent/test').expect(404);
  });

  it('takes a balance only from upstreams that publish one, and never disables over it', async () => {
    const plain = await create();
    answer = () => [200, {}];
    expect((await send('post', `/channels/${plain.id}/balance`).expect(200)).body).toEqual({ balanceUsd: null });
    expect(calls).toEqual([]);
    const { id } = await create({ provider: 'openrouter' });
    answer = () => [200, { data: { total_credits: 5, total_usage: 5 } }];
    expect((await send('post', `/channels/${id}/balance`).expect(200)).body).toEqual({ balanceUsd: 0 });
    expect((await send('get', `/channels/${id}`)).body).toMatchObject({ balanceUsd: 0, status: 'enabled' });
  });

  it('knows the providers', async () => {
    const { items } = (await send('get', '/providers').expect(200)).body;
    expect(items).toContainEqual({
      id: 'openai',
      name: 'OpenAI',
      protocols: ['openai-chat', 'openai-responses'],
      defaultBaseUrl: 'https://api.openai.com/v1',
      credentialFields: [{ name: 'key', label: 'API key', secret: true, required: true, multiline: false }],
      ownSettings: [],
    });
  });
});
