import { asArray, asObject, asText } from './json';
import type { ModelsPage } from './models-page';
import type { UpstreamProtocol } from './protocol';
import type { ProviderRecord } from './provider';
import { offers, upstreamRequest, type RequestTarget, type UpstreamAddress } from './request';

/** Protocols that are not named have no list. */
const cursorParameter: Readonly<Partial<Record<UpstreamProtocol, string>>> = {
  'openai-chat': 'after',
  'openai-responses': 'after',
  'anthropic-messages': 'after_id',
  gemini: 'pageToken',
};

/** The request for one page of the upstream's models list, or null where the protocol has none. */
export function modelsRequest(
  provider: ProviderRecord,
  target: Pick<RequestTarget, 'protocol' | 'baseUrl' | 'credential' | 'settings'>,
  cursor?: string,
): UpstreamAddress | null {
  if (!offers(provider, target.protocol, 'models')) return null;
  const address = upstreamRequest(provider, { ...target, operation: 'models', cursor });
  if (cursor === undefined || provider.readModels) return address;
  const separator = address.url.includes('?') ? '&' : '?';
  const page = `${cursorParameter[target.protocol] ?? 'after'}=${encodeURIComponent(cursor)}`;
  return { ...address, url: `${address.url}${separator}${page}` };
}

const readers: Readonly<Partial<Record<UpstreamProtocol, (body: unknown) => ModelsPage>>> = {
  'openai-chat': readOpenAiPage,
  'openai-responses': readOpenAiPage,
  'anthropic-messages': readAnthropicPage,
  gemini: readGeminiPage,
};

/** The model names of one page. An answer of another shape has no models; it does not throw. */
export const readModelsPage = (
  { readModels }: Pick<ProviderRecord, 'readModels'>,
  protocol: UpstreamProtocol,
  body: unknown,
): ModelsPage => (readModels ?? readers[protocol] ?? readOpenAiPage)(body);

/** OpenAI answers in one page. Compatible servers use `data`, `models` or a bare array, with `id` or `name`. */
function readOpenAiPage(body: unknown): ModelsPage {
  const object = asObject(body);
  return { models: namesOf(body, object?.data, object?.models), next: null };
}

function readAnthropicPage(body: unknown): ModelsPage {
  const object = asObject(body);
  return { models: namesOf(object?.data), next: object?.has_more === true ? (asText(object.last_id) ?? null) : null };
}

function readGeminiPage(body: unknown): ModelsPage {
  const object = asObject(body);
  // Vertex AI: `publisherModels`, named `publishers/google/models/…`.
  const models = namesOf(object?.models, object?.publisherModels).map((name) => name.replace(/^.*models\//, ''));
  return { models, next: asText(object?.nextPageToken) ?? null };
}

function namesOf(...lists: readonly unknown[]): string[] {
  const list = asArray(lists.find(Array.isArray));
  const names = list.map((item) => asText(item) ?? asText(asObject(item)?.id) ?? asText(asObject(item)?.name));
  return [...new Set(names.filter((name) => name !== undefined))];
}
