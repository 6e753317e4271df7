import { FreeTextReader } from '../../chat/free-text';
import type { Part } from '../../chat/parts';
import { unseal } from '../../chat/signature';
import { type JsonObject, parseJson, textAt } from '../../json';
import { decodeCitations } from './citations';
import { inputText, madeUpId } from './decode-reply';

/** A content block while it streams in. */
export interface BlockReader {
  delta(delta: JsonObject): void;
  stop(): void;
}

type Emit = (part: Part) => void;
/** Hands out the number of a block with its first part. */
type Numbering = () => number;

export class TextReader implements BlockReader {
  private readonly block: number;

  constructor(
    private readonly emit: Emit,
    number: Numbering,
    start: JsonObject,
  ) {
    this.block = number();
    emit({ kind: 'text-start', block: this.block, candidate: 0 });
    this.grow(start.text);
    for (const citation of decodeCitations(start.citations)) emit({ kind: 'citation', block: this.block, citation });
  }

  delta(delta: JsonObject): void {
    if (delta.type === 'text_delta') return this.grow(delta.text);
    for (const citation of decodeCitations([delta.citation]))
      this.emit({ kind: 'citation', block: this.block, citation });
  }

  stop(): void {
    this.emit({ kind: 'block-end', block: this.block });
  }

  private grow(text: unknown): void {
    if (typeof text === 'string' && text !== '') this.emit({ kind: 'text-delta', block: this.block, text });
  }
}

/** `thinking`, whose signature comes last, and `redacted_thinking`, which arrives whole. */
export class ThinkingReader implements BlockReader {
  private readonly block: number;

  constructor(
    private readonly emit: Emit,
    number: Numbering,
    start: JsonObject,
  ) {
    this.block = number();
    emit({ kind: 'reasoning-start', block: this.block, candidate: 0 });
    this.grow(start.thinking);
    this.sign(textAt(start, 'signature'));
    const data = textAt(start, 'data');
    if (start.type === 'redacted_thinking' && data !== undefined) {
      emit({ kind: 'signature', block: this.block, signature: unseal(data, 'anthropic'), redacted: true });
    }
  }

  delta(delta: JsonObject): void {
    if (delta.type === 'thinking_delta') this.grow(delta.thinking);
    else if (delta.type === 'signature_delta') this.sign(textAt(delta, 'signature'));
  }

  stop(): void {
    this.emit({ kind: 'block-end', block: this.block });
  }

  private grow(text: unknown): void {
    if (typeof text === 'string' && text !== '') this.emit({ kind: 'text-delta', block: this.block, text });
  }

  private sign(signature: string | undefined): void {
    if (signature) this.emit({ kind: 'signature', block: this.block, signature: unseal(signature, 'anthropic') });
  }
}

/** A call of the caller's tool. It is announced once its first characters tell whether it stands for a free-text tool. */
export class ToolUseReader implements BlockReader {
  private block: number | undefined;
  private readonly reader = new FreeTextReader();
  private grown = false;

  constructor(
    private readonly emit: Emit,
    private readonly number: Numbering,
    private readonly start: JsonObject,
    private readonly index: number,
  ) {}

  delta({ partial_json: json }: JsonObject): void {
    if (typeof json !== 'string' || json === '') return;
    this.grown = true;
    this.pass(this.reader.push(json));
  }

  stop(): void {
    // `input` of the start is a placeholder, unless no delta followed: some imitators send the whole call there.
    const whole = this.grown ? '{}' : inputText(this.start.input);
    if (whole !== '{}') this.pass(this.reader.push(whole));
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
    const id = textAt(this.start, 'id') || madeUpId(this.index);
    const name = textAt(this.start, 'name') ?? '';
    this.emit({ kind: 'tool-call-start', block, candidate: 0, id, name, type: this.reader.type ?? 'function' });
    return block;
  }
}

/** A block only Anthropic knows; handed over whole, because its pieces mean nothing to others. */
export class OpaqueReader implements BlockReader {
  private readonly value: Record<string, unknown>;
  private json = '';

  constructor(
    private readonly emit: Emit,
    private readonly number: Numbering,
    private readonly type: string,
    start: JsonObject,
  ) {
    this.value = { ...start };
  }

  /** `input_json_delta` spells the input; any other delta (`compaction_delta`) carries pieces of the block's own fields. */
  delta(delta: JsonObject): void {
    if (delta.type === 'input_json_delta') {
      this.json += textAt(delta, 'partial_json') ?? '';
      return;
    }
    for (const [name, piece] of Object.entries(delta)) {
      if (name === 'type' || piece == null) continue;
      const before = this.value[name];
      this.value[name] = typeof before === 'string' && typeof piece === 'string' ? before + piece : piece;
    }
  }

  stop(): void {
    if (this.json) this.value.input = parseJson(this.json) ?? this.json;
    const value = { kind: 'opaque', issuer: 'anthropic', type: this.type, value: this.value } as const;
    this.emit({ kind: 'block', block: this.number(), candidate: 0, value });
  }
}
