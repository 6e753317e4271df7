import { badRequest } from '@app/relay';

interface Named {
  readonly id: string;
}

const MOST = 1_000;

/** Anthropic's pages: `limit`, and `after_id` or `before_id`. https://platform.claude.com/docs/en/api/models-list */
export function idPage<T extends Named>(models: readonly T[], query: URLSearchParams) {
  const limit = sizeIn(query, 'limit') ?? models.length;
  const before = query.get('before_id');
  if (before !== null) {
    const end = positionOf(models, before, 'before_id');
    return { page: models.slice(Math.max(0, end - limit), end), hasMore: end > limit };
  }
  const after = query.get('after_id');
  const start = after === null ? 0 : positionOf(models, after, 'after_id') + 1;
  return { page: models.slice(start, start + limit), hasMore: start + limit < models.length };
}

/** Google's pages: `pageSize`, and a `pageToken` that is nobody's but ours to read. https://ai.google.dev/api/models#method:-models.list */
export function tokenPage<T extends Named>(models: readonly T[], query: URLSearchParams) {
  // Zero is what Google's clients send for "your choice".
  const size = sizeIn(query, 'pageSize', 0) || models.length;
  const token = query.get('pageToken') ?? '';
  const after = Buffer.from(token, 'base64url').toString('utf8');
  // By its name, so that a list that changes meanwhile shows nothing twice.
  const found = token === '' ? 0 : models.findIndex(({ id }) => id > after);
  const start = found < 0 ? models.length : found;
  const page = models.slice(start, start + size);
  const last = page.at(-1);
  const hasMore = last !== undefined && start + size < models.length;
  return { page, next: hasMore ? Buffer.from(last.id, 'utf8').toString('base64url') : null };
}

function sizeIn(query: URLSearchParams, name: string, least = 1): number | null {
  const text = query.get(name);
  if (text === null) return null;
  const size = Number(text);
  if (/^\d+$/.test(text) && size >= least && size <= MOST) return size;
  throw badRequest(`Invalid '${name}': expected an integer from ${least} to ${MOST}.`, name);
}

function positionOf(models: readonly Named[], id: string, name: string): number {
  const at = models.findIndex((model) => model.id === id);
  if (at >= 0) return at;
  throw badRequest(`No model with id '${id.slice(0, 200)}' is in this list.`, name);
}
