import type { Citation } from '../../chat/blocks';
import { isObject, type JsonObject, textAt } from '../../json';

const WEB = 'web_search_result_location';

/** `char_location`, `page_location`, `content_block_location`, `search_result_location`, `web_search_result_location`. */
export function decodeCitation(value: unknown): Citation | undefined {
  if (!isObject(value)) return undefined;
  const url = textAt(value, 'url') ?? urlOf(textAt(value, 'source'));
  const title = textAt(value, 'title') ?? textAt(value, 'document_title');
  const citedText = textAt(value, 'cited_text');
  return {
    ...(url ? { url } : {}),
    ...(title ? { title } : {}),
    ...(citedText ? { citedText } : {}),
    raw: { issuer: 'anthropic', value },
  };
}

export const decodeCitations = (values: unknown): readonly Citation[] =>
  (Array.isArray(values) ? values : []).map(decodeCitation).filter((citation) => citation !== undefined);

/** For a caller: Anthropic's own words, or a place on the web without its encrypted index. Undefined: there is no form for it. */
export function encodeCitation({ url, title, citedText, raw }: Citation): JsonObject | undefined {
  if (raw?.issuer === 'anthropic' && isObject(raw.value)) return raw.value;
  if (url === undefined) return undefined;
  return { type: WEB, url, title: title ?? null, cited_text: citedText ?? '', encrypted_index: '' };
}

/** For the upstream, which refuses citations it has not made. */
export function ownCitations(citations: readonly Citation[]): readonly JsonObject[] {
  return citations
    .map(({ raw }) => (raw?.issuer === 'anthropic' && isObject(raw.value) ? raw.value : undefined))
    .filter((value) => value !== undefined && !(value.type === WEB && !value.encrypted_index)) as JsonObject[];
}

const urlOf = (source: string | undefined): string | undefined =>
  source && /^https?:\/\//.test(source) ? source : undefined;
