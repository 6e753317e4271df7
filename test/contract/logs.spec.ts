import {
  AuditLog,
  csvLine,
  type KeysetPage,
  LedgerRepository,
  type LedgerRow,
  LogRetention,
  logsEntities,
  logSettings,
  logsMigrations,
  Statistics,
  StatisticsRepository,
  UsageLog,
  UsageLogRepository,
  type UsageRow,
} from '@app/logs';
import { FixedSettings } from '@app/config';
import { isUniqueViolation } from '@app/platform/database';
import { describeDatabases } from './support';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOON = Date.UTC(2026, 0, 10, 12);

const usage = (id: string, more: Partial<UsageRow> = {}): UsageRow => ({
  id: `req_${id}`,
  createdAt: NOON,
  userId: 'user-1',
  keyId: 'key-1',
  channelId: 'channel-1',
  credentialId: 'credential-1',
  group: 'default',
  model: 'gpt-x',
  requestedModel: null,
  upstreamModel: null,
  protocol: 'openai-chat',
  operation: 'chat',
  stream: false,
  status: 'ok',
  httpStatus: 200,
  ending: 'completed',
  errorCode: null,
  inputTokens: 10,
  outputTokens: 5,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
  costNano: 1_000,
  durationMs: 50,
  firstByteMs: null,
  attempts: [],
  usageSource: 'upstream',
  price: null,
  dropped: null,
  ip: '127.0.0.1',
  nodeId: 'node-1',
  ...more,
});

const entry = (id: string, more: Partial<LedgerRow> = {}): LedgerRow => ({
  id,
  createdAt: NOON,
  userId: 'user-1',
  kind: 'charge',
  amountNano: -1_000,
  balanceAfterNano: 9_000,
  requestId: null,
  reason: null,
  actorId: null,
  ...more,
});

/** Walks all pages; the ids in order. */
async function walk<T extends { id: string }>(page: (cursor?: string) => Promise<KeysetPage<T>>): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | undefined, pages = 0; pages < 1_000; pages++) {
    const { items, nextCursor } = await page(cursor);
    ids.push(...items.map(({ id }) => id));
    if (nextCursor === null) return ids;
    cursor = nextCursor;
  }
  throw new Error('the pages never end');
}

