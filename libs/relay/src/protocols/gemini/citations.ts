import type { Citation } from '../../chat/blocks';
import { arrayAt, isObject, type JsonObject, numberAt, objectAt, textAt } from '../../json';
import type { TextMeter } from './text-meter';

/** A text block an answer's metadata may point into. */
export interface CitedText {
  readonly block: number;
  /** Its place among the parts, from which offsets count; null where it came in pieces. */
  readonly part: number | null;
  /** Null: offsets cannot be told to lie in this text. */
  readonly meter: TextMeter | null;
}

export interface PlacedCitation {
  readonly block: number;
  readonly citation: Citation;
}

/**
 * Sources in `groundingMetadata` and `citationMetadata` as citations of the texts they belong to. A source whose place cannot be
 * told belongs to the last text, without offsets.
 */
export function readCitations(candidate: JsonObject, texts: readonly CitedText[]): PlacedCitation[] {
  const last = texts.at(-1);
  if (!last) return [];
  const find = (segment: JsonObject | undefined): CitedText | undefined => {
    const index = numberAt(segment, 'partIndex') ?? 0;
    return texts.find(({ part }) => part === index || part === null) ?? (texts.length === 1 ? last : undefined);
  };
  const place = (segment: JsonObject | undefined, source: Citation, passage?: string): PlacedCitation => {
    const text = find(segment);
    const citation = text ? { ...source, ...rangeOf(segment, passage, text.meter) } : source;
    return { block: (text ?? last).block, citation };
  };
  return [
    ...grounded(objectAt(candidate, 'groundingMetadata'), place),
    ...recited(objectAt(candidate, 'citationMetadata'), place),
  ];
}

type Place = (segment: JsonObject | undefined, source: Citation, passage?: string) => PlacedCitation;

function grounded(metadata: JsonObject | undefined, place: Place): PlacedCitation[] {
  const chunks = arrayAt(metadata, 'groundingChunks');
  const supports = arrayAt(metadata, 'groundingSupports');
  if (supports.length === 0)
    return chunks.map((chunk) => place(undefined, { ...sourceOf(chunk), raw: raw({ chunk }) }));
  return supports.flatMap((support) => {
    const segment = objectAt(support, 'segment');
    const passage = textAt(segment, 'text');
    return arrayAt(support, 'groundingChunkIndices').map((index) => {
      const chunk = chunks[Number(index)];
      const citedText = passage === undefined ? {} : { citedText: passage };
      return place(segment, { ...sourceOf(chunk), ...citedText, raw: raw({ support, chunk }) }, passage);
    });
  });
}

/** `web`, `maps` and `retrievedContext` name their source alike; an image names the page it is on. */
function sourceOf(chunk: unknown): Pick<Citation, 'url' | 'title'> {
  const source = ['web', 'maps', 'retrievedContext', 'image'].map((kind) => objectAt(chunk, kind)).find(Boolean);
  return named(textAt(source, 'uri') ?? textAt(source, 'sourceUri'), textAt(source, 'title'));
}

/** `citationSources` in the Gemini API, `citations` on Vertex. */
function recited(metadata: JsonObject | undefined, place: Place): PlacedCitation[] {
  const sources = [...arrayAt(metadata, 'citationSources'), ...arrayAt(metadata, 'citations')].filter(isObject);
  return sources.map((source) =>
    place(source, { ...named(textAt(source, 'uri'), textAt(source, 'title')), raw: raw({ citation: source }) }),
  );
}

const named = (url: string | undefined, title: string | undefined): Pick<Citation, 'url' | 'title'> => ({
  ...(url ? { url } : {}),
  ...(title ? { title } : {}),
});

const raw = (value: JsonObject) => ({ issuer: 'gemini', value }) as const;

/**
 * Gemini counts bytes of UTF-8 and leaves out a start of 0. Imitators count characters: a passage whose length in UTF-16 fits the
 * numbers, and whose length in bytes does not, tells them apart.
 */
function rangeOf(
  segment: JsonObject | undefined,
  passage: string | undefined,
  meter: TextMeter | null,
): Pick<Citation, 'start' | 'end'> {
  const from = numberAt(segment, 'startIndex') ?? 0;
  const to = numberAt(segment, 'endIndex');
  if (!meter || to === undefined || to <= from) return {};
  const inUnits = passage !== undefined && passage.length === to - from && Buffer.byteLength(passage) !== to - from;
  const start = inUnits ? from : meter.unitsAt(from);
  const end = inUnits ? to : meter.unitsAt(to);
  return start === undefined || end === undefined || end > meter.units ? {} : { start, end };
}
