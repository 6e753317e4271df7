import { randomBytes } from 'node:crypto';
import { ChangeBus, type ChangeHandler, type Json } from '@app/platform/bus';
import { SecretBox } from '@app/platform/secrets';
import { Logger } from '@nestjs/common';
import { ChannelEntity } from '../channels/channel.entity';
import type { ChannelRecord } from '../channels/channel-input';
import type { ChannelRepository } from '../channels/channel.repository';
import { planCredentials } from '../channels/credential-plan';
import { ChannelIndex } from './channel-index';
import { IndexKeeper } from './index-keeper';

const secrets = new SecretBox([randomBytes(32)]);

class Bus extends ChangeBus {
  handler: ChangeHandler = () => undefined;

  async publish(_: string, payload?: Json): Promise<void> {
    await this.handler(payload ?? null);
  }

  subscribe(_: string, handler: ChangeHandler): () => void {
    this.handler = handler;
    return () => undefined;
  }
}

/** The table of channels, and what was read of it. */
class Table implements Pick<ChannelRepository, 'findMany' | 'pageAfter' | 'revision'> {
  readonly rows = new Map<string, ChannelRecord>();
  readonly reads: string[] = [];
  isDown = false;
  private changes = 0;

  put(id: string, over: Partial<ChannelEntity> = {}, keys: readonly string[] = ['key']): void {
    const channel = Object.assign(new ChannelEntity(), {
      ...{ id, name: id, provider: 'openai', baseUrl: null, protocols: null, models: ['m'], modelMapping: {} },
      ...{
        groups: ['default'],
        tags: [],
        settings: {},
        priority: 0,
        weight: 1,
        status: 'enabled',
        updatedAt: ++this.changes,
      },
      ...over,
    });
    const { insert } = planCredentials(secrets, {
      channelId: id,
      current: [],
      wanted: keys,
      now: 0,
      of: { provider: 'openai', settings: {} },
    });
    this.rows.set(id, { channel, credentials: insert });
  }

  async findMany(ids: readonly string[]): Promise<ChannelRecord[]> {
    this.read(`some ${ids.length}`);
    return ids.flatMap((id) => this.rows.get(id) ?? []);
  }

  async pageAfter(afterId: string, limit: number): Promise<ChannelRecord[]> {
    this.read('page');
    const ids = [...this.rows.keys()].sort().filter((id) => id > afterId);
    return ids.slice(0, limit).map((id) => this.rows.get(id)!);
  }

  async revision() {
    if (this.isDown) throw new Error('connection refused');
    const times = [...this.rows.values()].map(({ channel }) => channel.updatedAt);
    return { count: times.length, updatedAt: Math.max(0, ...times) };
  }

  private read(what: string): void {
    if (this.isDown) throw new Error('connection refused');
    this.reads.push(what);
  }
}

const keepers: IndexKeeper[] = [];
afterEach(() => {
  keepers.splice(0).forEach((keeper) => keeper.onApplicationShutdown());
  jest.restoreAllMocks();
});

async function world(prepare: (table: Table) => void = () => undefined) {
  const [table, bus, index] = [new Table(), new Bus(), new ChannelIndex()];
  prepare(table);
  const keeper = new IndexKeeper(index, table as unknown as ChannelRepository, secrets, bus);
  keepers.push(keeper);
  await keeper.onModuleInit();
  table.reads.length = 0;
  return { table, bus, index, keeper };
}

