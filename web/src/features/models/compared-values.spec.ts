import type { ComparedPrice } from '@/api/types';
import { choiceOf, differencesOf, shownRows } from './compared-values';

const item = (id: string, kind: ComparedPrice['kind'], more: Partial<ComparedPrice> = {}): ComparedPrice => ({
  id,
  kind,
  owner: null,
  origin: null,
  before: null,
  after: null,
  differences: [],
  ...more,
});

const items = [item('a', 'new'), item('b', 'changed'), item('Bc', 'changed'), item('d', 'gone')];

it('what is ticked is taken over, or taken back where it is gone', () => {
  expect(choiceOf({ items, digest: 'x' }, new Set(['a', 'd', 'unknown']))).toEqual({
    take: ['a'],
    remove: ['d'],
    digest: 'x',
  });
});

it('one kind is shown at a time, by any part of its name', () => {
  expect(shownRows(items, 'changed', ' b').map(({ id }) => id)).toEqual(['b', 'Bc']);
  expect(shownRows(items, 'changed', 'c').map(({ id }) => id)).toEqual(['Bc']);
});

it('a new price shows all it says, a changed one what is different', () => {
  const fresh = item('a', 'new', { after: { inputPerMTok: 1, tools: { webSearch: 0.01 } } });
  expect(differencesOf(fresh)).toEqual([
    { path: 'inputPerMTok', before: '–', after: '1' },
    { path: 'tools', before: '–', after: '{"webSearch":0.01}' },
  ]);
  const changed = item('b', 'changed', { differences: [{ path: 'outputPerMTok', before: 2 }] });
  expect(differencesOf(changed)).toEqual([{ path: 'outputPerMTok', before: '2', after: '–' }]);
});
