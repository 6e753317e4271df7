import type { Citation } from './blocks';
import type { Part, PartOf } from './parts';
import type { Finish } from './reply';
import type { Usage } from './usage';

type Kind = 'text' | 'reasoning';

/** Writes the parts of an answer that is thoughts and text, one block after the other. Says nothing more after an error. */
export class TextParts {
  private out: Part[] = [];
  private open: { readonly kind: Kind; readonly block: number } | null = null;
  private blocks = 0;
  private started = false;
  private over = false;

  start(head: Omit<PartOf<'start'>, 'kind'>): void {
    if (this.started || this.over) return;
    this.started = true;
    this.out.push({ kind: 'start', ...head });
  }

  text(text: string): void {
    this.grow('text', text);
  }

  reasoning(text: string): void {
    this.grow('reasoning', text);
  }

  /** What the text before it rests on. */
  citation(citation: Citation): void {
    if (this.open?.kind === 'text') this.out.push({ kind: 'citation', block: this.open.block, citation });
  }

  /** What follows belongs to another block. */
  close(): void {
    if (this.open) this.out.push({ kind: 'block-end', block: this.open.block });
    this.open = null;
  }

  usage(usage: Usage | undefined): void {
    if (usage && !this.over) this.out.push({ kind: 'usage', usage });
  }

  finish(finish: Finish): void {
    if (this.over) return;
    this.close();
    this.over = true;
    this.out.push({ kind: 'finish', candidate: 0, finish });
  }

  error(error: unknown): void {
    if (this.over) return;
    this.over = true;
    this.out.push({ kind: 'error', error });
  }

  /** The parts since the last time. */
  take(): readonly Part[] {
    const { out } = this;
    this.out = [];
    return out;
  }

  private grow(kind: Kind, text: string): void {
    if (this.over || text === '') return;
    this.start({});
    if (this.open?.kind !== kind) {
      this.close();
      this.open = { kind, block: this.blocks++ };
      this.out.push({ kind: `${kind}-start`, block: this.open.block, candidate: 0 });
    }
    this.out.push({ kind: 'text-delta', block: this.open.block, text });
  }
}
