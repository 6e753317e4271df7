import type { AudioBlock, Citation, ImageBlock, OpaqueBlock, Signature } from '../../chat/blocks';
import type { PartOf } from '../../chat/parts';
import type { Finish } from '../../chat/reply';
import { CallWriter } from './call-writer';
import { encodeFinish } from './finish';
import { encodeAudio, encodeImage } from './media';
import { MessageNotes } from './message-notes';

/** One choice of a streamed answer: its blocks → deltas, as JSON. */
export class ChoiceWriter {
  finished = false;
  private readonly notes = new MessageNotes();
  private readonly calls = new Map<number, CallWriter>();
  private images = 0;

  constructor(
    readonly index: number,
    private readonly legacy: boolean,
  ) {}

  beginText(): void {
    this.notes.beginText();
  }

  beginReasoning(id: string | undefined): void {
    this.notes.beginReasoning(id);
  }

  beginCall(part: PartOf<'tool-call-start'>): void {
    this.calls.set(part.block, new CallWriter(part, this.notes.calls++, this.legacy));
  }

  text(text: string): string {
    this.notes.contentLength += text.length;
    return `{"content":${JSON.stringify(text)}}`;
  }

  refusal(text: string): string {
    this.notes.refused = true;
    return `{"refusal":${JSON.stringify(text)}}`;
  }

  reasoning(text: string, summary: number | undefined): string {
    return `{"reasoning_content":${JSON.stringify(this.notes.reasoning.add(text, summary))}}`;
  }

  input(block: number, piece: string): readonly string[] {
    return this.calls.get(block)?.input(piece) ?? [];
  }

  cite(citation: Citation): void {
    this.notes.cite(citation);
  }

  signText(signature: Signature): void {
    this.notes.signText(signature);
  }

  signReasoning(signature: Signature, redacted: boolean | undefined): void {
    this.notes.reasoning.sign(signature, redacted);
  }

  signCall(block: number, signature: Signature): readonly string[] {
    return this.calls.get(block)?.sign(signature) ?? [];
  }

  endText(): void {
    this.notes.endText();
  }

  endCall(block: number): readonly string[] {
    const call = this.calls.get(block);
    this.calls.delete(block);
    return call?.end() ?? [];
  }

  whole(value: ImageBlock | AudioBlock | OpaqueBlock): string | undefined {
    if (value.kind === 'image') return JSON.stringify({ images: [{ index: this.images++, ...encodeImage(value) }] });
    return value.kind === 'audio' ? JSON.stringify({ audio: encodeAudio(value) }) : undefined;
  }

  /** What is still to be said before the finish. */
  rest(): readonly string[] {
    const deltas = [...this.calls.keys()].flatMap((block) => this.endCall(block));
    this.notes.endText();
    const notes = this.notes.fields();
    return Object.keys(notes).length > 0 ? [...deltas, JSON.stringify(notes)] : deltas;
  }

  /** Members of the last chunk's choice, without braces. */
  finish(finish: Finish): string {
    this.finished = true;
    const seen = { calls: this.notes.calls > 0, refusal: this.notes.refused };
    return JSON.stringify(encodeFinish(finish, seen, this.legacy)).slice(1, -1);
  }
}
