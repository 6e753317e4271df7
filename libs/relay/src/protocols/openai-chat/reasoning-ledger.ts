import type { ReasoningBlock, Signature } from '../../chat/blocks';
import type { JsonObject } from '../../json';
import { signedEntry } from './reasoning-details';

/**
 * Thoughts on the way to a client. Their text is `reasoning_content`, which chat clients know; what their issuer wants back
 * (signatures, encrypted and hidden thoughts) follows once, before the finish, as `reasoning_details` in OpenRouter's spelling. So
 * that nothing is sent twice or kept while it streams, an entry does not repeat its text but says how much of `reasoning_content`
 * it stands for: `text_length`, `summary_lengths` (UTF-16 units; pieces are parted by a blank line), and where in the message it
 * belongs: `position`, in units of content and in tool calls before it. `client-reasoning.ts` puts it together again.
 */
export const PIECE_BREAK = '\n\n';

/** Where a block stands in its message. */
export interface Position {
  readonly content: number;
  readonly tool_calls: number;
}

interface Entry {
  readonly id: string | undefined;
  readonly position: Position;
  textLength: number;
  readonly summaryLengths: number[];
  signature: Signature | undefined;
  redacted: boolean;
}

export class ReasoningLedger {
  private readonly entries: Entry[] = [];
  private isEmpty = true;

  begin(id: string | undefined, position: Position): void {
    this.entries.push({ id, position, textLength: 0, summaryLengths: [], signature: undefined, redacted: false });
  }

  /** A piece of the last block's thoughts → as it continues `reasoning_content`. */
  add(text: string, summary?: number): string {
    const entry = this.entries.at(-1);
    if (!entry || text === '') return text;
    const before = summary === undefined ? entry.textLength : (entry.summaryLengths[summary] ?? 0);
    if (summary === undefined) entry.textLength += text.length;
    else setLength(entry.summaryLengths, summary, before + text.length);
    const shown = before === 0 && !this.isEmpty ? PIECE_BREAK + text : text;
    this.isEmpty = false;
    return shown;
  }

  sign(signature: Signature, redacted: boolean | undefined): void {
    const entry = this.entries.at(-1);
    if (entry) Object.assign(entry, { signature, redacted: redacted === true });
  }

  /** Empty when there is nothing to be given back but the text. */
  details(): readonly JsonObject[] {
    return this.entries.some(({ signature }) => signature) ? this.entries.map(detailOf) : [];
  }
}

function setLength(lengths: number[], at: number, length: number): void {
  while (lengths.length < at) lengths.push(0);
  lengths[at] = length;
}

function detailOf(entry: Entry, index: number): JsonObject {
  const { id, position, textLength, summaryLengths, signature, redacted } = entry;
  const block: Pick<ReasoningBlock, 'text' | 'redacted' | 'id'> = { text: textLength > 0 ? ' ' : '', redacted, id };
  return {
    ...(signature ? signedEntry(signature, block) : { type: 'reasoning.text', ...(id ? { id } : {}) }),
    index,
    ...(textLength > 0 ? { text_length: textLength } : {}),
    ...(summaryLengths.length > 0 ? { summary_lengths: summaryLengths } : {}),
    ...(position.content > 0 || position.tool_calls > 0 ? { position } : {}),
  };
}
