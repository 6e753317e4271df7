import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import request from 'supertest';
import { DataSource } from 'typeorm';
import { BillingModule, PriceBook } from '@app/billing';
import { ChannelsModule } from '@app/channels';
import { LedgerRepository, LogsModule, UsageLogRepository, type UsageRow } from '@app/logs';
import { type Env, loadEnv } from '@app/platform/env';
import { UsersModule } from '@app/users';
import { PlatformModule } from '../platform.module';
import { AuthAdminModule } from './auth/auth.module';
import { AdminHttpModule, configureAdminHttp } from './http';
import { LedgerAdminModule } from './ledger/ledger.module';
import { LogsAdminModule } from './logs/logs.module';
import { ModelsAdminModule } from './models/models.module';
import { PricesAdminModule } from './prices/prices.module';
import { SettingsAdminModule } from './settings/settings.module';
import { SetupAdminModule } from './setup/setup.module';
import { StatsAdminModule } from './stats/stats.module';
import { UsersAdminModule } from './users/users.module';

const libs = [LogsModule, UsersModule, ChannelsModule, BillingModule];
const signing = [AdminHttpModule, SetupAdminModule, AuthAdminModule, UsersAdminModule];
const features = [
  LogsAdminModule,
  LedgerAdminModule,
  StatsAdminModule,
  ModelsAdminModule,
  PricesAdminModule,
  SettingsAdminModule,
];

async function boot(env: Env): Promise<NestExpressApplication> {
  @Module({ imports: [PlatformModule.forRoot(env), ...libs, ...signing, ...features] })
  class TestModule {}
  const options = { bodyParser: false, abortOnError: false, logger: false } as const;
  const app = await NestFactory.create<NestExpressApplication>(TestModule, options);
  configureAdminHttp(app, env);
  return app.init();
}

const NOON = Date.UTC(2026, 0, 10, 12);
const password = 'correct horse battery';

