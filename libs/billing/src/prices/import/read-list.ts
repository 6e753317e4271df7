import { invalid } from '@app/core';
import { isObject, type Json } from './json';
import { litellm } from './litellm';
import {
  type BadRow,
  type FormatReader,
  type Found,
  type FoundRow,
  isModelId,
  type ListedPrice,
  type ListFormat,
  MOST_ROWS,
  type PriceListing,
  type ReadOptions,
} from './listing';
import { modelsDev, modelsDevVendors } from './models-dev';
import { ONE_API_FORMAT, oneApi } from './one-api';
import { ratios } from './ratios';

const readers: Readonly<Record<ListFormat, FormatReader>> = {
  'one-api': oneApi,
  litellm,
  'models-dev': modelsDev,
  ratios,
};

/** A price list of any known format, each of its rows either taken or told why not. Throws `invalid` where it is no such list. */
export function readList(list: unknown, options: ReadOptions = {}): PriceListing {
  const format = formatOf(list);
  if (!format) throw invalid('document', 'is no price list of a known format');
  const found = readers[format](list, options);
  if (found.rows.length + found.bad.length > MOST_ROWS) throw invalid('document', `has more than ${MOST_ROWS} rows`);
  const vendors = format === 'models-dev' ? modelsDevVendors(list as Json) : vendorsOf(found);
  return { format, vendors: [...vendors].sort(), ...chosen(found, options) };
}

export function formatOf(list: unknown): ListFormat | undefined {
  if (!isObject(list)) return undefined;
  if (list.format === ONE_API_FORMAT) return Array.isArray(list.models) ? 'one-api' : undefined;
  if (Array.isArray(list.items)) return list.items.every(hasPrices) ? 'one-api' : undefined;
  if (Array.isArray(list.data)) return list.data.some(hasRatio) ? 'ratios' : undefined;
  const rows = Object.values(list).filter(isObject);
  if (rows.some((row) => isObject(row.models))) return 'models-dev';
  return rows.some((row) => 'litellm_provider' in row || 'input_cost_per_token' in row) ? 'litellm' : undefined;
}

const hasPrices = (row: unknown): boolean => isObject(row) && isObject(row.prices);
const hasRatio = (row: unknown): boolean => isObject(row) && ('model_ratio' in row || 'model_price' in row);

const vendorsOf = ({ rows }: Found): Set<string> => new Set(rows.flatMap(({ vendor }) => (vendor ? [vendor] : [])));

/** One row for each name, of the vendors asked for. */
function chosen({ rows, bad }: Found, { vendors }: ReadOptions): Pick<PriceListing, 'rows' | 'bad' | 'shadowed'> {
  const place = new Map(vendors?.map((vendor, index) => [vendor, index]));
  const worse: BadRow[] = [];
  const best = new Map<string, FoundRow>();
  let shadowed = 0;
  for (const row of rows) {
    if (vendors && !(row.vendor !== null && place.has(row.vendor))) continue;
    if (!isModelId(row.id)) {
      worse.push({ row: row.id, reason: 'is no name a model can have here' });
      continue;
    }
    const other = best.get(row.id);
    if (other) shadowed += 1;
    if (!other || standing(row, place) < standing(other, place)) best.set(row.id, row);
  }
  return { rows: [...best.values()].map(listed), bad: [...bad, ...worse], shadowed };
}

const MOST_RANK = 1_000;

const standing = ({ vendor, rank }: FoundRow, place: ReadonlyMap<string, number>): number =>
  (place.get(vendor ?? '') ?? 0) * MOST_RANK + (rank < 0 ? MOST_RANK - 1 : rank);

const listed = ({ vendor: _vendor, rank: _rank, ...row }: FoundRow): ListedPrice => row;
