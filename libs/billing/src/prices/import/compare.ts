import { createHash } from 'node:crypto';
import type { PricedModel } from '../catalogue/catalogue';
import type { Price } from '../price';
import { formOf } from '../price-form';
import { isObject } from './json';
import type { ListedPrice, PriceListing } from './listing';

/** One figure that is not the same: `path` in the form of a price (`longContext.0.inputPerMTok`); USD, or absent. */
export interface Difference {
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** `gone`: taken over from this list before, and no longer in it. */
export type ComparedKind = 'new' | 'changed' | 'gone';

export interface ComparedModel {
  readonly id: string;
  readonly kind: ComparedKind;
  readonly before: PricedModel | null;
  readonly after: ListedPrice | null;
  readonly differences: readonly Difference[];
}

export interface Comparison {
  /** By name. */
  readonly items: readonly ComparedModel[];
  /** Models whose price is the same. */
  readonly equal: number;
  /** Of all that is different: another one when list or prices have changed since. */
  readonly digest: string;
}

/** A list beside the prices in force. `source`: what prices taken over from it are marked with. */
export function compare(listing: PriceListing, models: readonly PricedModel[], source: string): Comparison {
  const known = new Map(models.map((model) => [model.id, model]));
  const items: ComparedModel[] = [];
  for (const row of listing.rows) {
    const before = known.get(row.id) ?? null;
    const after = { ...row, price: withOwn(row.price, before, listing) };
    const differences = before ? differencesOf(formOf(before.price), formOf(after.price)) : [];
    if (!before) items.push({ id: row.id, kind: 'new', before, after, differences });
    else if (differences.length > 0) items.push({ id: row.id, kind: 'changed', before, after, differences });
  }
  const equal = listing.rows.length - items.length;
  const listed = new Set(listing.rows.map(({ id }) => id));
  for (const model of models)
    if (model.origin === 'operator' && model.source === source && !listed.has(model.id))
      items.push({ id: model.id, kind: 'gone', before: model, after: null, differences: [] });
  items.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  return { items, equal, digest: digestOf(items) };
}

/** What an operator arranged for groups and hours, and what the list cannot say at all, stays. */
function withOwn(price: Price, before: PricedModel | null, { format }: PriceListing): Price {
  if (before?.origin !== 'operator' || format === 'one-api') return price;
  const { groups, windows, tools, media, serviceTiers } = before.price;
  const silent = format === 'litellm' ? {} : { tools, media, serviceTiers };
  const kept = Object.entries({ groups, windows, ...silent }).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(kept), ...price } as Price;
}

/** Both forms side by side, figure by figure. */
export function differencesOf(before: unknown, after: unknown, path = ''): Difference[] {
  if (isNested(before) || isNested(after)) {
    const [a, b] = [membersOf(before), membersOf(after)];
    const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
    return names.flatMap((name) => differencesOf(a[name], b[name], path === '' ? name : `${path}.${name}`));
  }
  if (before === after) return [];
  return [{ path, ...(before !== undefined && { before }), ...(after !== undefined && { after }) }];
}

const isNested = (value: unknown): boolean => isObject(value) || Array.isArray(value);

const membersOf = (value: unknown): Record<string, unknown> =>
  isNested(value) ? Object.fromEntries(Object.entries(value as object)) : {};

const digestOf = (items: readonly ComparedModel[]): string =>
  createHash('sha256')
    .update(JSON.stringify(items.map(({ id, kind, before, after }) => [id, kind, before?.price, after?.price])))
    .digest('base64url');
