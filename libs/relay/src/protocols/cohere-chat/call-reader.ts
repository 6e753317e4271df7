import { FreeTextReader } from '../../chat/free-text';
import type { Part } from '../../chat/parts';
import { type JsonObject, objectAt, textAt } from '../../json';
import { madeUpId } from './decode-reply';

/** A tool call while it streams in. It is announced once its first characters tell whether it stands for a free-text tool. */
export class CallReader {
  private block: number | undefined;
  private passed = false;
  private readonly reader = new FreeTextReader();

  constructor(
    private readonly emit: (part: Part) => void,
    private readonly number: () => number,
    private readonly call: JsonObject,
    private readonly index: number,
  ) {
    this.grow(call);
  }

  grow(call: unknown): void {
    const json = textAt(objectAt(call, 'function'), 'arguments');
    if (json) this.pass(this.reader.push(json));
  }

  stop(): void {
    this.pass(this.reader.end());
    const block = this.announce();
    // A tool without arguments is called with an empty text, or none.
    if (!this.passed && this.reader.type === 'function') this.emit({ kind: 'input-delta', block, text: '{}' });
    this.emit({ kind: 'block-end', block });
  }

  private pass(text: string): void {
    if (this.reader.type === undefined || !text) return;
    this.passed = true;
    this.emit({ kind: 'input-delta', block: this.announce(), text });
  }

  private announce(): number {
    if (this.block !== undefined) return this.block;
    const block = (this.block = this.number());
    const id = textAt(this.call, 'id') || madeUpId(this.index);
    const name = textAt(objectAt(this.call, 'function'), 'name') ?? '';
    this.emit({ kind: 'tool-call-start', block, candidate: 0, id, name, type: this.reader.type ?? 'function' });
    return block;
  }
}
