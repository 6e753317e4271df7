import { FreeTextReader } from '../../chat/free-text';
import type { Part } from '../../chat/parts';
import { arrayAt, type JsonObject, objectAt, textAt } from '../../json';
import { decodeCitation } from './citations';
import { madeUpId } from './decode-reply';
import { redactedOf, signatureOf } from './reasoning';

/** A content block while it streams in. */
export interface BlockReader {
  /** The union's member its deltas have. */
  readonly member: string;
  delta(delta: JsonObject): void;
  stop(): void;
}

type Emit = (part: Part) => void;
/** Hands out the number of a block with its first part. */
type Numbering = () => number;

/** Text and what it rests on. */
export class TextReader implements BlockReader {
  readonly member = 'text';
  private readonly block: number;

  constructor(
    private readonly emit: Emit,
    number: Numbering,
  ) {
    this.block = number();
    emit({ kind: 'text-start', block: this.block, candidate: 0 });
  }

  delta(delta: JsonObject): void {
    const { block } = this;
    if (typeof delta.text === 'string' && delta.text !== '') this.emit({ kind: 'text-delta', block, text: delta.text });
    const citation = decodeCitation(delta.citation);
    if (citation) this.emit({ kind: 'citation', block, citation });
  }

  stop(): void {
    this.emit({ kind: 'block-end', block: this.block });
  }
}

/** Thoughts; their signature or their hidden form comes in pieces and counts as a whole. */
export class ReasoningReader implements BlockReader {
  readonly member = 'reasoningContent';
  private readonly block: number;
  private signature = '';
  private readonly hidden: Buffer[] = [];

  constructor(
    private readonly emit: Emit,
    number: Numbering,
  ) {
    this.block = number();
    emit({ kind: 'reasoning-start', block: this.block, candidate: 0 });
  }

  delta({ reasoningContent }: JsonObject): void {
    const text = textAt(reasoningContent, 'text');
    if (text) this.emit({ kind: 'text-delta', block: this.block, text });
    this.signature += textAt(reasoningContent, 'signature') ?? '';
    const hidden = textAt(reasoningContent, 'redactedContent');
    if (hidden) this.hidden.push(Buffer.from(hidden, 'base64'));
  }

  stop(): void {
    const { block } = this;
    if (this.signature) this.emit({ kind: 'signature', block, signature: signatureOf(this.signature) });
    if (this.hidden.length > 0)
      this.emit({ kind: 'signature', block, signature: redactedOf(Buffer.concat(this.hidden)), redacted: true });
    this.emit({ kind: 'block-end', block });
  }
}

/** A call of the caller's tool. It is announced once its first characters tell whether it stands for a free-text tool. */
export class ToolUseReader implements BlockReader {
  readonly member = 'toolUse';
  private block: number | undefined;
  private readonly reader = new FreeTextReader();

  constructor(
    private readonly emit: Emit,
    private readonly number: Numbering,
    private readonly start: JsonObject,
    private readonly index: number,
  ) {}

  delta({ toolUse }: JsonObject): void {
    const json = textAt(toolUse, 'input');
    if (json) this.pass(this.reader.push(json));
  }

  stop(): void {
    this.pass(this.reader.end());
    this.emit({ kind: 'block-end', block: this.announce() });
  }

  private pass(text: string): void {
    if (this.reader.type === undefined) return;
    const block = this.announce();
    if (text) this.emit({ kind: 'input-delta', block, text });
  }

  private announce(): number {
    if (this.block !== undefined) return this.block;
    const block = (this.block = this.number());
    const id = textAt(this.start, 'toolUseId') || madeUpId(this.index);
    const name = textAt(this.start, 'name') ?? '';
    this.emit({ kind: 'tool-call-start', block, candidate: 0, id, name, type: this.reader.type ?? 'function' });
    return block;
  }
}

/** A tool that runs at AWS, or what it gave; handed over whole, because its pieces mean nothing to others. */
export class ServerToolReader implements BlockReader {
  private input = '';
  private readonly content: unknown[] = [];

  constructor(
    private readonly emit: Emit,
    private readonly number: Numbering,
    readonly member: 'toolUse' | 'toolResult',
    private readonly start: JsonObject,
  ) {}

  delta(delta: JsonObject): void {
    this.input += textAt(objectAt(delta, 'toolUse'), 'input') ?? '';
    this.content.push(...arrayAt(delta, 'toolResult'));
  }

  stop(): void {
    const { member } = this;
    const more = member === 'toolUse' ? { input: this.input } : { content: this.content };
    const value = { [member]: { ...this.start, ...more } };
    const block = this.number();
    this.emit({
      kind: 'block',
      block,
      candidate: 0,
      value: { kind: 'opaque', issuer: 'bedrock', type: member, value },
    });
    this.emit({ kind: 'block-end', block });
  }
}
