import { badRequest, type JsonObject } from '@app/relay';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;

/** A page of a list in OpenAI's shape. `items` oldest first; `query` as in the URL: `limit`, `order`, `after`. */
export function itemList(items: readonly JsonObject[], query: string): object {
  const parameters = new URLSearchParams(query);
  const limit = limitOf(parameters.get('limit'));
  const ordered = orderOf(parameters.get('order')) === 'asc' ? items : items.toReversed();
  const after = parameters.get('after');
  const start = after === null ? 0 : positionAfter(ordered, after);
  const data = ordered.slice(start, start + limit);
  return {
    object: 'list',
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: start + limit < ordered.length,
  };
}

/** All of a short list. */
export const wholeList = (data: readonly JsonObject[]): object => ({
  object: 'list',
  data,
  first_id: data[0]?.id ?? null,
  last_id: data.at(-1)?.id ?? null,
  has_more: false,
});

function limitOf(text: string | null): number {
  const limit = text === null ? DEFAULT_LIMIT : Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw badRequest(`Invalid 'limit': expected an integer from 1 to ${MAX_LIMIT}.`, 'limit');
}

function orderOf(text: string | null): 'asc' | 'desc' {
  if (text === null || text === 'desc') return 'desc';
  if (text === 'asc') return 'asc';
  throw badRequest("Invalid value for 'order'. Supported values are: 'asc' and 'desc'.", 'order');
}

function positionAfter(items: readonly JsonObject[], id: string): number {
  const at = items.findIndex((item) => item.id === id);
  if (at < 0) throw badRequest(`No item with id '${id}' is in this list.`, 'after');
  return at + 1;
}