describeDatabases('logs', { entities: logsEntities, migrations: logsMigrations }, (database) => {
  const log = () => new UsageLogRepository(database.dataSource);
  const ledger = () => new LedgerRepository(database.dataSource);
  const audit = () => new AuditLog(database.dataSource);
  const statistics = () => new Statistics(new StatisticsRepository(database.dataSource));
  const insert = (...rows: UsageRow[]) => log().insertMany(database.dataSource.manager, rows);

  beforeEach(async () => {
    for (const table of ['usage_logs', 'audit_logs']) await database.dataSource.query(`DELETE FROM ${table}`);
  });

  describe('usage log', () => {
    it('gives back every field as it was written', async () => {
      const full = usage('full', {
        stream: true,
        requestedModel: 'gpt-y',
        upstreamModel: 'gpt-x-2026 面条',
        cacheReadTokens: 3,
        cacheWriteTokens: 2,
        reasoningTokens: 1,
        costNano: Number.MAX_SAFE_INTEGER,
        firstByteMs: 7,
        attempts: [
          {
            channelId: 'channel-1',
            credentialId: null,
            status: 429,
            errorCode: 'rate_limited',
            reason: 'other-credential',
            startedAt: NOON,
            durationMs: 3,
          },
        ],
        usageSource: 'estimated',
        price: { inputPerMTok: 5 },
        dropped: ['logit_bias'],
      });
      const bare = usage('bare', { createdAt: NOON - 1, channelId: null, credentialId: null, usageSource: null });
      await insert(full, bare);
      const { items, nextCursor } = await log().list({}, { limit: 10 });
      expect(items.map((row) => ({ ...row }))).toEqual([full, bare]);
      expect(nextCursor).toBeNull();
    });

    it('stores what an upstream or caller made up, within its columns', async () => {
      await insert(
        usage('odd', {
          model: `a\0b${'m'.repeat(500)}`,
          inputTokens: -5,
          outputTokens: Infinity,
          reasoningTokens: Number.NaN,
          errorCode: '面'.repeat(300),
          dropped: ['x'.repeat(70_000)],
        }),
      );
      const { items } = await log().list({}, { limit: 1 });
      expect(items[0]).toMatchObject({ inputTokens: 0, outputTokens: 1e12, reasoningTokens: 0, dropped: [] });
      expect(items[0]!.model).toMatch(/^abm{198}$/);
    });

    it('takes batches of any size, in statements of bounded size', async () => {
      for (const size of [0, 1, 49, 50, 51, 137]) {
        await insert(...Array.from({ length: size }, (_, index) => usage(`${size}-${index}`)));
      }
      expect(await database.dataSource.manager.count(UsageLog)).toBe(1 + 49 + 50 + 51 + 137);
    });

    it('knows which ids it has, and refuses one twice', async () => {
      await insert(usage('a'), usage('b'));
      const asked = ['req_a', 'req_x', ...Array.from({ length: 1_200 }, (_, index) => `req_${index}`), 'req_b'];
      expect([...(await log().existingIds(database.dataSource.manager, asked))].sort()).toEqual(['req_a', 'req_b']);
      expect((await log().existingIds(database.dataSource.manager, [])).size).toBe(0);
      const again = await insert(usage('c'), usage('a')).catch((error: unknown) => error);
      expect(isUniqueViolation(again)).toBe(true);
    });

    it('belongs to the transaction of the manager it is given', async () => {
      const undone = database.dataSource.transaction(async (manager) => {
        await log().insertMany(manager, [usage('gone')]);
        throw new Error('roll back');
      });
      await expect(undone).rejects.toThrow('roll back');
      expect(await database.dataSource.manager.count(UsageLog)).toBe(0);
    });

    it('pages newest first, each row once, whatever the times and however many share one', async () => {
      const rows = Array.from({ length: 40 }, (_, index) =>
        usage(String(index).padStart(3, '0'), { createdAt: NOON + Math.floor(index / 7) }),
      );
      await insert(...rows);
      const wanted = rows.map(({ id }) => id).reverse();
      for (const limit of [1, 3, 7, 39, 40, 41]) {
        expect(await walk((cursor) => log().list({}, { limit, cursor }))).toEqual(wanted);
      }
    });

    it('does not repeat or lose rows when newer ones arrive between two pages', async () => {
      await insert(usage('1'), usage('2', { createdAt: NOON + 1 }), usage('3', { createdAt: NOON + 2 }));
      const first = await log().list({}, { limit: 2 });
      await insert(usage('4', { createdAt: NOON + 3 }));
      const second = await log().list({}, { limit: 2, cursor: first.nextCursor! });
      expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(['req_3', 'req_2', 'req_1']);
    });

    it.each([
      ['userId', { userId: 'user-2' }, ['req_user']],
      ['keyId', { keyId: 'key-2' }, ['req_key']],
      ['channelId', { channelId: 'channel-2' }, ['req_channel']],
      ['model', { model: 'other' }, ['req_model']],
      ['model, by case', { model: 'Other' }, []],
      ['status', { status: 'error' as const }, ['req_status']],
      ['requestId', { requestId: 'req_key' }, ['req_key']],
      ['from, inclusive', { from: NOON + 5 }, ['req_late']],
      ['to, exclusive', { to: NOON - 4 }, ['req_early']],
      ['a range', { from: NOON - 5, to: NOON - 5 }, []],
      ['two at once', { userId: 'user-2', model: 'other' }, []],
    ])('filters by %s', async (_, filter, ids) => {
      await insert(
        usage('user', { userId: 'user-2' }),
        usage('key', { keyId: 'key-2' }),
        usage('channel', { channelId: 'channel-2' }),
        usage('model', { model: 'other' }),
        usage('status', { status: 'error' }),
        usage('late', { createdAt: NOON + 5 }),
        usage('early', { createdAt: NOON - 5 }),
      );
      expect((await log().list(filter, { limit: 50 })).items.map(({ id }) => id)).toEqual(ids);
    });

    it('hands out every matching row for an export, a page at a time', async () => {
      const rows = Array.from({ length: 1_203 }, (_, index) =>
        usage(String(index).padStart(5, '0'), { createdAt: NOON + (index % 3), userId: index % 2 ? 'odd' : 'even' }),
      );
      await insert(...rows);
      const lines: string[] = [];
      for await (const row of log().each({ userId: 'odd' })) lines.push(csvLine([row.id]));
      expect(lines).toHaveLength(601);
      expect(new Set(lines).size).toBe(601);
    });
  });

  // Nothing empties the ledger: every test has entries of its own.
  describe('ledger', () => {
    const write = (...rows: LedgerRow[]) => ledger().insertMany(database.dataSource.manager, rows);

    it('gives back every field, newest first, by user', async () => {
      const topup = entry('1', { kind: 'topup', amountNano: 10_000, reason: 'gift', actorId: 'root' });
      const charge = entry('2', { createdAt: NOON + 1, requestId: 'req_1' });
      await write(topup, charge, entry('3', { userId: 'user-2' }));
      const { items } = await ledger().list({ userId: 'user-1' }, { limit: 10 });
      expect(items.map((row) => ({ ...row }))).toEqual([charge, topup]);
      expect(await walk((cursor) => ledger().list({}, { limit: 1, cursor }))).toEqual(['2', '3', '1']);
    });

    it('holds one charge per request, a refund beside it, and any number of entries without a request', async () => {
      await write(entry('4', { requestId: 'req_2' }), entry('5', { requestId: 'req_2', kind: 'refund' }));
      await write(entry('6', { kind: 'topup' }), entry('7', { kind: 'topup' }));
      const twice = await write(entry('8', { requestId: 'req_2' })).catch((error: unknown) => error);
      expect(isUniqueViolation(twice)).toBe(true);
    });

    it('never stores an amount other than the one given', async () => {
      await expect(async () => write(entry('9', { amountNano: 2 ** 53 }))).rejects.toThrow(RangeError);
      await expect(async () => write(entry('9', { balanceAfterNano: 0.5 }))).rejects.toThrow(RangeError);
    });
  });

  describe('audit log', () => {
    const record = { actorId: 'root', action: 'channel.update', target: 'channel:1', ip: '::1', changes: null };

    it('keeps what was done, without the secrets in it', async () => {
      const changes = { name: '面条', keys: ['sk-live-0123456789abcdef'], note: 'Bearer abcdefghijklmnop' };
      await audit().record({ ...record, changes });
      const { items } = await audit().list({}, { limit: 1 });
      expect(items[0]).toMatchObject({ ...record, changes: { name: '面条' } });
      expect(JSON.stringify(items)).not.toMatch(/0123456789abcdef|abcdefghijklmnop/);
    });

    it('belongs to the transaction it is given', async () => {
      const undone = database.dataSource.transaction(async (manager) => {
        await audit().record(record, manager);
        throw new Error('roll back');
      });
      await expect(undone).rejects.toThrow('roll back');
      expect((await audit().list({}, { limit: 5 })).items).toEqual([]);
    });

    it('lists by actor, action and target', async () => {
      await audit().record(record);
      await audit().record({ ...record, actorId: null, action: 'user.login', target: null, ip: null });
      const actions = async (filter: object) =>
        (await audit().list(filter, { limit: 5 })).items.map(({ action }) => action);
      expect(await actions({})).toHaveLength(2);
      expect(await actions({ actorId: 'root' })).toEqual(['channel.update']);
      expect(await actions({ action: 'user.login' })).toEqual(['user.login']);
      expect(await actions({ target: 'channel:1', actorId: 'root' })).toEqual(['channel.update']);
      expect(await actions({ to: 1 })).toEqual([]);
    });
  });

  describe('statistics', () => {
    const range = { from: NOON - DAY, to: NOON + DAY };

    it('sum a range, and only it', async () => {
      await insert(
        usage('1', { costNano: 5, durationMs: 100 }),
        usage('2', { costNano: 7, durationMs: 300, status: 'error', createdAt: NOON - DAY }),
        usage('3', { costNano: 11, durationMs: 200, status: 'aborted', userId: 'user-2' }),
        usage('before', { createdAt: NOON - DAY - 1 }),
        usage('after', { createdAt: NOON + DAY }),
      );
      const sums = { requests: 3, errors: 1, inputTokens: 30, outputTokens: 15, costNano: 23 };
      expect(await statistics().summary(range)).toEqual({ ...sums, p50Ms: 200, p95Ms: 300 });
      expect(await statistics().summary({ ...range, userId: 'user-2' })).toMatchObject({ requests: 1, costNano: 11 });
    });

    it('of nothing are zero', async () => {
      const nothing = {
        requests: 0,
        errors: 0,
        inputTokens: 0,
        outputTokens: 0,
        costNano: 0,
        p50Ms: null,
        p95Ms: null,
      };
      expect(await statistics().summary(range)).toEqual(nothing);
      expect(await statistics().usage(range, 'hour', 'model')).toEqual({ points: [], truncated: false });
    });

    it('fall into hours and days of UTC', async () => {
      await insert(
        usage('1', { createdAt: NOON }),
        usage('2', { createdAt: NOON + HOUR - 1 }),
        usage('3', { createdAt: NOON + HOUR }),
        usage('4', { createdAt: NOON + 12 * HOUR }),
      );
      const buckets = async (size: 'hour' | 'day') =>
        (await statistics().usage(range, size, 'model')).points.map(({ bucket, requests }) => [bucket, requests]);
      expect(await buckets('hour')).toEqual([
        [NOON, 2],
        [NOON + HOUR, 1],
        [NOON + 12 * HOUR, 1],
      ]);
      expect(await buckets('day')).toEqual([
        [NOON - 12 * HOUR, 3],
        [NOON + 12 * HOUR, 1],
      ]);
    });

    it.each([
      ['model', ['a', 'b']],
      ['user', ['user-1', 'user-2']],
      ['channel', ['channel-1', null]],
      ['token', ['key-1', 'key-2']],
    ] as const)('are kept apart by %s, the busiest first', async (by, keys) => {
      const second = { model: 'b', userId: 'user-2', channelId: null, keyId: 'key-2' };
      await insert(usage('1', { model: 'a' }), usage('2', { model: 'a' }), usage('3', second));
      const { points } = await statistics().usage(range, 'day', by);
      expect(points.map(({ key, requests }) => [key, requests])).toEqual([
        [keys[0], 2],
        [keys[1], 1],
      ]);
    });

    it('give percentiles that occurred, at most 5 % above the exact ones', async () => {
      const durations = Array.from({ length: 400 }, (_, index) => Math.round(1.03 ** index * 3) % 9_000_000);
      await insert(...durations.map((durationMs, index) => usage(String(index), { durationMs })));
      const sorted = [...durations].sort((a, b) => a - b);
      const [point] = (await statistics().usage(range, 'day', 'model')).points;
      const { p50Ms, p95Ms } = await statistics().summary(range);
      for (const [seen, exact] of [
        [point!.p50Ms, sorted[199]!],
        [point!.p95Ms, sorted[379]!],
        [p50Ms!, sorted[199]!],
        [p95Ms!, sorted[379]!],
      ] as const) {
        expect(durations).toContain(seen);
        expect(seen).toBeGreaterThanOrEqual(exact);
        expect(seen).toBeLessThanOrEqual(exact * 1.05);
      }
    });

    it('survive counts no model can have used', async () => {
      await insert(...Array.from({ length: 30 }, (_, index) => usage(String(index), { inputTokens: Infinity })));
      expect((await statistics().summary(range)).inputTokens).toBe(30e12);
    });

    it.each([
      ['hour', 33],
      ['day', 400],
    ] as const)('by the %s refuse a range of %d days', async (bucket, days) => {
      const tooLong = { from: NOON - days * DAY, to: NOON };
      await expect(statistics().usage(tooLong, bucket, 'model')).rejects.toMatchObject({ code: 'invalid' });
      await expect(statistics().usage({ from: NOON, to: NOON }, bucket, 'model')).rejects.toThrow('from');
    });
  });

  describe('retention', () => {
    const settings = new FixedSettings();
    const retention = () => new LogRetention(log(), audit(), settings);

    it('deletes what is older than the settings say, and nothing of the ledger', async () => {
      await insert(
        ...Array.from({ length: 1_100 }, (_, index) => usage(`old${index}`, { createdAt: NOON - 10 * DAY - 1 })),
        usage('young', { createdAt: NOON - 10 * DAY }),
      );
      await ledger().insertMany(database.dataSource.manager, [entry('old', { userId: 'old', createdAt: 0 })]);
      await audit().record({ actorId: null, action: 'a', target: null, ip: null, changes: null });
      settings.set(logSettings.retentionDays, 10).set(logSettings.auditRetentionDays, 1);
      expect(await retention().run(NOON)).toEqual({ usage: 1_100, audit: 0 });
      expect(await retention().run(Date.now() + 2 * DAY)).toMatchObject({ audit: 1 });
      expect((await ledger().list({ userId: 'old' }, { limit: 5 })).items).toHaveLength(1);
    });

    it('keeps everything at 0 days', async () => {
      await insert(usage('ancient', { createdAt: 1 }));
      settings.set(logSettings.retentionDays, 0).set(logSettings.auditRetentionDays, 0);
      expect(await retention().run()).toEqual({ usage: 0, audit: 0 });
      expect(await database.dataSource.manager.count(UsageLog)).toBe(1);
    });
  });
});
