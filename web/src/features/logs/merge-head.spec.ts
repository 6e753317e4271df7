import type { UsageEntry, UsageSlice } from '@/api/types';
import { mergeHead, type UsagePages } from './merge-head';

/** A row with only what merging looks at; `second` is when the call began. */
const row = (id: string, second: number) =>
  ({ id, createdAt: new Date(second * 1000).toISOString() }) as unknown as UsageEntry;
const slice = (rows: UsageEntry[], nextCursor: string | null = 'more'): UsageSlice => ({ items: rows, nextCursor });
const pages = (...all: UsageSlice[]): UsagePages => ({ pages: all, pageParams: all.map(() => undefined) });
const ids = (shown: UsagePages) => shown.pages.map(({ items }) => items.map(({ id }) => id).join(''));

describe('mergeHead', () => {
  const shown = pages(slice([row('c', 3), row('b', 2)]), slice([row('a', 1)], null));

  it('puts new rows in front and keeps the pages loaded further down', () => {
    expect(ids(mergeHead(shown, slice([row('d', 4), row('c', 3)])))).toEqual(['dcb', 'a']);
  });

  it('changes nothing, not even identity, when nothing is new', () => {
    expect(mergeHead(shown, slice([row('c', 3)]))).toBe(shown);
  });

  it('sorts in a long call that was logged after newer ones', () => {
    expect(ids(mergeHead(shown, slice([row('c', 3), row('x', 2.5), row('b', 2)])))).toEqual(['cxb', 'a']);
  });

  it('starts anew when more arrived than one page holds', () => {
    expect(ids(mergeHead(shown, slice([row('z', 9), row('y', 8)])))).toEqual(['zy']);
  });

  it('starts anew instead of growing for ever', () => {
    const many = Array.from({ length: 1000 }, (_, index) => row(`r${index}`, 5000 - index));
    const next = mergeHead(pages(slice(many)), slice([row('new', 6000), many[0]!]));
    expect(next.pages[0]!.items).toHaveLength(2);
  });

  it('fills a log that was empty', () => {
    expect(ids(mergeHead(pages(slice([], null)), slice([row('a', 1)], null)))).toEqual(['a']);
  });
});
