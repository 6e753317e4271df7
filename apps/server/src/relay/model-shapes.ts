import type { IncomingHttpHeaders } from 'node:http';
import { idPage, tokenPage } from './model-pages';

export interface ListedModel {
  readonly id: string;
  readonly owner: string;
  readonly contextWindow: number | null;
}

/** How a protocol lists its models. */
export interface ModelShape {
  one(model: ListedModel): object;
  /** `query`: as in the URL; who asks for no page gets everything. Throws 400. */
  list(models: readonly ListedModel[], query: URLSearchParams): object;
}

/** https://platform.openai.com/docs/api-reference/models/object — when a model was made is not known here. */
const openai: ModelShape = {
  one: ({ id, owner }) => ({ id, object: 'model', created: 0, owned_by: owner }),
  list: (models) => ({ object: 'list', data: models.map((model) => openai.one(model)) }),
};

const UNKNOWN_DATE = '1970-01-01T00:00:00Z';

/** https://platform.claude.com/docs/en/api/models-list */
const anthropic: ModelShape = {
  one: ({ id }) => ({ type: 'model', id, display_name: id, created_at: UNKNOWN_DATE }),
  list(models, query) {
    const { page, hasMore } = idPage(models, query);
    return {
      data: page.map((model) => anthropic.one(model)),
      has_more: hasMore,
      first_id: page[0]?.id ?? null,
      last_id: page.at(-1)?.id ?? null,
    };
  },
};

/** https://ai.google.dev/api/models#Model */
const gemini: ModelShape = {
  one: ({ id, contextWindow }) => ({
    name: `models/${id}`,
    displayName: id,
    ...(contextWindow === null ? {} : { inputTokenLimit: contextWindow }),
    supportedGenerationMethods: ['generateContent', 'streamGenerateContent', 'countTokens'],
  }),
  list(models, query) {
    const { page, next } = tokenPage(models, query);
    return { models: page.map((model) => gemini.one(model)), ...(next !== null && { nextPageToken: next }) };
  },
};

/** Google's SDK asks under /v1beta; Anthropic's names its API version in a header; everybody else speaks OpenAI. */
export function shapeFor(path: string, headers: IncomingHttpHeaders): ModelShape {
  if (path.startsWith('/v1beta/')) return gemini;
  return headers['anthropic-version'] === undefined ? openai : anthropic;
}
