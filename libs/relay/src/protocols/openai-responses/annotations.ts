import type { Citation } from '../../chat/blocks';
import { isObject, type JsonObject, numberAt, textAt } from '../../json';

/** Annotations of an `output_text`: `url_citation`, `file_citation`, `container_file_citation`, `file_path`. */
export function decodeAnnotation(annotation: unknown): Citation | undefined {
  if (!isObject(annotation)) return undefined;
  const url = textAt(annotation, 'url');
  const title = textAt(annotation, 'title') || textAt(annotation, 'filename');
  const start = numberAt(annotation, 'start_index');
  const end = numberAt(annotation, 'end_index');
  return {
    ...(url ? { url } : {}),
    ...(title ? { title } : {}),
    ...(start !== undefined ? { start } : {}),
    ...(end !== undefined ? { end } : {}),
    raw: { issuer: 'openai', value: annotation },
  };
}

export const decodeAnnotations = (annotations: readonly unknown[]): Citation[] =>
  annotations.flatMap((annotation) => decodeAnnotation(annotation) ?? []);

/** OpenAI's types of annotations; an `openai` citation may also come from chat, whose only one is wrapped. */
const own: ReadonlySet<unknown> = new Set(['file_citation', 'container_file_citation', 'file_path']);

/** `length`: of the text the citation stands for, where it names no place. */
export function encodeAnnotation({ url, title, start, end, raw }: Citation, length: number): JsonObject {
  if (raw?.issuer === 'openai' && isObject(raw.value) && own.has(raw.value.type)) return raw.value;
  if (url) return { type: 'url_citation', start_index: start ?? 0, end_index: end ?? length, url, title: title ?? '' };
  return { type: 'file_citation', file_id: '', filename: title ?? '', index: end ?? length };
}
