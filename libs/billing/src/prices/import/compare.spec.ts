import type { PricedModel } from '../catalogue/catalogue';
import type { Price } from '../price';
import { compare, differencesOf } from './compare';
import type { ListedPrice, PriceListing } from './listing';

const SOURCE = 'https://example.com/list.json';
const USD = 1_000_000_000;

const model = (id: string, price: Partial<Price>, more: Partial<PricedModel> = {}): PricedModel => ({
  id,
  owner: null,
  price: { inputPerMTok: 0, outputPerMTok: 0, ...price },
  contextWindow: null,
  endpoints: ['chat'],
  origin: 'catalogue',
  source: null,
  sourceDate: null,
  ...more,
});

const listing = (format: PriceListing['format'], ...rows: [string, Partial<Price>][]): PriceListing => ({
  format,
  rows: rows.map(([id, price]): ListedPrice => ({
    id,
    owner: 'x',
    price: { inputPerMTok: 0, outputPerMTok: 0, ...price },
    contextWindow: null,
  })),
  bad: [],
  shadowed: 0,
  vendors: [],
});

const mine = { origin: 'operator', source: SOURCE } as const;

describe('a list beside the prices in force', () => {
  const models = [
    model('same', { inputPerMTok: USD }),
    model('dearer', { inputPerMTok: USD, longContext: [{ aboveTokens: 5, inputPerMTok: USD }] }),
    model('dropped', {}, mine),
    model('by-hand', {}, { origin: 'operator' }),
    model('of-another-list', {}, { origin: 'operator', source: 'file:litellm' }),
    model('built-in', {}),
  ];
  const list = listing(
    'litellm',
    ['same', { inputPerMTok: USD }],
    ['dearer', { inputPerMTok: 2 * USD, cacheReadPerMTok: 0, longContext: [{ aboveTokens: 6, inputPerMTok: USD }] }],
    ['unheard-of', { outputPerMTok: USD }],
  );

  it('is new, changed, gone or equal, figure by figure in USD', () => {
    const { items, equal } = compare(list, models, SOURCE);
    expect(equal).toBe(1);
    expect(items.map(({ id, kind, differences }) => [id, kind, differences])).toEqual([
      [
        'dearer',
        'changed',
        [
          { path: 'inputPerMTok', before: 1, after: 2 },
          { path: 'longContext.0.aboveTokens', before: 5, after: 6 },
          { path: 'cacheReadPerMTok', after: 0 },
        ],
      ],
      ['dropped', 'gone', []],
      ['unheard-of', 'new', []],
    ]);
  });

  it('has another digest once anything in it or in force has changed', () => {
    const digest = (with_ = list, known: readonly PricedModel[] = models) => compare(with_, known, SOURCE).digest;
    expect(digest()).toBe(digest());
    expect(digest({ ...list, rows: list.rows.slice(1) })).toBe(digest());
    expect(digest({ ...list, rows: list.rows.slice(0, 2) })).not.toBe(digest());
    expect(digest(list, [...models, model('unheard-of', {})])).not.toBe(digest());
  });
});

describe('what an operator arranged', () => {
  const own: Partial<Price> = {
    inputPerMTok: USD,
    groups: { vip: { inputPerMTok: 5 } },
    windows: [{ from: '00:00', to: '01:00', zone: 'UTC', multiplierPpm: 5 }],
    tools: { webSearch: 7 },
    serviceTiers: { flex: { multiplierPpm: 5 } },
  };
  const after = (format: PriceListing['format'], price: Partial<Price>) =>
    compare(listing(format, ['m', { inputPerMTok: 2 * USD, ...price }]), [model('m', own, mine)], SOURCE).items[0]
      ?.after?.price;

  it('stays where a list cannot say it', () => {
    expect(after('models-dev', {})).toMatchObject({ ...own, inputPerMTok: 2 * USD });
    const { groups, windows } = own;
    expect(after('litellm', {})).toEqual({ inputPerMTok: 2 * USD, outputPerMTok: 0, groups, windows });
    expect(after('litellm', { tools: { webSearch: 8 } })).toMatchObject({ groups, tools: { webSearch: 8 } });
  });

  it('goes where a list of our own says otherwise', () => {
    expect(after('one-api', {})).toEqual({ inputPerMTok: 2 * USD, outputPerMTok: 0 });
  });
});

it('differences reach into whatever is nested', () => {
  expect(differencesOf({ a: { b: [1] }, c: 1 }, { a: { b: [1, 2] } })).toEqual([
    { path: 'a.b.1', after: 2 },
    { path: 'c', before: 1 },
  ]);
  expect(differencesOf({ a: 1 }, { a: { b: 1 } })).toEqual([{ path: 'a.b', after: 1 }]);
});
