import type { Citation } from '../../chat/blocks';
import type { Part } from '../../chat/parts';
import { arrayAt, isObject, type JsonObject, textAt } from '../../json';
import { decodeAnnotation } from './annotations';
import { opaque } from './decode-content';
import { decodeImageCall } from './decode-items';

/** What the readers of one answer share: the numbers of blocks, and which block of text is open. */
export interface Answer {
  emit(part: Part): void;
  block(): number;
  /** Ends the block of text that is open, and takes this one (if any) for open. */
  begin(block: number | undefined): void;
  isOpen(block: number): boolean;
  end(block: number): void;
  callId(): string;
}

/** An item of the output while it streams in. `done` gets it whole, and tells what has not been told yet. */
export interface ItemReader {
  readonly type: string;
  delta(field: DeltaField, index: number, text: string): void;
  annotate(index: number, annotation: unknown): void;
  logprobs(index: number, entries: readonly unknown[]): void;
  /** A part of the content is complete. */
  part(index: number, part: JsonObject): void;
  done(item: JsonObject): void;
  close(): void;
}

export type DeltaField = 'text' | 'refusal' | 'reasoning' | 'summary' | 'input';

interface Growing {
  readonly kind: 'text' | 'refusal';
  block: number;
  /** Characters, annotations and log probabilities told so far. */
  told: number;
  cited: number;
  weighed: boolean;
  over: boolean;
}

/** What most items do not have. */
export abstract class BaseReader {
  constructor(
    readonly type: string,
    protected readonly answer: Answer,
  ) {}

  annotate(_index: number, _annotation: unknown): void {}
  logprobs(_index: number, _entries: readonly unknown[]): void {}
  part(_index: number, _part: JsonObject): void {}
}

/** A message: each part of its content is a block. */
export class MessageReader extends BaseReader implements ItemReader {
  /** Whether the model declined. */
  refused = false;
  private phase: string | undefined;
  private readonly parts = new Map<number, Growing>();

  constructor(answer: Answer, item: JsonObject) {
    super('message', answer);
    this.phase = textAt(item, 'phase') || undefined;
  }

  delta(field: DeltaField, index: number, text: string): void {
    if (text === '') return;
    const part = this.grown(index, field === 'refusal' ? 'refusal' : 'text');
    part.told += text.length;
    this.answer.emit({ kind: 'text-delta', block: part.block, text });
  }

  override annotate(index: number, annotation: unknown): void {
    const citation = decodeAnnotation(annotation);
    if (citation) this.cite(this.grown(index, 'text'), citation);
  }

  override logprobs(index: number, entries: readonly unknown[]): void {
    if (entries.length === 0) return;
    const part = this.parts.get(index);
    if (part) part.weighed = true;
    this.answer.emit({ kind: 'logprobs', candidate: 0, value: { content: entries } });
  }

  override part(index: number, whole: JsonObject): void {
    const refusal = textAt(whole, 'refusal');
    const text = refusal ?? textAt(whole, 'text') ?? '';
    const told = this.parts.get(index)?.told ?? 0;
    if (text.length > told) this.delta(refusal === undefined ? 'text' : 'refusal', index, text.slice(told));
    const part = this.parts.get(index);
    if (!part || part.over) return;
    for (const annotation of arrayAt(whole, 'annotations').slice(part.cited)) this.annotate(index, annotation);
    if (!part.weighed) this.logprobs(index, arrayAt(whole, 'logprobs'));
    part.over = true;
    this.answer.end(part.block);
  }

  done(item: JsonObject): void {
    this.phase ??= textAt(item, 'phase') || undefined;
    arrayAt(item, 'content').forEach((part, index) => isObject(part) && this.part(index, part));
    this.close();
  }

  close(): void {
    for (const part of this.parts.values()) this.answer.end(part.block);
  }

  private cite(part: Growing, citation: Citation): void {
    part.cited += 1;
    this.answer.emit({ kind: 'citation', block: part.block, citation });
  }

  /** The part's block; a new one where another item's text has come in between. */
  private grown(index: number, kind: Growing['kind']): Growing {
    const known = this.parts.get(index);
    if (known && this.answer.isOpen(known.block)) return known;
    const block = this.answer.block();
    const part = known ?? { kind, block, told: 0, cited: 0, weighed: false, over: false };
    part.block = block;
    this.parts.set(index, part);
    this.answer.begin(block);
    if (kind === 'refusal') this.refused = true;
    const { phase } = this;
    this.answer.emit({
      kind: kind === 'text' ? 'text-start' : 'refusal-start',
      block,
      candidate: 0,
      ...(phase ? { phase } : {}),
    });
    return part;
  }
}

/** Thoughts, or a summary of them. One that shows nothing and gives nothing to send back is none. */
export class ReasoningReader extends BaseReader implements ItemReader {
  private id: string | undefined;
  private block: number | undefined;
  private told = 0;
  /** Parts of the summary by the upstream's number, which is only a name: told are those there are, from 0 without gaps. */
  private readonly summary = new Map<number, { readonly number: number; told: number }>();
  private over = false;

  constructor(answer: Answer, item: JsonObject) {
    super('reasoning', answer);
    this.id = textAt(item, 'id') || undefined;
  }

  delta(field: DeltaField, index: number, text: string): void {
    if (text === '' || this.over) return;
    const block = this.grown();
    if (field === 'summary') {
      const part = this.summary.get(index) ?? { number: this.summary.size, told: 0 };
      this.summary.set(index, part);
      part.told += text.length;
      this.answer.emit({ kind: 'text-delta', block, text, summary: part.number });
    } else {
      this.told += text.length;
      this.answer.emit({ kind: 'text-delta', block, text });
    }
  }

  /** The encrypted thoughts of `output_item.added` are not the final ones; only these are taken. */
  done(item: JsonObject): void {
    if (this.over) return;
    this.id ??= textAt(item, 'id') || undefined;
    const text = arrayAt(item, 'content')
      .map((part) => textAt(part, 'text') ?? '')
      .join('');
    this.delta('reasoning', 0, text.slice(this.told));
    arrayAt(item, 'summary').forEach((part, index) => {
      this.delta('summary', index, (textAt(part, 'text') ?? '').slice(this.summary.get(index)?.told ?? 0));
    });
    const value = textAt(item, 'encrypted_content');
    if (value) this.answer.emit({ kind: 'signature', block: this.grown(), signature: { issuer: 'openai', value } });
    this.close();
    this.over = true;
  }

  close(): void {
    if (this.block !== undefined) this.answer.end(this.block);
  }

  private grown(): number {
    if (this.block !== undefined && this.answer.isOpen(this.block)) return this.block;
    const block = (this.block = this.answer.block());
    this.answer.begin(block);
    const { id } = this;
    this.answer.emit(
      id ? { kind: 'reasoning-start', block, candidate: 0, id } : { kind: 'reasoning-start', block, candidate: 0 },
    );
    return block;
  }
}

/** An item only OpenAI knows, or a picture: told when it is whole. */
export class WholeReader extends BaseReader implements ItemReader {
  private over = false;

  delta(): void {}

  done(item: JsonObject): void {
    if (this.over || this.type === '') return;
    this.over = true;
    const value = this.type === 'image_generation_call' ? decodeImageCall(item) : opaque(this.type, item);
    if (value.kind !== 'image' && value.kind !== 'opaque') return;
    const block = this.answer.block();
    this.answer.begin(undefined);
    this.answer.emit({ kind: 'block', block, candidate: 0, value });
  }

  close(): void {}
}
