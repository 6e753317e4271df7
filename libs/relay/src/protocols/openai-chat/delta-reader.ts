import type { ImageBlock } from '../../chat/blocks';
import type { Part } from '../../chat/parts';
import type { Finish } from '../../chat/reply';
import { isObject, type JsonObject, numberAt, objectAt, textAt } from '../../json';
import { AudioReader } from './audio-reader';
import { CallReader, thoughtSignature } from './call-reader';
import { decodeAnnotations, decodeSources } from './citations';
import { decodeFinish } from './finish';
import { GrowingBlock } from './growing-block';
import { sourceOf } from './media';
import type { Emit, Numbering } from './numbering';
import { ReasoningReader } from './reasoning-reader';

/** Reads the deltas of one choice, or its whole message, which is the same in one piece. */
export class DeltaReader {
  finished = false;
  private refused = false;
  private readonly growing: GrowingBlock;
  private readonly calls: CallReader;
  private readonly reasoning: ReasoningReader;
  private readonly audio = new AudioReader();

  constructor(
    private readonly candidate: number,
    private readonly numbering: Numbering,
    private readonly emit: Emit<Part>,
  ) {
    this.growing = new GrowingBlock(candidate, numbering, emit, () => this.calls.close());
    this.calls = new CallReader(candidate, numbering, emit, () => this.growing.close());
    this.reasoning = new ReasoningReader(this.growing, this.calls);
  }

  /** Thoughts come before what they lead to, and text before calls, in whatever order a delta spells them. */
  read(delta: JsonObject): void {
    this.readReasoning(delta);
    const { content, refusal } = delta;
    if (typeof content === 'string') this.text(content, delta);
    else if (Array.isArray(content)) for (const part of content) this.part(part);
    if (typeof refusal === 'string' && refusal !== '') {
      this.refused = true;
      this.growing.add('refusal', refusal);
    }
    for (const name of rare) {
      if (delta[name] != null) this.on[name](delta[name], delta);
    }
  }

  finish(raw: string | undefined, answer: JsonObject): void {
    // Some servers go on after the reason: what they say then still ends.
    if (this.finished) return this.close();
    this.finished = true;
    if (this.growing.isOpen('text')) this.growing.cite(decodeSources(answer));
    this.close();
    this.emit({ kind: 'finish', candidate: this.candidate, finish: this.reasonFor(raw) });
  }

  close(): void {
    this.growing.close();
    this.calls.close();
    for (const signature of this.calls.unclaimed()) {
      this.growing.start('reasoning');
      this.growing.sign(signature);
      this.growing.close();
    }
    const value = this.audio.take();
    if (value) this.block(value);
  }

  private reasonFor(raw: string | undefined): Finish {
    return decodeFinish(raw, { calls: this.calls.seen, refusal: this.refused });
  }

  /** Details repeat the text that stands in `reasoning`, and say more; without text they only sign it. */
  private readReasoning(delta: JsonObject): void {
    const { reasoning_details: details } = delta;
    if (Array.isArray(details) && details.length > 0 && this.reasoning.read(details)) return;
    const text = delta.reasoning_content || delta.reasoning;
    if (typeof text === 'string' && text !== '') this.growing.add('reasoning', text);
  }

  private text(text: string, delta: JsonObject): void {
    if (text === '') return;
    const isThought = delta.extra_content != null && googleOf(delta)?.thought === true;
    this.growing.add(isThought ? 'reasoning' : 'text', text);
  }

  /** Content as a list of parts: Mistral's `thinking`, and whatever a server makes of several. */
  private part(part: unknown): void {
    if (typeof part === 'string') return this.text(part, {});
    if (!isObject(part)) return;
    const type = textAt(part, 'type') ?? '';
    if (type === 'text') this.text(textAt(part, 'text') ?? '', {});
    else if (type === 'refusal') this.read({ refusal: part.refusal });
    else if (type === 'thinking') this.thinking(part.thinking);
    else if (type === 'image_url') this.image(part);
    else if (type) this.block({ kind: 'opaque', issuer: 'openai', type, value: part });
  }

  private thinking(thinking: unknown): void {
    const pieces = Array.isArray(thinking) ? thinking : [thinking];
    for (const piece of pieces) {
      const text = typeof piece === 'string' ? piece : textAt(piece, 'text');
      if (text) this.growing.add('reasoning', text);
    }
  }

  private readonly on: Readonly<Record<(typeof rare)[number], (value: unknown, delta: JsonObject) => void>> = {
    tool_calls: (calls) => listOf(calls).forEach((call) => this.calls.read(call)),
    function_call: (call) => isObject(call) && this.calls.readLegacy(call),
    audio: (audio) => isObject(audio) && this.audio.read(audio),
    images: (images) => listOf(images).forEach((image) => this.image(image)),
    annotations: (annotations) => this.cite(listOf(annotations)),
    extra_content: (_, delta) => this.sign(delta),
  };

  private cite(annotations: readonly unknown[]): void {
    const citations = decodeAnnotations(annotations);
    if (citations.length === 0) return;
    if (!this.growing.isOpen('text')) this.growing.start('text');
    this.growing.cite(citations);
  }

  /** Gemini signs a whole message where it means its thoughts or its first call, else the text. */
  private sign(delta: JsonObject): void {
    const signature = thoughtSignature(delta);
    if (!signature) return;
    if (googleOf(delta)?.thought === true || !this.growing.isOpen('text')) {
      if (this.calls.signFirst(signature)) return;
      if (!this.growing.isOpen('reasoning')) this.growing.start('reasoning');
    }
    this.growing.sign(signature);
  }

  private image(value: unknown): void {
    const image = objectAt(value, 'image_url');
    const url = textAt(image, 'url') ?? textAt(value, 'image_url');
    const signature = thoughtSignature(value);
    if (url) this.block({ kind: 'image', source: sourceOf(url), ...(signature ? { signature } : {}) });
  }

  private block(value: ImageBlock | Extract<Part, { kind: 'block' }>['value']): void {
    this.growing.close();
    this.calls.close();
    this.emit({ kind: 'block', block: this.numbering.block(), candidate: this.candidate, value });
  }
}

const rare = ['tool_calls', 'function_call', 'audio', 'images', 'annotations', 'extra_content'] as const;

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const googleOf = (delta: JsonObject): JsonObject | undefined => objectAt(objectAt(delta, 'extra_content'), 'google');

/** Index of a choice; some servers leave it out. */
export const indexOf = (choice: unknown): number => numberAt(choice, 'index') ?? 0;
