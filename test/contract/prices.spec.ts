import { Logger } from '@nestjs/common';
import { DomainError } from '@app/core';
import {
  ModelPriceRepository,
  PriceBook,
  pricedModels,
  priceEntities,
  priceMigrations,
  PriceService,
  priceSettings,
} from '@app/billing';
import { FixedSettings } from '@app/config';
import { eventually } from '../support/eventually';
import { LocalBus } from '../support/local-bus';
import { describeDatabases } from './support';

beforeAll(() => Logger.overrideLogger(false));

const list = pricedModels([
  {
    owner: 'acme',
    source: 'https://acme.example/pricing',
    sourceDate: '2026-11-01',
    models: [
      { id: 'acme-1', aliases: ['acme-1-2026'], prices: { inputPerMTok: 1, outputPerMTok: 2 }, contextWindow: 8_000 },
      { id: 'acme-*', prices: { inputPerMTok: 3, outputPerMTok: 4 } },
    ],
  },
]);

const price = (inputPerMTok: number) => ({ price: { inputPerMTok, outputPerMTok: 0 } });

describeDatabases('prices', { entities: priceEntities, migrations: priceMigrations }, (database) => {
  let bus: LocalBus;
  let settings: FixedSettings;
  let book: PriceBook;
  let service: PriceService;

  const repository = () => new ModelPriceRepository(database.dataSource);
  const open = () => new PriceBook(list, repository(), settings, bus).start();
  const inputPrice = (model: string) => book.find(model)?.inputPerMTok;

  beforeEach(async () => {
    bus = new LocalBus();
    settings = new FixedSettings();
    book = await open();
    service = new PriceService(repository(), book, bus);
  });

  afterEach(async () => {
    book.onApplicationShutdown();
    await database.dataSource.query('DELETE FROM model_prices');
  });

  it('come from the list until an operator sets them, and again when the operator takes them back', async () => {
    expect(inputPrice('acme-1')).toBe(1e9);
    expect(inputPrice('acme-1-2026')).toBe(1e9);
    const put = await service.put('acme-1', price(7), 'root');
    expect(put).toMatchObject({ id: 'acme-1', owner: 'acme', contextWindow: 8_000, origin: 'operator', source: null });
    expect(inputPrice('acme-1')).toBe(7);
    expect(inputPrice('acme-1-2026')).toBe(1e9);
    await service.put('acme-1', price(8), 'root');
    expect(inputPrice('acme-1')).toBe(8);
    await service.remove('acme-1');
    expect(inputPrice('acme-1')).toBe(1e9);
  });

  it('prefer a name to a prefix and a longer prefix to a shorter one', async () => {
    await service.put('a*', price(10), null);
    await service.put('acme-2-*', price(11), null);
    expect(['acme-1', 'acme-2-x', 'acme-2', 'acme-', 'another'].map(inputPrice)).toEqual([1e9, 11, 3e9, 3e9, 10]);
    await service.put('acme-*', price(12), null);
    expect(inputPrice('acme-9')).toBe(12);
  });

  it('are told apart by case, and may hold what vendors put into names', async () => {
    const names = ['Org/Model-1', 'org/model-1', 'a@b+c:d._e', '~'];
    for (const [index, name] of names.slice(0, 3).entries()) await service.put(name, price(index + 1), null);
    expect(names.map(inputPrice)).toEqual([1, 2, 3, undefined]);
  });

  it.each(['', '*x', 'a**', 'a b', 'a\0', 'ü', `${'x'.repeat(200)}*`])('refuse the name %j', async (id) => {
    await expect(service.put(id, price(1), null)).rejects.toBeInstanceOf(DomainError);
  });

  it('of a model nobody priced are unknown, or nothing where the operator allows that', () => {
    expect(book.find('unheard-of')).toBeUndefined();
    settings.set(priceSettings.allowUnpriced, true);
    expect(book.find('unheard-of')).toEqual({ inputPerMTok: 0, outputPerMTok: 0, unpriced: true });
    expect(inputPrice('acme-1')).toBe(1e9);
  });

  it('reach other nodes and survive a restart, with every rate', async () => {
    const other = await open();
    const full = {
      price: {
        inputPerMTok: 1,
        outputPerMTok: 2,
        cacheReadPerMTok: 0,
        perRequest: Number.MAX_SAFE_INTEGER,
        longContext: [{ aboveTokens: 5, inputPerMTok: 3 }],
      },
      owner: '面条',
      contextWindow: 1_000_000_000,
      endpoints: ['chat', 'embeddings'],
    };
    await service.put('x', full, 'root');
    for (const each of [other, await open()]) expect(each.entry('x')).toMatchObject(full);
    expect(bus.published).toEqual([{ topic: 'prices.changed', payload: { id: 'x' } }]);
  });

  describe('of a whole list', () => {
    const row = (id: string, inputPerMTok: number) => ({
      id,
      owner: null,
      price: { inputPerMTok, outputPerMTok: 0 },
      contextWindow: null,
      endpoints: ['chat'],
      source: 'https://example.com/list',
      sourceDate: '2026-11-23',
      updatedAt: 1,
      updatedBy: null,
    });
    const stored = async () =>
      Object.fromEntries((await repository().all()).map(({ id, price, source }) => [id, [price.inputPerMTok, source]]));

    it('are stored together, over those before, and know where they come from', async () => {
      await service.put('kept', price(1), null);
      await service.put('old', price(2), null);
      await service.put('over', price(3), null);
      const many = Array.from({ length: 450 }, (_, index) => row(`many-${index}`, index));
      await repository().change([...many, row('over', 4)], ['old'], () => Promise.resolve());
      const now = await stored();
      expect(Object.keys(now)).toHaveLength(452);
      expect([now.kept, now.old, now.over, now['many-449']]).toEqual([
        [1, null],
        undefined,
        [4, 'https://example.com/list'],
        [449, 'https://example.com/list'],
      ]);
      await service.put('over', price(5), null);
      expect((await stored()).over).toEqual([5, null]);
    });

    it('are not stored at all where the record of it fails', async () => {
      await service.put('old', price(2), null);
      const failing = () => Promise.reject(new Error('no room for the record'));
      await expect(repository().change([row('new', 1), row('old', 9)], ['old'], failing)).rejects.toThrow('no room');
      expect(await stored()).toEqual({ old: [2, null] });
    });
  });

  it('that were never set cannot be taken back', async () => {
    await expect(service.remove('acme-1')).rejects.toMatchObject({ code: 'not_found' });
    await expect(service.remove('unheard-of')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('are listed by name, each once', async () => {
    await service.put('acme-1', price(7), null);
    await service.put('0', price(7), null);
    expect(book.list().map(({ id, origin }) => [id, origin])).toEqual([
      ['0', 'operator'],
      ['acme-*', 'catalogue'],
      ['acme-1', 'operator'],
      ['acme-1-2026', 'catalogue'],
    ]);
  });

  it('are read again until the database answers', async () => {
    const broken = repository();
    const other = await new PriceBook(list, broken, settings, bus).start();
    const failure = jest.spyOn(broken, 'all').mockRejectedValueOnce(new Error('away'));
    await service.put('late', price(5), null);
    expect(other.find('late')).toBeUndefined();
    await eventually(() => other.find('late') !== undefined);
    expect(failure).toHaveBeenCalledTimes(2);
    other.onApplicationShutdown();
  });
});
