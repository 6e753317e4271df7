import { randomBytes } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { DomainError, systemClock } from '@app/core';
import {
  choice,
  configEntities,
  configMigrations,
  defineSettings,
  integer,
  list,
  secret,
  SettingsRepository,
  SettingsService,
} from '@app/config';
import { SecretBox } from '@app/platform/secrets';
import { LocalBus } from '../support/local-bus';
import { describeDatabases } from './support';

const help = { en: 'x', zh: 'x' };

const kitchen = defineSettings('kitchen', {
  'oven.degrees': integer({ default: 180, min: 50, max: 300, help }),
  'oven.mode': choice({ default: 'fan', choices: ['fan', 'grill'], help }),
  recipes: list({ default: ['bread'], help }),
  'safe.code': secret({ help }),
});

beforeAll(() => Logger.overrideLogger(false));

const box = new SecretBox([randomBytes(32)]);

describeDatabases('settings', { entities: configEntities, migrations: configMigrations }, (database) => {
  let here: SettingsService;
  let there: SettingsService;

  const node = (bus = new LocalBus()) =>
    new SettingsService(new SettingsRepository(database.dataSource), bus, box, systemClock).start();
  const rows = () => database.dataSource.query<Record<string, unknown>[]>('SELECT * FROM settings');
  const change = (patch: unknown, expectedVersion?: number) => here.change({ patch, actorId: 'root', expectedVersion });

  beforeEach(async () => {
    const bus = new LocalBus();
    here = await node(bus);
    there = await node(bus);
  });

  afterEach(async () => {
    await change({ kitchen: { oven: { degrees: null, mode: null }, recipes: null, safe: { code: null } } });
    here.onApplicationShutdown();
    there.onApplicationShutdown();
  });

  it('are the defaults until changed, then the change on every node before it is answered', async () => {
    expect(here.get(kitchen['oven.degrees'])).toBe(180);
    const changes = await change({ kitchen: { oven: { degrees: 200 }, recipes: ['soup', '面条'] } });
    expect(changes).toEqual([
      { path: 'kitchen.oven.degrees', from: 180, to: 200 },
      { path: 'kitchen.recipes', from: ['bread'], to: ['soup', '面条'] },
    ]);
    for (const settings of [here, there, await node()]) {
      expect(settings.get(kitchen['oven.degrees'])).toBe(200);
      expect(settings.get(kitchen.recipes)).toEqual(['soup', '面条']);
      expect(settings.get(kitchen['oven.mode'])).toBe('fan');
    }
  });

  it('refuse a bad change whole, naming every bad field', async () => {
    const bad = { kitchen: { oven: { degrees: 5, mode: 'grill' }, recipes: 7 } };
    await expect(change(bad)).rejects.toMatchObject({
      code: 'invalid',
      extra: {
        errors: [
          { path: 'kitchen.oven.degrees', message: 'must be at least 50' },
          { path: 'kitchen.recipes', message: 'must be a list' },
        ],
      },
    });
    expect(here.get(kitchen['oven.mode'])).toBe('fan');
    expect(await rows()).toHaveLength(1);
  });

  it('store only what differs from the defaults', async () => {
    await change({ kitchen: { oven: { degrees: 200, mode: 'fan' } } });
    expect((await rows()).map((row) => row.key).sort()).toEqual(['$revision', 'kitchen.oven.degrees']);
    await change({ kitchen: { oven: { degrees: 180 } } });
    expect((await rows()).map((row) => row.key)).toEqual(['$revision']);
  });

  it('change nothing and tell nobody when the patch says what is so already', async () => {
    const told = jest.fn();
    there.onChange('kitchen', told);
    const { version } = here;
    expect(await change({ 'kitchen.oven.degrees': 180 })).toEqual([]);
    expect(await change({})).toEqual([]);
    expect(here.version).toBe(version);
    expect(told).not.toHaveBeenCalled();
  });

  it('tell the observers on every node, once per change, only of what moved', async () => {
    const told = jest.fn();
    here.onChange('kitchen', told);
    there.onChange('kitchen.oven', told);
    there.onChange(kitchen['oven.mode'], told);
    await change({ kitchen: { oven: { degrees: 222, mode: 'fan' }, recipes: ['tea'] } });
    expect(told.mock.calls.sort()).toEqual([[['kitchen.oven.degrees']], [['kitchen.oven.degrees', 'kitchen.recipes']]]);
  });

  it('survive an observer that throws', async () => {
    const told = jest.fn();
    here.onChange('kitchen', () => Promise.reject(new Error('not me')));
    here.onChange('kitchen', told);
    await change({ 'kitchen.oven.degrees': 60 });
    expect(told).toHaveBeenCalledTimes(1);
    expect(here.get(kitchen['oven.degrees'])).toBe(60);
  });

  it('keep secrets sealed at rest, out of the tree and the schema, and whole in memory', async () => {
    const [told] = await change({ kitchen: { safe: { code: 'open sesame' } } });
    expect(told).toEqual({ path: 'kitchen.safe.code', from: 'not set', to: 'set' });
    expect(there.get(kitchen['safe.code'])).toBe('open sesame');
    expect(JSON.stringify([await rows(), here.tree(), here.schema()])).not.toContain('sesame');
    expect(here.tree()).toMatchObject({ kitchen: { oven: { degrees: 180, mode: 'fan' }, recipes: ['bread'] } });
    expect(here.schema()).toContainEqual(
      expect.objectContaining({ path: 'kitchen.safe.code', kind: 'secret', configured: true }),
    );
  });

  it('refuse a change made from an outdated look', async () => {
    const { version } = here;
    await there.change({ patch: { 'kitchen.oven.degrees': 100 }, actorId: 'other' });
    await expect(change({ 'kitchen.oven.mode': 'grill' }, version)).rejects.toMatchObject({ code: 'conflict' });
    await change({ 'kitchen.oven.mode': 'grill' }, here.version);
    expect(there.tree()).toMatchObject({ kitchen: { oven: { degrees: 100, mode: 'grill' } } });
  });

  it('lose no change when two nodes save at once, and let only one of two with the same version through', async () => {
    await Promise.all([
      change({ 'kitchen.oven.degrees': 111 }),
      there.change({ patch: { 'kitchen.oven.mode': 'grill' }, actorId: null }),
    ]);
    expect((await node()).tree()).toMatchObject({ kitchen: { oven: { degrees: 111, mode: 'grill' } } });
    const { version } = here;
    const both = await Promise.allSettled([
      change({ 'kitchen.oven.degrees': 120 }, version),
      there.change({ patch: { 'kitchen.oven.degrees': 130 }, actorId: null, expectedVersion: version }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: expect.any(DomainError) });
  });

  it('see a change whose news was lost as soon as the next one is made', async () => {
    const cutOff = await node();
    await cutOff.change({ patch: { 'kitchen.oven.degrees': 99 }, actorId: null });
    expect(here.get(kitchen['oven.degrees'])).toBe(180);
    await change({ 'kitchen.oven.mode': 'grill' });
    expect(here.tree()).toMatchObject({ kitchen: { oven: { degrees: 99, mode: 'grill' } } });
  });

  it('use the default for a stored value this version does not accept, and keep it until it is replaced', async () => {
    await change({ kitchen: { oven: { degrees: 300, mode: 'grill' } } });
    await database.dataSource.query(`UPDATE settings SET value = '999' WHERE version > 0 AND value = '300'`);
    const restarted = await node();
    expect(restarted.get(kitchen['oven.degrees'])).toBe(180);
    expect(restarted.get(kitchen['oven.mode'])).toBe('grill');
  });
});
