import { isObject, type JsonObject, textAt } from '../../json';
import type { CallReader } from './call-reader';
import type { GrowingBlock } from './growing-block';
import { isRedacted, issuerOf, signatureOf } from './reasoning-details';

/** `reasoning_details` of deltas or of a whole message → reasoning blocks. Text grows by entries of one `index`. */
export class ReasoningReader {
  private block = -1;
  private index: unknown;
  private summaries = -1;
  private signed = false;

  constructor(
    private readonly growing: GrowingBlock,
    private readonly calls: CallReader,
  ) {}

  /** False: the entries hold no text, so that it may be told elsewhere. */
  read(details: readonly unknown[]): boolean {
    let told = false;
    for (const entry of details) {
      if (isObject(entry)) told = this.entry(entry) || told;
    }
    return told;
  }

  private entry(entry: JsonObject): boolean {
    if (entry.type === 'reasoning.encrypted') {
      this.encrypted(entry);
      return false;
    }
    return entry.type === 'reasoning.summary' ? this.summary(entry) : this.text(entry);
  }

  private text(entry: JsonObject): boolean {
    const text = textAt(entry, 'text') ?? '';
    const signature = signatureOf(entry);
    if (text === '' && !signature) return false;
    if (!this.continues(entry) || (this.signed && text !== '')) this.begin(entry);
    if (text) this.growing.add('reasoning', text);
    if (signature) this.growing.sign(signature);
    this.signed ||= signature !== undefined;
    return text !== '';
  }

  /** Also a block that began with plain `reasoning`. */
  private continues(entry: JsonObject): boolean {
    const { growing } = this;
    if (!growing.isOpen('reasoning')) return false;
    if (growing.block === this.block) return this.summaries < 0 && this.index === entry.index;
    this.adopt(entry);
    return true;
  }

  private summary(entry: JsonObject): boolean {
    const text = textAt(entry, 'summary') ?? '';
    if (text === '') return false;
    if (!this.growing.isOpen('reasoning') || this.summaries < 0 || this.growing.block !== this.block) this.begin(entry);
    if (this.summaries < 0 || this.index !== entry.index) this.summaries += 1;
    this.index = entry.index;
    this.growing.add('reasoning', text, this.summaries);
    return true;
  }

  /** Whole in one entry. Gemini's stand for a tool call when they bear its id. */
  private encrypted(entry: JsonObject): void {
    const signature = signatureOf(entry);
    if (!signature) return;
    const id = textAt(entry, 'id');
    if (id && issuerOf(entry) === 'gemini') return this.calls.sign(id, signature);
    this.growing.start('reasoning', id);
    this.growing.sign(signature, isRedacted(entry));
    this.growing.close();
  }

  private begin(entry: JsonObject): void {
    this.growing.start('reasoning', textAt(entry, 'id'));
    this.adopt(entry);
  }

  private adopt(entry: JsonObject): void {
    this.block = this.growing.block;
    this.index = entry.index;
    this.summaries = -1;
    this.signed = false;
  }
}
