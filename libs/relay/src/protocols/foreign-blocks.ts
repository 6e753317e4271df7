import type { Edit } from '../request/edits';
import type { Body, Item } from '../request/members';

/** What becomes of one item of a list: it stays, with changes, or goes (`null`). */
export type Verdict = readonly Edit[] | null;

export const kept: Verdict = [];

/** The objects of a list that is a member of `holder`; nothing where it is none. */
export function itemsOf(holder: Body, name: string): readonly Item[] {
  const member = holder.get(name);
  return member?.type === 'array' ? holder.items(member) : [];
}

/** Judges each object of a list. Null: none would be left of it. */
export function judged(holder: Body, items: readonly Item[], judge: (item: Body) => Verdict): Verdict {
  const verdicts = items.map((item) => (item.type === 'object' ? judge(holder.inside(item)) : kept));
  const lastKept = verdicts.findLastIndex((verdict) => verdict !== null);
  const last = items[lastKept];
  const end = items.at(-1)?.end;
  if (!last || end === undefined) return items.length === 0 ? kept : null;
  const edits = verdicts.slice(0, lastKept + 1).flatMap((verdict, at): readonly Edit[] => {
    // A dropped item goes with the comma behind it.
    return verdict ?? [{ start: items[at]!.start, end: items[at + 1]!.start, text: '' }];
  });
  return end > last.end ? [...edits, { start: last.end, end, text: '' }] : edits;
}

/** As `judged`, for a list that may not be missing: empty where nothing of it is left. */
export function judgedOrEmpty(holder: Body, name: string, judge: (item: Body) => Verdict): readonly Edit[] {
  const items = itemsOf(holder, name);
  return judged(holder, items, judge) ?? [{ start: items[0]!.start, end: items.at(-1)!.end, text: '' }];
}

export const replaced = ({ start, end }: Item, value: string): Edit => ({ start, end, text: JSON.stringify(value) });
