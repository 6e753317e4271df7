import type { PartOf } from '../../chat/parts';
import type { JsonObject } from '../../json';
import { encryptedOf } from './carriers';
import { DeltaEvent } from './delta-event';
import type { BlockWriter } from './item-writers';
import type { Item, Output } from './output';

/**
 * Thoughts as `reasoning_text`, or as a summary where the upstream gives one or the caller asked for one. The item begins with its
 * first text or signature; without either there is none.
 */
export class ReasoningWriter implements BlockWriter {
  private readonly summary: { type: 'summary_text'; text: string }[] = [];
  private content: { type: 'reasoning_text'; text: string } | undefined;
  private added: { readonly index: number; readonly item: Item } | undefined;
  /** The part of the summary that is open. */
  private current = -1;
  private summaryDelta: DeltaEvent | undefined;
  private contentDelta: DeltaEvent | undefined;

  constructor(
    private readonly output: Output,
    private readonly id: string | undefined,
    private readonly asSummary: boolean,
    /** Told before the item begins: a message ends then. */
    private readonly onStart: () => void,
  ) {}

  grow(text: string, summary?: number): void {
    if (summary !== undefined || this.asSummary) this.growSummary(text, summary ?? 0);
    else this.growContent(text);
  }

  cite(): void {}

  sign(part: PartOf<'signature'>): void {
    this.open().item.encrypted_content = encryptedOf(part);
  }

  end(): void {
    if (!this.added) return;
    this.endSummary();
    const { content } = this;
    if (content) {
      const place = { ...this.place(), content_index: 0 };
      this.output.emit('response.reasoning_text.done', { ...place, text: content.text });
      this.output.emit('response.content_part.done', { ...place, part: content });
    }
    this.output.end(this.added.index);
  }

  private growSummary(text: string, number: number): void {
    this.open();
    if (number !== this.current) {
      this.endSummary();
      while (this.summary.length <= number) this.summary.push({ type: 'summary_text', text: '' });
      this.current = number;
      const place = { ...this.place(), summary_index: number };
      this.summaryDelta = new DeltaEvent('response.reasoning_summary_text.delta', place);
      const part = { type: 'summary_text', text: '' };
      this.output.emit('response.reasoning_summary_part.added', { ...place, part });
    }
    const part = this.summary[number];
    if (part) part.text += text;
    if (this.summaryDelta) this.output.grow(this.summaryDelta, text);
  }

  private endSummary(): void {
    const part = this.summary[this.current];
    if (!part) return;
    const place = { ...this.place(), summary_index: this.current };
    this.output.emit('response.reasoning_summary_text.done', { ...place, text: part.text });
    this.output.emit('response.reasoning_summary_part.done', { ...place, part });
    this.current = -1;
  }

  private growContent(text: string): void {
    const { item } = this.open();
    if (!this.content) {
      const place = { ...this.place(), content_index: 0 };
      this.contentDelta = new DeltaEvent('response.reasoning_text.delta', place);
      this.content = { type: 'reasoning_text', text: '' };
      item.content = [this.content];
      this.output.emit('response.content_part.added', { ...place, part: this.content });
    }
    this.content.text += text;
    if (this.contentDelta) this.output.grow(this.contentDelta, text);
  }

  private open(): { readonly index: number; readonly item: Item } {
    if (this.added) return this.added;
    this.onStart();
    this.added = this.output.add('reasoning', { status: 'in_progress', summary: [] }, this.id);
    this.added.item.summary = this.summary;
    return this.added;
  }

  private place(): JsonObject {
    return { item_id: this.added?.item.id, output_index: this.added?.index };
  }
}
