import type { Citation } from '../../chat/blocks';
import { arrayAt, isObject, type JsonObject, numberAt, objectAt, textAt } from '../../json';
import type { TextPlaces } from './text-places';

/** Citations may be of thoughts (`THINKING_CONTENT`) and plans (`PLAN`) as well; only those of text have a place elsewhere. */
export const isOfText = ({ type }: JsonObject): boolean =>
  type === undefined || type === null || type === 'TEXT_CONTENT';

/** One citation per source: a document with what it says, or what a tool gave. https://docs.cohere.com/docs/rag-citations */
export function decodeCitation(citation: JsonObject, places: TextPlaces): Citation[] {
  const start = places.unitsAt(numberAt(citation, 'start'));
  const end = places.unitsAt(numberAt(citation, 'end'));
  const place = { ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) };
  const sources = arrayAt(citation, 'sources').filter(isObject);
  return sources.length > 0 ? sources.map((source) => ({ ...sourceOf(source), ...place })) : [place];
}

function sourceOf(source: JsonObject): Citation {
  const about = objectAt(source, 'document') ?? objectAt(source, 'tool_output') ?? {};
  const url = textAt(about, 'url');
  const title = textAt(about, 'title') ?? textAt(source, 'id');
  const citedText = textAt(about, 'text') ?? textAt(about, 'snippet') ?? textAt(about, 'content');
  return { ...(url ? { url } : {}), ...(title ? { title } : {}), ...(citedText ? { citedText } : {}) };
}
