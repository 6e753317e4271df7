import { formOf, readPrice } from '../price-form';
import type { PricedModel } from '../catalogue/catalogue';
import { isObject, type Json, positive, text } from './json';
import type { BadRow, FormatReader, FoundRow } from './listing';

export const ONE_API_FORMAT = 'one-api.prices';

/** Our own file: what `GET /api/prices/export` gives, and what `GET /api/models` of another One API answers. */
export const oneApi: FormatReader = (list) => {
  const rows: FoundRow[] = [];
  const bad: BadRow[] = [];
  const { models, items } = list as Json;
  for (const [index, row] of ((models ?? items) as readonly unknown[]).entries()) {
    const id = isObject(row) ? text(row.id) : undefined;
    if (!isObject(row) || !id) {
      bad.push({ row: `models[${index}]`, reason: 'has no id' });
      continue;
    }
    const { price, errors } = readPrice(row.prices);
    if (price) rows.push(foundRow(id, row, price));
    else bad.push({ row: id, reason: errors.map((error) => `${error.path} ${error.message}`).join('; ') });
  }
  return { rows, bad };
};

const endpoint = /^[a-z0-9_./-]{1,60}$/;

const foundRow = (id: string, row: Json, price: FoundRow['price']): FoundRow => ({
  id,
  vendor: text(row.owner) ?? null,
  rank: 0,
  owner: text(row.owner)?.slice(0, 100) ?? null,
  price,
  contextWindow: positive(row.contextWindow) ?? null,
  ...(Array.isArray(row.endpoints) && {
    endpoints: row.endpoints.filter((one): one is string => typeof one === 'string' && endpoint.test(one)).slice(0, 20),
  }),
});

/** A file that another One API, or this one later, takes over whole. */
export const exportOf = (models: readonly PricedModel[], at: number) => ({
  format: ONE_API_FORMAT,
  version: 1 as const,
  exportedAt: new Date(at).toISOString(),
  models: models.map(({ id, owner, price, contextWindow, endpoints }) => ({
    id,
    owner,
    prices: formOf(price),
    contextWindow,
    endpoints,
  })),
});
