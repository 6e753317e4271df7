import type { ReasoningBlock } from '../../chat/blocks';
import { arrayAt, type JsonObject, numberAt, objectAt, textAt } from '../../json';
import { isRedacted, signatureOf } from './reasoning-details';
import { PIECE_BREAK, type Position } from './reasoning-ledger';

/** A reasoning block a client sent back, and where in the message it belongs. */
export interface Placed {
  readonly block: ReasoningBlock;
  readonly position: Position;
}

const start: Position = { content: 0, tool_calls: 0 };

/** Whether a message's details are the ones of `reasoning-ledger.ts`, whose text stands in `reasoning_content`. */
export const isCounted = (details: readonly JsonObject[]): boolean =>
  details.length > 0 && details.every(({ text, summary }) => text === undefined && summary === undefined);

/**
 * Thoughts of an assistant message with our own details. A client that kept only a part of `reasoning_content` spoilt the text,
 * and an issuer refuses spoilt thoughts: then only the signatures go back, which stand for the whole of them.
 */
export function placedReasoning(message: JsonObject, entries: readonly JsonObject[]): readonly Placed[] {
  const text = textAt(message, 'reasoning_content') || textAt(message, 'reasoning') || '';
  const pieces = new Pieces(text, entries);
  return entries.flatMap((entry) => {
    const block = blockOf(entry, pieces);
    return block ? [{ block, position: positionOf(entry) }] : [];
  });
}

function blockOf(entry: JsonObject, pieces: Pieces): ReasoningBlock | undefined {
  const text = pieces.next(numberAt(entry, 'text_length') ?? 0);
  const summary = lengthsOf(entry).map((length) => pieces.next(length));
  const signature = signatureOf(entry);
  const hasSummary = summary.some((part) => part !== '');
  if (text === '' && !hasSummary && !signature) return undefined;
  const id = textAt(entry, 'id');
  return {
    kind: 'reasoning',
    text,
    ...(hasSummary ? { summary } : {}),
    ...(signature ? { signature } : {}),
    ...(isRedacted(entry) ? { redacted: true } : {}),
    ...(id && signature?.issuer !== 'openrouter' ? { id } : {}),
  };
}

const lengthsOf = (entry: JsonObject): number[] =>
  arrayAt(entry, 'summary_lengths').map((length) => (typeof length === 'number' ? length : 0));

function positionOf(entry: JsonObject): Position {
  const position = objectAt(entry, 'position');
  return position
    ? { content: numberAt(position, 'content') ?? 0, tool_calls: numberAt(position, 'tool_calls') ?? 0 }
    : start;
}

/** `reasoning_content`, cut into the pieces it was put together from. */
class Pieces {
  private at = 0;
  private readonly whole: boolean;

  constructor(
    private readonly text: string,
    entries: readonly JsonObject[],
  ) {
    const lengths = entries
      .flatMap((entry) => [numberAt(entry, 'text_length') ?? 0, ...lengthsOf(entry)])
      .filter((length) => length > 0);
    const breaks = Math.max(0, lengths.length - 1) * PIECE_BREAK.length;
    this.whole = lengths.reduce((sum, length) => sum + length, breaks) === text.length;
  }

  next(length: number): string {
    if (!this.whole || length <= 0) return '';
    const piece = this.text.slice(this.at, this.at + length);
    this.at += length + PIECE_BREAK.length;
    return piece;
  }
}