describe('records, statistics, prices and settings over HTTP', () => {
  let directory: string;
  let app: NestExpressApplication;
  let root: Awaited<ReturnType<typeof signIn>>;
  let alice: typeof root;

  const as = (token: string) => {
    const send = (method: 'get' | 'put' | 'patch' | 'delete') => (path: string, body?: object) => {
      const call = request(app.getHttpServer())[method](`/api${path}`).set('authorization', `Bearer ${token}`);
      return body === undefined ? call : call.send(body);
    };
    return { get: send('get'), put: send('put'), patch: send('patch'), delete: send('delete') };
  };

  async function signIn(username: string) {
    const { body } = await request(app.getHttpServer())
      .post('/api/auth/login')
      .send({ username, password })
      .expect(200);
    return { ...as(body.accessToken), id: body.user.id as string, token: body.accessToken as string };
  }

  const usage = (id: string, more: Partial<UsageRow> = {}): UsageRow => ({
    id: `req_${id}`,
    createdAt: NOON,
    userId: alice.id,
    keyId: 'key-1',
    channelId: 'channel-1',
    credentialId: 'credential-1',
    group: 'default',
    model: 'gpt-x',
    upstreamModel: 'gpt-x-upstream',
    protocol: 'openai-chat',
    operation: 'chat',
    stream: true,
    status: 'ok',
    httpStatus: 200,
    ending: 'completed',
    errorCode: null,
    inputTokens: 10,
    outputTokens: 5,
    cacheReadTokens: 2,
    cacheWriteTokens: 1,
    reasoningTokens: 3,
    costNano: 1_500_000,
    durationMs: 50,
    firstByteMs: 20,
    attempts: [
      {
        channelId: 'channel-1',
        credentialId: 'credential-1',
        status: 200,
        errorCode: null,
        reason: null,
        startedAt: NOON,
        durationMs: 50,
      },
    ],
    usageSource: 'upstream',
    price: null,
    dropped: null,
    ip: '127.0.0.1',
    nodeId: 'node-1',
    ...more,
  });

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'one-api-admin-'));
    app = await boot(loadEnv({ NODE_ENV: 'test', DATA_DIR: directory }));
    await request(app.getHttpServer()).post('/api/setup').send({ username: 'root', password }).expect(201);
    root = await signIn('root');
    const created = request(app.getHttpServer()).post('/api/users').set('authorization', `Bearer ${root.token}`);
    await created.send({ username: 'alice', password }).expect(201);
    alice = await signIn('alice');
    const { manager } = app.get(DataSource);
    await app
      .get(UsageLogRepository)
      .insertMany(manager, [
        usage('1'),
        usage('2', { createdAt: NOON + 1, model: '=cmd()', status: 'error', httpStatus: 502, costNano: 1 }),
        usage('3', { createdAt: NOON + 2, userId: root.id, keyId: 'key-2', channelId: null }),
      ]);
    const entry = { createdAt: NOON, requestId: null, reason: null, actorId: null };
    await app.get(LedgerRepository).insertMany(manager, [
      {
        ...entry,
        id: 'l1',
        userId: alice.id,
        kind: 'topup',
        amountNano: 5_000_000_000,
        balanceAfterNano: 5_000_000_000,
      },
      { ...entry, id: 'l2', userId: root.id, kind: 'charge', amountNano: -1, balanceAfterNano: -1, requestId: 'req_3' },
    ]);
  });

  afterAll(async () => {
    await app?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  describe('the usage log', () => {
    const ids = (body: { items: { id: string }[] }) => body.items.map(({ id }) => id);

    it('shows administrators every call whole', async () => {
      const { body } = await root.get('/logs/usage').expect(200);
      expect(ids(body)).toEqual(['req_3', 'req_2', 'req_1']);
      expect(body.nextCursor).toBeNull();
      expect(body.items[2]).toMatchObject({
        requestId: 'req_1',
        createdAt: '2026-01-10T12:00:00.000Z',
        tokenId: 'key-1',
        channelId: 'channel-1',
        upstreamModel: 'gpt-x-upstream',
        costUsd: 0.0015,
        attempts: [{ channelId: 'channel-1', startedAt: '2026-01-10T12:00:00.000Z' }],
      });
    });

    it('shows everybody else their own calls, without what is the operator’s', async () => {
      const { body } = await alice.get('/logs/usage').expect(200);
      expect(ids(body)).toEqual(['req_2', 'req_1']);
      expect(body.items[0]).toMatchObject({ channelId: null, upstreamModel: null, attempts: [], userId: alice.id });
      await alice.get(`/logs/usage?userId=${alice.id}`).expect(200);
      await alice.get(`/logs/usage?userId=${root.id}`).expect(403);
      await alice.get('/logs/usage?channelId=channel-1').expect(403);
      expect(ids((await alice.get('/logs/usage?requestId=req_3').expect(200)).body)).toEqual([]);
    });

    it('is filtered and paged', async () => {
      const first = await root.get('/logs/usage?limit=2').expect(200);
      const second = await root.get(`/logs/usage?limit=2&cursor=${first.body.nextCursor}`).expect(200);
      expect([...ids(first.body), ...ids(second.body)]).toEqual(['req_3', 'req_2', 'req_1']);
      expect(ids((await root.get('/logs/usage?tokenId=key-2')).body)).toEqual(['req_3']);
      expect(
        ids((await root.get('/logs/usage?from=2026-01-10T12:00:00.001Z&to=2026-01-10T12:00:00.002Z')).body),
      ).toEqual(['req_2']);
    });

    it('explains each charge to whoever sees the call', async () => {
      const price = {
        inputPerMTok: 1e9,
        outputPerMTok: 2e9,
        multiplierPpm: 500_000,
        units: { tools: { webSearch: 1 } },
      };
      const row = usage('4', {
        createdAt: NOON - 1,
        price: { ...price, tools: { webSearch: 1e7 } },
        costNano: 5_010_500,
      });
      await app.get(UsageLogRepository).insertMany(app.get(DataSource).manager, [row]);
      const { body } = await alice.get('/logs/usage?requestId=req_4').expect(200);
      expect(body.items[0].charge).toEqual({
        lines: [
          { item: 'input', quantity: 7, unitUsd: 1, per: 1_000_000, multiplier: 0.5, costUsd: 0.0000035 },
          { item: 'cacheRead', quantity: 2, unitUsd: 1, per: 1_000_000, multiplier: 0.5, costUsd: 0.000001 },
          { item: 'cacheWrite', quantity: 1, unitUsd: 1, per: 1_000_000, multiplier: 0.5, costUsd: 0.0000005 },
          { item: 'output', quantity: 2, unitUsd: 2, per: 1_000_000, multiplier: 0.5, costUsd: 0.000002 },
          { item: 'reasoning', quantity: 3, unitUsd: 2, per: 1_000_000, multiplier: 0.5, costUsd: 0.000003 },
          { item: 'webSearch', quantity: 1, unitUsd: 0.01, per: 1, multiplier: 0.5, costUsd: 0.005 },
          { item: 'adjustment', costUsd: 0.0000005 },
        ],
        multipliers: [{ of: 'group', multiplier: 0.5 }],
        group: null,
        window: null,
        serviceTier: null,
        longContextAbove: null,
        size: null,
        quality: null,
        unpriced: false,
        corrected: false,
      });
      expect((await root.get('/logs/usage?requestId=req_1').expect(200)).body.items[0].charge).toBeNull();
      await app.get(DataSource).manager.delete('usage_logs', 'req_4');
    });

    it.each(['cursor=nonsense', 'limit=0', 'limit=abc', 'status=fine', 'from=yesterday', 'userId=%00', 'model=a%00b'])(
      'refuses ?%s',
      async (query) => {
        const { body } = await root.get(`/logs/usage?${query}`).expect(400);
        expect(body).toMatchObject({ status: 400, code: 'invalid', errors: [{ path: query.split('=')[0] }] });
      },
    );

    it('is exported as CSV that no spreadsheet runs', async () => {
      const { headers, text } = await root.get('/logs/usage/export?format=csv').expect(200);
      expect(headers['content-type']).toBe('text/csv; charset=utf-8');
      expect(headers['content-disposition']).toContain('usage.csv');
      const lines = text.trimEnd().split('\r\n');
      expect(lines).toHaveLength(4);
      expect(lines[0]).toMatch(/^id,createdAt,userId,tokenId,channelId,/);
      expect(lines[2]).toContain(",'=cmd(),");
      expect(lines[2]).toContain(',0.000000001,');
      const own = await alice.get('/logs/usage/export').expect(200);
      expect(own.text).not.toContain('req_3');
      expect(own.text).not.toContain('channel-1');
      await alice.get(`/logs/usage/export?userId=${root.id}`).expect(403);
      await root.get('/logs/usage/export?format=pdf').expect(400);
    });
  });

  it('the ledger shows administrators everybody’s and users their own entries', async () => {
    const { body } = await root.get(`/ledger?kind=charge&to=2026-01-11`).expect(200);
    expect(body.items).toMatchObject([{ id: 'l2', userId: root.id, amountUsd: -1e-9, requestId: 'req_3' }]);
    const own = await alice.get('/ledger').expect(200);
    expect(own.body).toEqual({
      items: [
        {
          id: 'l1',
          createdAt: '2026-01-10T12:00:00.000Z',
          userId: alice.id,
          kind: 'topup',
          amountUsd: 5,
          balanceAfterUsd: 5,
          requestId: null,
          reason: null,
          actorId: null,
        },
      ],
      nextCursor: null,
    });
    await alice.get(`/ledger?userId=${root.id}`).expect(403);
  });

  describe('statistics', () => {
    const range = 'from=2026-01-10T00:00:00Z&to=2026-01-11T00:00:00Z';

    it('sum everybody’s calls for administrators and one’s own for users', async () => {
      const all = await root.get(`/stats/summary?${range}`).expect(200);
      expect(all.body).toMatchObject({ requests: 3, errors: 1, inputTokens: 30, costUsd: 0.003000001, p50Ms: 50 });
      expect((await alice.get(`/stats/summary?${range}`).expect(200)).body).toMatchObject({ requests: 2 });
      await alice.get(`/stats/summary?userId=${root.id}`).expect(403);
    });

    it('give points per bucket and key', async () => {
      const { body } = await root.get(`/stats/usage?${range}&bucket=hour&by=token`).expect(200);
      expect(body).toMatchObject({
        items: [
          { bucket: '2026-01-10T12:00:00.000Z', key: 'key-1', requests: 2, errors: 1, p50Ms: 50, p95Ms: 50 },
          { bucket: '2026-01-10T12:00:00.000Z', key: 'key-2', requests: 1, errors: 0 },
        ],
        truncated: false,
      });
      await root.get(`/stats/usage?${range}&by=channel`).expect(200);
      await alice.get(`/stats/usage?${range}&by=channel`).expect(403);
      await root.get('/stats/usage?bucket=minute').expect(400);
      await root.get('/stats/usage?from=2020-01-01&to=2026-01-01').expect(400);
    });

    it('cover the recent past when no range is given', async () => {
      expect((await root.get('/stats/summary').expect(200)).body).toMatchObject({ requests: 0, p50Ms: null });
      expect((await root.get('/stats/usage').expect(200)).body).toEqual({ items: [], truncated: false });
    });
  });

  describe('models and prices', () => {
    const prices = { inputPerMTok: 0.5, outputPerMTok: 1.25 };
    const listed = async (id: string) => {
      const { body } = await alice.get('/models').expect(200);
      return body.items.find((model: { id: string }) => model.id === id);
    };

    it('come with the list prices, their source and date', async () => {
      expect(await listed('sim-*')).toMatchObject({
        owner: 'simulator',
        prices: { inputPerMTok: 1, outputPerMTok: 2 },
      });
      expect(await listed('claude-opus-5-5')).toMatchObject({
        owner: 'anthropic',
        prices: { cacheReadPerMTok: 0.2 },
        origin: 'catalogue',
        sourceDate: expect.any(String),
      });
    });

    it.each([
      ['plain', 'my-model', 'my-model'],
      ['with a slash', 'org/sub/my-model', 'org/sub/my-model'],
      ['with an encoded slash', 'other%2Fmy-model%3Afree', 'other/my-model:free'],
      ['of a prefix', 'mine-*', 'mine-*'],
    ])('are set and taken back by a name %s', async (_, path, id) => {
      const whole = { owner: 'me', prices, contextWindow: 1_000, endpoints: ['chat'] };
      const { body } = await root.put(`/models/${path}`, { id, ...whole }).expect(200);
      expect(body).toEqual({ id, ...whole, origin: 'operator', source: null, sourceDate: null });
      expect(await listed(id)).toEqual(body);
      expect(app.get(PriceBook).entry(id)?.price).toEqual({ inputPerMTok: 5e8, outputPerMTok: 125e7 });
      await root.delete(`/models/${path}`).expect(204);
      expect(await listed(id)).toBeUndefined();
      await root.delete(`/models/${path}`).expect(404);
    });

    it('give back every rate, and the list price when the operator’s is gone', async () => {
      const long = [{ aboveTokens: 5, inputPerMTok: 9 }];
      const every = { ...prices, cacheReadPerMTok: 0, perRequest: 0.01, longContext: long };
      await root.put('/models/gpt-4o', { prices: every }).expect(200);
      expect(await listed('gpt-4o')).toMatchObject({ owner: 'openai', prices: every, contextWindow: 128_000 });
      await root.delete('/models/gpt-4o').expect(204);
      expect(await listed('gpt-4o')).toMatchObject({ prices: { inputPerMTok: 2.5 }, origin: 'catalogue' });
    });

    it('give back whatever a price can say', async () => {
      const every = {
        ...prices,
        tools: { webSearch: 0.01 },
        media: [{ size: '1024x1024', quality: 'hd', perImage: 0.08 }],
        serviceTiers: {
          flex: { multiplier: 0.5 },
          priority: { inputPerMTok: 1, longContext: [{ aboveTokens: 9, inputPerMTok: 2 }] },
        },
        windows: [
          {
            from: '16:30',
            to: '00:30',
            zone: 'Asia/Shanghai',
            days: ['sat', 'sun'],
            multiplier: 0.25,
            tools: { webFetch: 0 },
          },
        ],
        groups: { 'vip-1': { outputPerMTok: 1, multiplier: 1.5 } },
      };
      const { body } = await root.put('/models/whole', { prices: every }).expect(200);
      expect(body.prices).toEqual(every);
      expect((await listed('whole')).prices).toEqual(every);
      expect(app.get(PriceBook).entry('whole')?.price.windows?.[0]).toMatchObject({ multiplierPpm: 250_000 });
      await root.delete('/models/whole').expect(204);
    });

    it.each([
      ['no prices', {}, 'prices'],
      ['an empty price', { prices: {} }, 'prices'],
      ['a negative price', { prices: { inputPerMTok: -1 } }, 'prices.inputPerMTok'],
      ['too many decimals', { prices: { inputPerMTok: 0.0000000001 } }, 'prices.inputPerMTok'],
      ['a text', { prices: { inputPerMTok: '1' } }, 'prices.inputPerMTok'],
      ['an unknown price', { prices: { perMoon: 1 } }, 'prices.perMoon'],
      ['an unknown field', { prices, colour: 'red' }, 'colour'],
      ['another id', { prices, id: 'other' }, 'id'],
      ['a bare long context', { prices: { ...prices, longContext: [{}] } }, 'prices.longContext.0.aboveTokens'],
      ['an unknown tool', { prices: { tools: { dishes: 1 } } }, 'prices.tools.dishes'],
      [
        'a tier that costs nothing sensible',
        { prices: { serviceTiers: { flex: { multiplier: -1 } } } },
        'prices.serviceTiers.flex.multiplier',
      ],
      ['a window without a zone', { prices: { windows: [{ from: '10:00', to: '11:00' }] } }, 'prices.windows.0.zone'],
      [
        'a window in no zone',
        { prices: { windows: [{ from: '10:00', to: '11:00', zone: 'Moon/Sea' }] } },
        'prices.windows.0.zone',
      ],
      [
        'an hour that is none',
        { prices: { windows: [{ from: '24:00', to: '11:00', zone: 'UTC' }] } },
        'prices.windows.0.from',
      ],
      [
        'a day that is none',
        { prices: { windows: [{ from: '10:00', to: '11:00', zone: 'UTC', days: ['someday'] }] } },
        'prices.windows.0.days',
      ],
      ['a size of nothing', { prices: { media: [{ size: '1024x1024' }] } }, 'prices.media.0'],
      [
        'too many decimals of a multiplier',
        { prices: { groups: { vip: { multiplier: 0.1234567 } } } },
        'prices.groups.vip.multiplier',
      ],
      ['a price that is a list', { prices: [] }, 'prices'],
    ])('refuse %s', async (_, body, path) => {
      const answer = await root.put('/models/x', body).expect(400);
      expect(answer.body.errors).toContainEqual({ path, message: expect.any(String) });
      expect(await listed('x')).toBeUndefined();
    });

    it('are the operator’s to change', async () => {
      await alice.put('/models/x', { prices }).expect(403);
      await alice.delete('/models/gpt-4o').expect(403);
      await root.put('/models/a%20b', { prices }).expect(400);
    });
  });

  describe('settings', () => {
    it('are a tree that takes any part of itself, nested or dotted', async () => {
      const before = await root.get('/settings').expect(200);
      expect(before.body.logs).toMatchObject({ retentionDays: 90 });
      const nested = await root.patch('/settings', { logs: { retentionDays: 30 } }).expect(200);
      expect(nested.body).toEqual({ ...before.body, logs: { ...before.body.logs, retentionDays: 30 } });
      expect(nested.headers.etag).not.toBe(before.headers.etag);
      const dotted = await root.patch('/settings', { 'logs.retentionDays': null }).expect(200);
      expect(dotted.body).toEqual(before.body);
    });

    it('refuse a bad change whole', async () => {
      const bad = { logs: { retentionDays: -1, auditRetentionDays: 5 }, billing: { allowUnpriced: 'yes' }, nowhere: 1 };
      const { body } = await root.patch('/settings', bad).expect(400);
      expect(body.errors.map(({ path }: { path: string }) => path)).toEqual([
        'logs.retentionDays',
        'billing.allowUnpriced',
        'nowhere',
      ]);
      expect((await root.get('/settings')).body.logs.auditRetentionDays).toBe(365);
      await root.patch('/settings').expect(400);
      await root.patch('/settings', []).expect(400);
    });

    it('refuse a change made from an outdated look', async () => {
      const { etag } = (await root.get('/settings')).headers as { etag: string };
      await root
        .patch('/settings', { logs: { retentionDays: 31 } })
        .set('if-match', etag)
        .expect(200);
      const late = await root
        .patch('/settings', { logs: { retentionDays: 32 } })
        .set('if-match', etag)
        .expect(409);
      expect(late.body.code).toBe('conflict');
      await root.patch('/settings', {}).set('if-match', 'nonsense').expect(400);
      await root
        .patch('/settings', { logs: { retentionDays: null } })
        .set('if-match', '*')
        .expect(200);
    });

    it('describe themselves in two languages', async () => {
      const { body } = await root.get('/settings/schema').expect(200);
      for (const { path, help, kind, limits } of body.items) {
        expect([path, help]).toEqual([path, { en: expect.stringMatching(/\S/), zh: expect.stringMatching(/\S/) }]);
        expect([path, kind, typeof limits]).toEqual([path, expect.any(String), 'object']);
      }
      expect(body.items).toContainEqual(
        expect.objectContaining({ path: 'logs.retentionDays', kind: 'integer', default: 90, configured: false }),
      );
    });

    it('are the operator’s alone', async () => {
      await alice.get('/settings').expect(403);
      await alice.get('/settings/schema').expect(403);
      await alice.patch('/settings', {}).expect(403);
    });
  });

  it('what operators change is in the audit log, which only they see', async () => {
    const { body } = await root.get(`/logs/audit?action=settings.change&actorId=${root.id}`).expect(200);
    expect(body.items.at(-1)).toMatchObject({
      actorId: root.id,
      action: 'settings.change',
      target: null,
      ip: expect.any(String),
      changes: [{ path: 'logs.retentionDays', from: 90, to: 30 }],
    });
    const models = await root.get('/logs/audit?target=model:org/sub/my-model').expect(200);
    expect(models.body.items.map(({ action }: { action: string }) => action)).toEqual(['model.delete', 'model.put']);
    await alice.get('/logs/audit').expect(403);
  });
});
