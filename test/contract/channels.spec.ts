import { randomBytes } from 'node:crypto';
import {
  ChannelBatch,
  type ChannelInput,
  type ChannelQuery,
  type ChannelRecord,
  ChannelService,
  ChannelUsageRepository,
  channelsEntities,
  channelsMigrations,
} from '@app/channels';
import { ChangeBus, type ChangeHandler, type Json } from '@app/platform/bus';
import { transact } from '@app/platform/database';
import { SecretBox } from '@app/platform/secrets';
import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { ChannelCredentialEntity } from '../../libs/channels/src/channels/channel-credential.entity';
import { ChannelEntity } from '../../libs/channels/src/channels/channel.entity';
import { ChannelRepository } from '../../libs/channels/src/channels/channel.repository';
import { FixedSettings } from '@app/config';
import { CredentialRecovery } from '../../libs/channels/src/health/credential-recovery';
import { channelSettings } from '../../libs/channels/src/channels.settings';
import { AutoDisabler } from '../../libs/channels/src/health/auto-disabler';
import { ChannelIndex } from '../../libs/channels/src/routing/channel-index';
import { IndexKeeper } from '../../libs/channels/src/routing/index-keeper';
import { describeDatabases } from './support';

/** What all nodes hear, at once. */
class MemoryBus extends ChangeBus {
  readonly #handlers: [string, ChangeHandler][] = [];

  async publish(topic: string, payload?: Json): Promise<void> {
    const heard = this.#handlers.filter(([subscribed]) => subscribed === topic);
    await Promise.all(heard.map(async ([, handler]) => handler(payload ?? null)));
  }

  subscribe(topic: string, handler: ChangeHandler): () => void {
    this.#handlers.push([topic, handler]);
    return () => undefined;
  }
}

const secrets = new SecretBox([randomBytes(32)]);

/** One process of several. */
function node(dataSource: DataSource, bus: ChangeBus) {
  const clock = { now: () => Date.now() };
  const settings = new FixedSettings();
  const repository = new ChannelRepository(dataSource);
  const index = new ChannelIndex();
  return {
    repository,
    index,
    keeper: new IndexKeeper(index, repository, secrets, bus),
    service: new ChannelService(repository, secrets, dataSource, bus, clock),
    batch: new ChannelBatch(repository, dataSource, bus, clock),
    disabler: new AutoDisabler(repository, dataSource, bus, clock, settings),
    recovery: new CredentialRecovery(repository, dataSource, bus, clock, settings),
    settings,
    usage: new ChannelUsageRepository(),
  };
}

const input = (over: Partial<ChannelInput> = {}): ChannelInput => ({
  name: 'main',
  provider: 'openai',
  keys: ['sk-first-000000000000000000', 'sk-second-00000000000000000'],
  models: ['gpt-5', 'gpt-5-mini'],
  ...over,
});

const query = (over: Partial<ChannelQuery> = {}): ChannelQuery => ({
  offset: 0,
  limit: 20,
  by: 'createdAt',
  descending: true,
  ...over,
});

const ids = ({ credentials }: ChannelRecord): string[] => credentials.map(({ id }) => id);

