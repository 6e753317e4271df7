import type { Citation } from '../../chat/blocks';
import { isObject, type JsonObject } from '../../json';
import type { TextMeter } from './text-meter';

/** A text block in an answer to a caller: where its text lies, in bytes of the part it is in. */
export interface GroundedText {
  readonly citations: readonly Citation[];
  readonly meter: TextMeter;
  readonly partIndex: number;
  /** Bytes of the same part before this text. */
  readonly offset: number;
}

/** Citations of any origin as `groundingMetadata`; what Gemini itself reported is repeated as it was. */
export class Grounding {
  private readonly chunks: JsonObject[] = [];
  private readonly indexes = new Map<string, number>();
  private readonly supports: JsonObject[] = [];
  private readonly recited: JsonObject[] = [];

  add(text: GroundedText): void {
    for (const citation of text.citations) this.cite(citation, text);
  }

  /** The candidate's fields; empty without citations. */
  fields(): JsonObject {
    const grounding = { groundingChunks: this.chunks, groundingSupports: this.supports };
    return {
      ...(this.chunks.length > 0 ? { groundingMetadata: grounding } : {}),
      ...(this.recited.length > 0 ? { citationMetadata: { citationSources: this.recited } } : {}),
    };
  }

  private cite(citation: Citation, text: GroundedText): void {
    const own = citation.raw?.issuer === 'gemini' ? citation.raw.value : undefined;
    if (isObject(own) && isObject(own.citation)) {
      this.recited.push(own.citation);
      return;
    }
    const index = this.indexOf(isObject(own) && isObject(own.chunk) ? own.chunk : chunkOf(citation));
    this.supports.push({ segment: segmentOf(citation, text), groundingChunkIndices: [index] });
  }

  /** One chunk per source, however often it is cited. */
  private indexOf(chunk: JsonObject): number {
    const key = JSON.stringify(chunk);
    const known = this.indexes.get(key);
    if (known !== undefined) return known;
    this.indexes.set(key, this.chunks.length);
    return this.chunks.push(chunk) - 1;
  }
}

/** A page of the web, or a passage of a document the caller sent. */
function chunkOf({ url, title, citedText }: Citation): JsonObject {
  const named = { ...(url ? { uri: url } : {}), ...(title ? { title } : {}) };
  return url ? { web: named } : { retrievedContext: { ...named, ...(citedText ? { text: citedText } : {}) } };
}

/** The place the citation names, else the whole text it belongs to. */
function segmentOf({ start, end }: Citation, { meter, offset, partIndex }: GroundedText): JsonObject {
  const from = start === undefined ? undefined : meter.bytesAt(start);
  const to = end === undefined ? undefined : meter.bytesAt(end);
  const placed = from !== undefined && to !== undefined && from < to;
  return {
    ...(partIndex > 0 ? { partIndex } : {}),
    startIndex: offset + (placed ? from : 0),
    endIndex: offset + (placed ? to : meter.bytes),
  };
}
