import type { Citation, Signature } from '../../chat/blocks';
import type { PartOf } from '../../chat/parts';
import type { JsonObject } from '../../json';
import { encodeAnnotation } from './annotations';
import { carry } from './carriers';
import { DeltaEvent } from './delta-event';
import type { Item, Output } from './output';

/** A block of the answer while it is written. */
export interface BlockWriter {
  grow(text: string, summary?: number): void;
  cite(citation: Citation): void;
  sign(part: PartOf<'signature'>): void;
  end(): void;
}

/** A message; texts and refusals that follow one another are parts of its content. */
export class MessageWriter {
  readonly content: JsonObject[] = [];
  readonly index: number;
  readonly id: string;
  private isOpen = false;
  private isOver = false;

  constructor(
    private readonly output: Output,
    readonly phase: string | undefined,
  ) {
    const { index, item } = output.add('message', {
      status: 'in_progress',
      role: 'assistant',
      content: [],
      ...(phase ? { phase } : {}),
    });
    this.index = index;
    this.id = item.id;
    item.content = this.content;
  }

  /** Another part of this phase may be added. */
  takes(phase: string | undefined): boolean {
    return !this.isOpen && !this.isOver && phase === this.phase;
  }

  begin(part: JsonObject): number {
    this.isOpen = true;
    return this.content.push(part) - 1;
  }

  partEnded(): void {
    this.isOpen = false;
    if (this.isOver) this.output.end(this.index);
  }

  /** Nothing more is added once the part being written is complete. */
  close(): void {
    if (this.isOver) return;
    this.isOver = true;
    if (!this.isOpen) this.output.end(this.index);
  }
}

interface TextPart {
  type: 'output_text';
  annotations: JsonObject[];
  logprobs: unknown[];
  text: string;
  [field: string]: unknown;
}

export class TextWriter implements BlockWriter {
  readonly part: TextPart = { type: 'output_text', annotations: [], logprobs: [], text: '' };
  private readonly place: JsonObject;
  private readonly delta: DeltaEvent;
  private signature: Signature | undefined;

  constructor(
    private readonly output: Output,
    private readonly message: MessageWriter,
  ) {
    this.place = placeOf(message, this.part);
    this.delta = new DeltaEvent('response.output_text.delta', this.place, { logprobs: [] });
    output.emit('response.content_part.added', { ...this.place, part: this.part });
  }

  grow(text: string): void {
    this.part.text += text;
    this.output.grow(this.delta, text);
  }

  cite(citation: Citation): void {
    const { annotations, text } = this.part;
    const annotation = encodeAnnotation(citation, text.length);
    annotations.push(annotation);
    const at = { ...this.place, annotation_index: annotations.length - 1 };
    this.output.emit('response.output_text.annotation.added', { ...at, annotation });
  }

  sign({ signature }: PartOf<'signature'>): void {
    this.signature = signature;
  }

  end(): void {
    const { text, logprobs } = this.part;
    this.output.emit('response.output_text.done', { ...this.place, text, logprobs });
    this.output.emit('response.content_part.done', { ...this.place, part: this.part });
    this.message.partEnded();
    if (!this.signature) return;
    this.message.close();
    carrySignature(this.output, carry({ kind: 'text' }, this.signature));
  }
}

export class RefusalWriter implements BlockWriter {
  private readonly part = { type: 'refusal', refusal: '' };
  private readonly place: JsonObject;
  private readonly delta: DeltaEvent;

  constructor(
    private readonly output: Output,
    private readonly message: MessageWriter,
  ) {
    this.place = placeOf(message, this.part);
    this.delta = new DeltaEvent('response.refusal.delta', this.place);
    output.emit('response.content_part.added', { ...this.place, part: this.part });
  }

  grow(text: string): void {
    this.part.refusal += text;
    this.output.grow(this.delta, text);
  }

  cite(): void {}
  sign(): void {}

  end(): void {
    this.output.emit('response.refusal.done', { ...this.place, refusal: this.part.refusal });
    this.output.emit('response.content_part.done', { ...this.place, part: this.part });
    this.message.partEnded();
  }
}

const placeOf = (message: MessageWriter, part: JsonObject): JsonObject => ({
  item_id: message.id,
  output_index: message.index,
  content_index: message.begin(part),
});

/** An item that exists only to bring a signature back. */
export const carrySignature = (output: Output, encrypted: string): void =>
  output.addWhole('reasoning', { summary: [], encrypted_content: encrypted });

/** A call; announced with its name, its arguments always a text. */
export class CallWriter implements BlockWriter {
  private readonly item: Item;
  private readonly place: JsonObject;
  private readonly delta: DeltaEvent;
  private readonly index: number;
  private input = '';
  private signature: Signature | undefined;

  constructor(
    private readonly output: Output,
    private readonly start: PartOf<'tool-call-start'>,
    namespace: string | undefined,
  ) {
    const { id: call_id, name, type } = start;
    const fields = { status: 'in_progress', call_id, name, ...(namespace ? { namespace } : {}) };
    const { index, item } =
      type === 'custom'
        ? output.add('custom_tool_call', { ...fields, input: '' })
        : output.add('function_call', { ...fields, arguments: '' });
    this.index = index;
    this.item = item;
    this.place = { item_id: item.id, output_index: index };
    this.delta = new DeltaEvent(`${this.events}.delta`, this.place);
  }

  grow(text: string): void {
    this.input += text;
    this.output.grow(this.delta, text);
  }

  cite(): void {}

  sign({ signature }: PartOf<'signature'>): void {
    this.signature = signature;
  }

  end(): void {
    const { type, name, id } = this.start;
    if (this.input === '' && type === 'function') this.grow('{}');
    const { input } = this;
    if (type === 'custom') this.item.input = input;
    else this.item.arguments = input;
    const whole = type === 'custom' ? { input } : { arguments: input, name };
    this.output.emit(`${this.events}.done`, { ...this.place, ...whole });
    this.output.end(this.index);
    if (this.signature) carrySignature(this.output, carry({ kind: 'call', id }, this.signature));
  }

  private get events(): string {
    return this.start.type === 'custom' ? 'response.custom_tool_call_input' : 'response.function_call_arguments';
  }
}
