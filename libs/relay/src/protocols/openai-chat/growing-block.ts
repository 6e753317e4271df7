import type { Citation, Signature } from '../../chat/blocks';
import type { Part } from '../../chat/parts';
import type { Emit, Numbering } from './numbering';

type Kind = 'text' | 'refusal' | 'reasoning';

const starts = { text: 'text-start', refusal: 'refusal-start' } as const;

/** The block of a choice that is growing. Text of another kind ends it and begins the next. */
export class GrowingBlock {
  /** Number of the block that grows, or grew last. */
  block = -1;
  private kind: Kind | undefined;

  constructor(
    private readonly candidate: number,
    private readonly numbering: Numbering,
    private readonly emit: Emit<Part>,
    /** Told before a block begins: tool calls end then. */
    private readonly onStart: () => void,
  ) {}

  isOpen(kind: Kind): boolean {
    return this.kind === kind;
  }

  add(kind: Kind, text: string, summary?: number): void {
    if (this.kind !== kind) this.start(kind);
    if (summary === undefined) this.emit({ kind: 'text-delta', block: this.block, text });
    else this.emit({ kind: 'text-delta', block: this.block, text, summary });
  }

  start(kind: Kind, id?: string): void {
    this.close();
    this.onStart();
    const block = (this.block = this.numbering.block());
    this.kind = kind;
    const { candidate } = this;
    if (kind !== 'reasoning') this.emit({ kind: starts[kind], block, candidate });
    else
      this.emit(id ? { kind: 'reasoning-start', block, candidate, id } : { kind: 'reasoning-start', block, candidate });
  }

  sign(signature: Signature, redacted?: boolean): void {
    if (redacted) this.emit({ kind: 'signature', block: this.block, signature, redacted });
    else this.emit({ kind: 'signature', block: this.block, signature });
  }

  cite(citations: readonly Citation[]): void {
    for (const citation of citations) this.emit({ kind: 'citation', block: this.block, citation });
  }

  close(): void {
    if (this.kind === undefined) return;
    this.kind = undefined;
    this.emit({ kind: 'block-end', block: this.block });
  }
}