describe('the index', () => {
  it('holds all channels that can serve, and no others', async () => {
    const { index } = await world((table) => {
      for (let n = 0; n < 450; n++) table.put(`c${n}`, { models: [`m${n}`] });
      table.put('off', { models: ['off'], status: 'disabled' });
      table.put('auto', { models: ['auto'], status: 'auto_disabled' });
      table.put('stranger', { models: ['stranger'], provider: 'from-a-newer-version' });
      table.put('nowhere', { models: ['nowhere'], provider: 'openai-compatible' });
      table.put('keyless', { models: ['keyless'], provider: 'ollama' }, []);
    });
    expect(index.models('default')).toHaveLength(451);
    expect(index.models('default')).toContain('keyless');
    expect(index.models('default')).not.toEqual(expect.arrayContaining(['off']));
  });

  it('reads a changed channel, and only that', async () => {
    const { table, bus, index } = await world((t) => t.put('a'));
    table.put('b', { models: ['new'] });
    await bus.publish('channels.changed', { channelIds: ['b'] });
    expect(index.models('default')).toEqual(['m', 'new']);
    expect(table.reads).toEqual(['some 1']);
  });

  it('drops what was disabled, deleted, or lost its last enabled key', async () => {
    const { table, bus, index } = await world((t) => {
      for (const id of ['disabled', 'deleted', 'worn', 'stays']) t.put(id, { models: [id] });
    });
    table.put('disabled', { models: ['disabled'], status: 'disabled' });
    table.rows.delete('deleted');
    for (const row of table.rows.get('worn')!.credentials) row.status = 'auto_disabled';
    await bus.publish('channels.changed', { channelIds: ['disabled', 'deleted', 'worn'] });
    expect(index.models('default')).toEqual(['stays']);
  });

  it('reads everything when the message names nothing', async () => {
    const { table, bus, index } = await world((t) => t.put('a'));
    table.rows.clear();
    table.put('b', { models: ['other'] });
    await bus.publish('channels.changed', null);
    expect(index.models('default')).toEqual(['other']);
    expect(table.reads).toEqual(['page']);
  });

  it('is read once for a hundred changes at a time', async () => {
    const { table, bus } = await world();
    for (let n = 0; n < 100; n++) table.put(`c${n}`);
    await Promise.all(
      Array.from({ length: 100 }, (_, n) => bus.publish('channels.changed', { channelIds: [`c${n}`] })),
    );
    expect(table.reads).toEqual(['some 100']);
  });

  it('notices a change whose message was lost', async () => {
    const { table, index, keeper } = await world((t) => t.put('a'));
    await keeper.check();
    expect(table.reads).toEqual([]);
    table.put('b', { models: ['unannounced'] });
    await keeper.check();
    expect(index.models('default')).toEqual(['m', 'unannounced']);
    table.rows.delete('a');
    await keeper.check();
    expect(index.models('default')).toEqual(['unannounced']);
  });

  it('stays as it is while the database is down, and catches up afterwards', async () => {
    jest.spyOn(Logger.prototype, 'error').mockImplementation();
    const { table, bus, index } = await world((t) => t.put('a'));
    table.put('b', { models: ['late'] });
    table.isDown = true;
    await bus.publish('channels.changed', { channelIds: ['b'] });
    expect(index.models('default')).toEqual(['m']);
    table.isDown = false;
    await bus.publish('channels.changed', { channelIds: [] });
    expect(index.models('default')).toEqual(['late', 'm']);
  });

  it('leaves out a key that does not open and says so, but keeps its channel’s others', async () => {
    const logged = jest.spyOn(Logger.prototype, 'error').mockImplementation();
    const { index } = await world((t) => {
      t.put('a', {}, ['key-1', 'key-2']);
      const [first] = t.rows.get('a')!.credentials;
      first!.sealedSecret = t.rows.get('a')!.credentials[1]!.sealedSecret;
    });
    const table = index.table('default')!;
    expect(table.channelAt(table.start(table.row('m')!)).credentials.map(({ secret }) => secret)).toEqual(['key-2']);
    expect(logged).toHaveBeenCalledTimes(1);
  });

  it('is one whole version to whoever holds it', async () => {
    const { table, bus, index } = await world((t) => t.put('a'));
    const before = index.table('default')!;
    table.rows.delete('a');
    await bus.publish('channels.changed', { channelIds: ['a'] });
    expect(before.channelAt(before.start(before.row('m')!)).view.id).toBe('a');
    expect(index.table('default')).toBeUndefined();
  });
});
