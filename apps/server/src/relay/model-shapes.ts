import type { IncomingHttpHeaders } from 'node:http';

export interface ListedModel {
  readonly id: string;
  readonly owner: string;
  readonly contextWindow: number | null;
}

/** How a protocol lists its models. */
export interface ModelShape {
  one(model: ListedModel): object;
  list(models: readonly ListedModel[]): object;
}

/** https://platform.openai.com/docs/api-reference/models/object — when a model was made is not known here. */
const openai: ModelShape = {
  one: ({ id, owner }) => ({ id, object: 'model', created: 0, owned_by: owner }),
  list: (models) => ({ object: 'list', data: models.map((model) => openai.one(model)) }),
};

const UNKNOWN_DATE = '1970-01-01T00:00:00Z';

/** https://docs.anthropic.com/en/api/models-list — everything in one page. */
const anthropic: ModelShape = {
  one: ({ id }) => ({ type: 'model', id, display_name: id, created_at: UNKNOWN_DATE }),
  list: (models) => ({
    data: models.map((model) => anthropic.one(model)),
    has_more: false,
    first_id: models[0]?.id ?? null,
    last_id: models.at(-1)?.id ?? null,
  }),
};

/** https://ai.google.dev/api/models#Model */
const gemini: ModelShape = {
  one: ({ id, contextWindow }) => ({
    name: `models/${id}`,
    displayName: id,
    ...(contextWindow === null ? {} : { inputTokenLimit: contextWindow }),
    supportedGenerationMethods: ['generateContent', 'streamGenerateContent', 'countTokens'],
  }),
  list: (models) => ({ models: models.map((model) => gemini.one(model)) }),
};

/** Google's SDK asks under /v1beta; Anthropic's names its API version in a header; everybody else speaks OpenAI. */
export function shapeFor(path: string, headers: IncomingHttpHeaders): ModelShape {
  if (path.startsWith('/v1beta/')) return gemini;
  return headers['anthropic-version'] === undefined ? openai : anthropic;
}
