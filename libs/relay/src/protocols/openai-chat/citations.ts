import type { Citation } from '../../chat/blocks';
import { arrayAt, isObject, type JsonObject, numberAt, objectAt, textAt } from '../../json';

/** `annotations` of a message. OpenRouter adds the cited `content`; other types than `url_citation` are not about the text. */
export function decodeAnnotations(annotations: readonly unknown[]): Citation[] {
  return annotations.flatMap((annotation) => {
    const cited = objectAt(annotation, 'url_citation');
    return cited ? [citationOf(cited)] : [];
  });
}

function citationOf(cited: JsonObject): Citation {
  const url = textAt(cited, 'url');
  const title = textAt(cited, 'title');
  const citedText = textAt(cited, 'content');
  const start = numberAt(cited, 'start_index');
  const end = numberAt(cited, 'end_index');
  return {
    ...(url ? { url } : {}),
    ...(title ? { title } : {}),
    ...(citedText ? { citedText } : {}),
    ...(start !== undefined ? { start } : {}),
    ...(end !== undefined ? { end } : {}),
  };
}

/** Sources of a whole answer, beside its choices: Perplexity's `search_results` and `citations`, xAI's `citations`. */
export function decodeSources(answer: JsonObject): Citation[] {
  const results = arrayAt(answer, 'search_results').filter(isObject).map(citationOf);
  if (results.length > 0) return results;
  return arrayAt(answer, 'citations').flatMap((url) => (typeof url === 'string' ? [{ url }] : []));
}

/** `start` and `end`: where the cited text block lies in the message's content. */
export function encodeAnnotation({ url, title, citedText, ...at }: Citation, start: number, end: number): JsonObject {
  return {
    type: 'url_citation',
    url_citation: {
      start_index: at.start === undefined ? start : start + at.start,
      end_index: at.end === undefined ? end : start + at.end,
      url: url ?? '',
      title: title ?? '',
      ...(citedText ? { content: citedText } : {}),
    },
  };
}
