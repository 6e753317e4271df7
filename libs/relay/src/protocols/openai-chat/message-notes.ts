import type { Citation, Signature } from '../../chat/blocks';
import type { JsonObject } from '../../json';
import { encodeAnnotation } from './citations';
import { extraContent } from './media';
import { ReasoningLedger } from './reasoning-ledger';

/**
 * What is said about a message rather than in it: annotations, signatures. Told once, at its end: the official SDKs' stream
 * helpers overwrite such fields with each chunk, or refuse to join their lists.
 */
export class MessageNotes {
  readonly reasoning = new ReasoningLedger();
  /** UTF-16 units of content so far. */
  contentLength = 0;
  calls = 0;
  refused = false;
  private readonly annotations: JsonObject[] = [];
  private signature: Signature | undefined;
  private textStart = 0;
  private citations: Citation[] = [];

  beginReasoning(id: string | undefined): void {
    this.reasoning.begin(id, { content: this.contentLength, tool_calls: this.calls });
  }

  beginText(): void {
    this.textStart = this.contentLength;
  }

  cite(citation: Citation): void {
    this.citations.push(citation);
  }

  /** The text block is over; only now is it known how far its citations reach. */
  endText(): void {
    for (const citation of this.citations) {
      this.annotations.push(encodeAnnotation(citation, this.textStart, this.contentLength));
    }
    this.citations = [];
  }

  /** Of text, only Gemini's signatures have a place in chat: the one of the last text counts. */
  signText(signature: Signature): void {
    this.signature = signature;
  }

  /** Fields of the message; none when there is nothing to tell. */
  fields(): JsonObject {
    const details = this.reasoning.details();
    return {
      ...(this.annotations.length > 0 ? { annotations: this.annotations } : {}),
      ...(details.length > 0 ? { reasoning_details: details } : {}),
      ...(this.signature?.issuer === 'gemini' ? extraContent(this.signature) : {}),
    };
  }
}