describeDatabases('channels', { entities: channelsEntities, migrations: channelsMigrations }, (database) => {
  let bus: MemoryBus;
  let here: ReturnType<typeof node>;
  let elsewhere: DataSource;

  // A second connection to SQLite from this same thread would wait for itself: there, the nodes share one.
  beforeAll(async () => {
    Logger.overrideLogger(false);
    elsewhere = database.dialect === 'sqlite' ? database.dataSource : await database.open();
  });

  beforeEach(async () => {
    await database.dataSource.manager.deleteAll(ChannelCredentialEntity);
    await database.dataSource.manager.deleteAll(ChannelEntity);
    bus = new MemoryBus();
    here = node(database.dataSource, bus);
  });

  describe('a channel', () => {
    it('is read back as it was written', async () => {
      const written = input({
        baseUrl: 'https://proxy.example/v1',
        protocols: ['openai-chat'],
        modelMapping: { fast: 'gpt-5-mini' },
        groups: ['default', 'vip'],
        priority: -3,
        weight: 7,
        tags: ['eu', '测试'],
        status: 'disabled',
        settings: { headers: { 'x-team': 'a' } },
      });
      const { channel } = await here.service.create(written);
      const { keys: _, ...fields } = written;
      const { channel: read, credentials } = await here.service.get(channel.id);
      expect(read).toMatchObject({
        ...fields,
        usedNano: 0,
        balanceNano: null,
        responseTimeMs: null,
        statusReason: null,
      });
      expect(credentials.map(({ status, position }) => [status, position])).toEqual([
        ['enabled', 0],
        ['enabled', 1],
      ]);
    });

    it('keeps its secrets sealed: no table holds one', async () => {
      const { channel } = await here.service.create(input());
      const rows: unknown = await database.dataSource.query('SELECT * FROM channel_credentials');
      const channels: unknown = await database.dataSource.query('SELECT * FROM channels');
      expect(JSON.stringify([rows, channels])).not.toMatch(/sk-(first|second)-0000/);
      const route = await here.service.routeTo(channel.id);
      expect(route.credential.secret).toBe('sk-first-000000000000000000');
    });

    it('may serve five thousand models with long names', async () => {
      const models = Array.from({ length: 5000 }, (_, n) => `${'m'.repeat(190)}-${n}`);
      const { channel } = await here.service.create(input({ models }));
      expect((await here.service.get(channel.id)).channel.models).toEqual(models);
    });

    it('that does not exist is not found, whatever is asked of it', async () => {
      const absent = { code: 'not_found' };
      await expect(here.service.get('x')).rejects.toMatchObject(absent);
      await expect(here.service.update('x', { name: 'y' })).rejects.toMatchObject(absent);
      await expect(here.service.remove('x')).rejects.toMatchObject(absent);
      await expect(here.service.routeTo('x')).rejects.toMatchObject(absent);
      await expect(here.service.setCredentialStatus('x', 'y', 'enabled')).rejects.toMatchObject(absent);
    });

    it('that is refused leaves nothing behind', async () => {
      await expect(here.service.create(input({ provider: 'nobody' }))).rejects.toMatchObject({ code: 'invalid' });
      await expect(here.service.create(input({ keys: [] }))).rejects.toMatchObject({ code: 'invalid' });
      expect((await here.service.list(query())).total).toBe(0);
    });

    it('is removed with its credentials', async () => {
      const { channel } = await here.service.create(input());
      await here.service.remove(channel.id);
      expect(await database.dataSource.manager.count(ChannelCredentialEntity)).toBe(0);
    });

    it('remembers a test’s response time and what is left on the account', async () => {
      const { channel } = await here.service.create(input());
      await here.service.recordTest(channel.id, { ok: true, latencyMs: 123.4 });
      await here.service.recordTest(channel.id, { ok: false, latencyMs: 9 });
      await here.service.recordBalance(channel.id, 12.5);
      expect((await here.service.get(channel.id)).channel).toMatchObject({
        responseTimeMs: 123,
        balanceNano: 12_500_000_000,
      });
      await here.service.recordBalance(channel.id, null);
      expect((await here.service.get(channel.id)).channel).toMatchObject({ balanceNano: null, status: 'enabled' });
    });
  });

  describe('a change', () => {
    it('touches only what it names', async () => {
      const created = await here.service.create(input({ tags: ['a'], weight: 5, modelMapping: { x: 'y' } }));
      const { id } = created.channel;
      const { channel, credentials } = await here.service.update(id, { name: 'renamed', priority: 9 });
      const { updatedAt: _, ...before } = { ...created.channel, name: 'renamed', priority: 9 };
      expect(channel).toMatchObject(before);
      expect(credentials.map((row) => row.id)).toEqual(ids(created));
    });

    it('is judged whole: a base URL cannot be taken from a provider that has none of its own', async () => {
      const { channel } = await here.service.create(input({ provider: 'openai-compatible', baseUrl: 'http://h/v1' }));
      await expect(here.service.update(channel.id, { baseUrl: null })).rejects.toMatchObject({ code: 'invalid' });
      const home = { provider: 'openai', baseUrl: null, keys: ['again'] };
      expect((await here.service.update(channel.id, home)).channel.baseUrl).toBeNull();
    });

    it('of the host keeps no key, and seals a proxy that stays until it is changed', async () => {
      const proxy = 'http://user:secret@proxy:3128';
      const { channel } = await here.service.create(input({ settings: { proxy, apiVersion: 'v1' } }));
      expect(channel).toMatchObject({ settings: { apiVersion: 'v1' }, proxyPreview: 'http://***:***@proxy:3128' });
      const moved = here.service.update(channel.id, { baseUrl: 'http://elsewhere/v1' });
      await expect(moved).rejects.toMatchObject({ code: 'invalid', extra: { errors: [{ path: 'keys' }] } });
      const renamed = await here.service.update(channel.id, {
        name: 'other',
        settings: { proxy: channel.proxyPreview },
      });
      expect(renamed.channel).toMatchObject({ settings: {}, sealedProxy: channel.sealedProxy });
      expect((await here.service.routeTo(channel.id)).channel.proxy?.url).toBe(proxy);
      const direct = await here.service.update(channel.id, { settings: {} });
      expect(direct.channel).toMatchObject({ sealedProxy: null, proxyPreview: null });
    });

    it('of keys replaces the list, and keeps what is named again with its id', async () => {
      const created = await here.service.create(input());
      const { id } = created.channel;
      const [first, second] = ids(created);
      const replaced = await here.service.update(id, { keys: ['sk-third-000', { id: second! }] });
      expect(ids(replaced)).toEqual([expect.any(String), second]);
      expect(ids(replaced)).not.toContain(first);
      const again = await here.service.update(id, { keys: ['sk-third-000', 'sk-second-00000000000000000'] });
      expect(ids(again)).toEqual(ids(replaced));
      await expect(here.service.update(id, { keys: [{ id: first! }] })).rejects.toMatchObject({ code: 'invalid' });
      expect(ids(await here.service.get(id))).toEqual(ids(replaced));
    });

    it('may take the last key only where the provider needs none', async () => {
      const { channel } = await here.service.create(input());
      await expect(here.service.update(channel.id, { keys: [] })).rejects.toMatchObject({ code: 'invalid' });
      const keyless = await here.service.update(channel.id, { keys: [], provider: 'ollama' });
      expect(keyless.credentials.map(({ preview }) => preview)).toEqual(['']);
      expect((await here.service.routeTo(channel.id)).credential.secret).toBe('');
      await expect(here.service.update(channel.id, { provider: 'openai' })).rejects.toMatchObject({ code: 'invalid' });
    });

    it('does not lose what others add to the total meanwhile', async () => {
      const { channel } = await here.service.create(input());
      const add = (nano: number) =>
        transact(database.dataSource, (manager) => here.usage.addUsed(manager, new Map([[channel.id, nano]])));
      await Promise.all([
        ...Array.from({ length: 10 }, () => add(100)),
        ...Array.from({ length: 5 }, (_, n) => here.service.update(channel.id, { name: `n${n}` })),
      ]);
      expect((await here.service.get(channel.id)).channel.usedNano).toBe(1000);
    });
  });

  describe('the totals', () => {
    it('add up when two nodes settle the same channels in opposite order', async () => {
      const [a, b] = [await here.service.create(input()), await here.service.create(input())].map(
        ({ channel }) => channel.id,
      );
      const orders: [string, number][][] = [
        [
          [a!, 1],
          [b!, 2],
          ['deleted', 5],
        ],
        [
          [b!, 3],
          [a!, 4],
        ],
      ];
      const settle = (dataSource: DataSource, used: [string, number][]) =>
        transact(dataSource, (manager) => here.usage.addUsed(manager, new Map(used)));
      await Promise.all(
        Array.from({ length: 10 }, (_, n) => settle(n % 2 ? elsewhere : database.dataSource, orders[n % 2]!)),
      );
      const totals = await here.repository.findMany([a!, b!]);
      expect(Object.fromEntries(totals.map(({ channel }) => [channel.id, channel.usedNano]))).toEqual({
        [a!]: 25,
        [b!]: 25,
      });
    });

    it('refuse what is not a whole number of nano-USD', async () => {
      const { channel } = await here.service.create(input());
      const manager = database.dataSource.manager;
      await expect(here.usage.addUsed(manager, new Map([[channel.id, 0.5]]))).rejects.toThrow(RangeError);
    });
  });

  describe('the list', () => {
    beforeEach(async () => {
      const common = { models: ['gpt-5'], groups: ['default'], tags: [] };
      await here.service.create(input({ ...common, name: 'Alpha', priority: 2, tags: ['eu', 'fast'] }));
      await here.service.create(
        input({ ...common, name: '50%_off', priority: 3, models: ['gpt-5-mini'], provider: 'groq' }),
      );
      await here.service.create(
        input({ ...common, name: 'gamma', priority: 1, groups: ['vip'], modelMapping: { fast: 'x' } }),
      );
    });

    const names = async (over: Partial<ChannelQuery>) =>
      (await here.service.list(query({ by: 'priority', descending: false, ...over }))).items.map(
        ({ channel }) => channel.name,
      );

    it.each<[Partial<ChannelQuery>, string[]]>([
      [{}, ['gamma', 'Alpha', '50%_off']],
      [{ descending: true }, ['50%_off', 'Alpha', 'gamma']],
      [{ q: 'ALPH' }, ['Alpha']],
      [{ q: '%_' }, ['50%_off']],
      [{ q: 'a_p' }, []],
      [{ provider: 'groq' }, ['50%_off']],
      [{ status: 'disabled' }, []],
      [{ group: 'vip' }, ['gamma']],
      [{ group: 'vi' }, []],
      [{ tag: 'fast' }, ['Alpha']],
      [{ tag: 'fas' }, []],
      [{ model: 'gpt-5' }, ['gamma', 'Alpha']],
      [{ model: 'fast' }, ['gamma']],
      [{ model: 'x' }, []],
      [{ model: "'; DROP TABLE channels; --" }, []],
    ])('for %j is %j', async (over, expected) => {
      expect(await names(over)).toEqual(expected);
    });

    it('is paged, with the total of all pages and each channel’s own keys', async () => {
      const { items, total } = await here.service.list(
        query({ limit: 2, offset: 2, by: 'priority', descending: false }),
      );
      expect([total, items.map(({ channel }) => channel.name)]).toEqual([3, ['50%_off']]);
      expect(items[0]!.credentials.map(({ channelId }) => channelId)).toEqual([
        items[0]!.channel.id,
        items[0]!.channel.id,
      ]);
    });
  });

  describe('a batch', () => {
    it('does one act to all it names, passing over what does not exist', async () => {
      const created = [
        await here.service.create(input()),
        await here.service.create(input()),
        await here.service.create(input()),
      ];
      const [a, b, c] = created.map(({ channel }) => channel.id);
      const statusOf = async () => {
        const records = await here.repository.findMany([a!, b!, c!]);
        return Object.fromEntries(records.map(({ channel }) => [channel.id, channel.status]));
      };
      expect(await here.batch.run({ ids: [a!, b!, 'absent', a!], action: 'disable' })).toBe(2);
      expect(await statusOf()).toEqual({ [a!]: 'disabled', [b!]: 'disabled', [c!]: 'enabled' });
      expect(await here.batch.run({ ids: [a!], action: 'enable' })).toBe(1);
      expect(await here.batch.run({ ids: [a!, b!], action: 'tag', tags: ['eu', 'eu', 'x'] })).toBe(2);
      expect(await here.batch.run({ ids: [a!], action: 'untag', tags: ['x'] })).toBe(1);
      expect((await here.service.get(a!)).channel).toMatchObject({ tags: ['eu'], status: 'enabled' });
      expect((await here.service.get(b!)).channel.tags).toEqual(['eu', 'x']);
      expect(await here.batch.run({ ids: [a!, c!], action: 'delete' })).toBe(2);
      expect(await statusOf()).toEqual({ [b!]: 'disabled' });
    });

    it('that fails for one channel changes none', async () => {
      const full = await here.service.create(input({ tags: Array.from({ length: 50 }, (_, n) => `t${n}`) }));
      const free = await here.service.create(input());
      const run = here.batch.run({ ids: [free.channel.id, full.channel.id], action: 'tag', tags: ['one-more'] });
      await expect(run).rejects.toMatchObject({ code: 'invalid' });
      expect((await here.service.get(free.channel.id)).channel.tags).toEqual([]);
    });
  });

  describe('automation', () => {
    const condemn = (record: ChannelRecord, nth: number) =>
      here.disabler.disable({
        channelId: record.channel.id,
        credentialId: record.credentials[nth]!.id,
        reason: 'invalid_api_key: refused',
      });

    it('disables the credential that fails, and the channel with its last one', async () => {
      const record = await here.service.create(input());
      await condemn(record, 0);
      const one = await here.service.get(record.channel.id);
      expect(one.channel.status).toBe('enabled');
      expect(one.credentials.map(({ status }) => status)).toEqual(['auto_disabled', 'enabled']);
      await condemn(record, 1);
      const none = await here.service.get(record.channel.id);
      expect(none.channel).toMatchObject({ status: 'auto_disabled', statusReason: 'invalid_api_key: refused' });
      expect(none.credentials[1]).toMatchObject({ status: 'auto_disabled', statusReason: 'invalid_api_key: refused' });
    });

    it('tries what it disabled again, on one node at a time and ever later, and brings it back when it works', async () => {
      const there = node(elsewhere, bus);
      for (const { settings } of [here, there]) settings.set(channelSettings['recovery.firstMs'], 1);
      const record = await here.service.create(input({ keys: ['sk-only-000000000000000000000'] }));
      const [credential] = record.credentials;
      const one = { channelId: record.channel.id, credentialId: credential!.id };
      await condemn(record, 0);
      const mine = async (who: typeof here) =>
        (await who.recovery.due(100)).filter(({ channelId }) => channelId === one.channelId);
      const claimed = [];
      while (claimed.length === 0) claimed.push(...(await Promise.all([mine(here), mine(there)])).flat());
      expect(claimed).toEqual([one]);
      for (const { settings } of [here, there]) settings.set(channelSettings['recovery.firstMs'], 1_000_000);
      while ((await mine(there)).length === 0); // the short wait from before ends, and the next is long
      expect(await mine(here)).toEqual([]);
      const { probeAt, probes } = (await here.service.get(one.channelId)).credentials[0]!;
      expect([probes, probeAt! > Date.now() + 1_000_000]).toEqual([2, true]);
      expect(await here.recovery.recovered(one)).toBe(true);
      const back = await here.service.get(one.channelId);
      expect(back.channel).toMatchObject({ status: 'enabled', statusReason: null });
      expect(back.credentials[0]).toMatchObject({ status: 'enabled', statusReason: null, probeAt: null, probes: null });
      expect(await here.recovery.recovered(one)).toBe(false);
    });

    it('tries nothing an operator has disabled, and nothing where it is not to', async () => {
      here.settings.set(channelSettings['recovery.firstMs'], 1);
      const record = await here.service.create(input({ keys: ['sk-only-000000000000000000001'] }));
      await condemn(record, 0);
      await here.service.update(record.channel.id, { status: 'disabled' });
      await here.service.setCredentialStatus(record.channel.id, record.credentials[0]!.id, 'disabled');
      const another = await here.service.create(input({ keys: ['sk-only-000000000000000000002'] }));
      here.settings.set(channelSettings['recovery.firstMs'], 0);
      await condemn(another, 0);
      here.settings.set(channelSettings['recovery.firstMs'], 1);
      const ids = (await here.recovery.due(100)).map(({ channelId }) => channelId);
      expect(ids).not.toContain(record.channel.id);
      expect(ids).not.toContain(another.channel.id);
    });

    it('disables the channel also when two nodes take its last two credentials at once', async () => {
      const there = node(elsewhere, bus);
      for (let round = 0; round < 5; round++) {
        const { channel, credentials } = await here.service.create(input());
        const [first, second] = credentials.map(({ id }) => ({ channelId: channel.id, credentialId: id, reason: 'r' }));
        await Promise.all([here.disabler.disable(first!), there.disabler.disable(second!)]);
        expect((await here.service.get(channel.id)).channel.status).toBe('auto_disabled');
      }
    });

    it('never touches what an operator disabled', async () => {
      const record = await here.service.create(input());
      const { id } = record.channel;
      await here.service.setCredentialStatus(id, record.credentials[0]!.id, 'disabled');
      await condemn(record, 0);
      expect((await here.service.get(id)).credentials[0]).toMatchObject({ status: 'disabled', statusReason: null });
      await here.service.update(id, { status: 'disabled' });
      await condemn(record, 1);
      const after = await here.service.get(id);
      expect(after.channel).toMatchObject({ status: 'disabled', statusReason: null });
    });

    it('is taken back by an operator’s "enabled", which leaves what operators disabled', async () => {
      const record = await here.service.create(input({ keys: ['k-1', 'k-2', 'k-3'] }));
      const { id } = record.channel;
      await here.service.setCredentialStatus(id, record.credentials[0]!.id, 'disabled');
      await condemn(record, 1);
      await condemn(record, 2);
      const { channel, credentials } = await here.service.update(id, { status: 'enabled' });
      expect(channel).toMatchObject({ status: 'enabled', statusReason: null });
      expect(credentials.map(({ status, statusReason }) => [status, statusReason])).toEqual([
        ['disabled', null],
        ['enabled', null],
        ['enabled', null],
      ]);
    });

    it('of another channel’s credential is not possible', async () => {
      const [mine, other] = [await here.service.create(input()), await here.service.create(input())];
      const foreign = other.credentials[0]!.id;
      const attempt = here.service.setCredentialStatus(mine.channel.id, foreign, 'disabled');
      await expect(attempt).rejects.toMatchObject({ code: 'not_found' });
      await here.disabler.disable({ channelId: mine.channel.id, credentialId: foreign, reason: 'r' });
      expect((await here.service.get(other.channel.id)).credentials[0]!.status).toBe('enabled');
    });
  });

  it('keeps the index of every node in step', async () => {
    const there = node(elsewhere, bus);
    const before = await here.service.create(input({ models: ['first'] }));
    await Promise.all([here.keeper.onModuleInit(), there.keeper.onModuleInit()]);
    const both = () => [here, there].map(({ index }) => index.models('default'));
    try {
      expect(both()).toEqual([['first'], ['first']]);
      const { channel } = await there.service.create(input({ models: ['second'] }));
      expect(both()).toEqual([
        ['first', 'second'],
        ['first', 'second'],
      ]);
      await here.service.update(before.channel.id, { status: 'disabled' });
      expect(both()).toEqual([['second'], ['second']]);
      await there.batch.run({ ids: [before.channel.id], action: 'enable' });
      await here.service.remove(channel.id);
      expect(both()).toEqual([['first'], ['first']]);
      await elsewhere.manager.update(ChannelEntity, { id: before.channel.id }, { models: ['silent'], updatedAt: 1 });
      await there.keeper.check();
      expect(there.index.models('default')).toEqual(['silent']);
    } finally {
      for (const { keeper } of [here, there]) keeper.onApplicationShutdown();
    }
  });
});
