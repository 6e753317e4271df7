import type { AudioBlock, ImageBlock, OpaqueBlock } from '../../chat/blocks';
import type { ReplyContext } from '../../chat/face';
import type { Part, PartOf } from '../../chat/parts';
import type { Finish } from '../../chat/reply';
import type { Usage } from '../../chat/usage';
import { arrayAt, isObject, type JsonObject, textAt } from '../../json';
import { carry } from './carriers';
import { isItem } from './encode-content';
import { encodeFinish } from './finish';
import { type BlockWriter, CallWriter, carrySignature, MessageWriter, RefusalWriter, TextWriter } from './item-writers';
import { type EventSink, Output } from './output';
import { ReasoningWriter } from './reasoning-writer';
import { begun, responseHead, type State } from './response-object';
import { writeUsage } from './usage';

/** Parts → a response and the events that tell of it. The last event repeats the answer, so it is kept. */
export class AnswerWriter {
  finish: Finish | undefined;
  private usage: Usage | undefined;
  private start: PartOf<'start'> = { kind: 'start' };
  private head: JsonObject | undefined;
  private refused = false;
  private readonly output: Output;
  private readonly blocks = new Map<number, BlockWriter>();
  private message: MessageWriter | undefined;
  private lastText: TextWriter | undefined;

  constructor(
    private readonly context: ReplyContext,
    events: EventSink,
  ) {
    this.output = new Output(context.requestId, events);
  }

  push(part: Part): void {
    // The protocol has one answer; of several the first is written.
    if ('candidate' in part && part.candidate !== 0) return;
    if (part.kind !== 'start' && part.kind !== 'usage') this.begin();
    // Each handler takes the part of its own kind; the table's type says so, the lookup cannot.
    (this.on[part.kind] as (part: Part) => void)(part);
  }

  /** The response as it ends. */
  response(): JsonObject {
    this.closeAll(this.finish);
    const ending = encodeFinish(this.finish ?? { reason: 'other' }, { refusal: this.refused });
    return this.responseIn({ ...ending, output: this.output.items, usage: this.told(), error: null });
  }

  failed(error: State['error']): JsonObject {
    this.begin();
    this.output.abandon();
    const output = this.output.items;
    return this.responseIn({ status: 'failed', output, usage: this.told(), error, incomplete_details: null });
  }

  private readonly on: { readonly [K in Part['kind']]: (part: PartOf<K>) => void } = {
    start: (part) => void (this.start = part),
    'text-start': (part) => this.text(part),
    'refusal-start': (part) => this.refusal(part),
    'reasoning-start': (part) => this.reasoning(part),
    'tool-call-start': (part) => this.call(part),
    block: ({ value }) => this.whole(value),
    'text-delta': ({ block, text, summary }) => void (text !== '' && this.blocks.get(block)?.grow(text, summary)),
    'input-delta': ({ block, text }) => void (text !== '' && this.blocks.get(block)?.grow(text)),
    citation: ({ block, citation }) => this.blocks.get(block)?.cite(citation),
    signature: (part) => this.blocks.get(part.block)?.sign(part),
    'block-end': ({ block }) => this.end(block),
    logprobs: ({ value }) => void this.lastText?.part.logprobs.push(...arrayAt(value, 'content')),
    finish: (part) => this.complete(part.finish),
    usage: (part) => void (this.usage = part.usage),
    error: () => undefined,
  };

  private begin(): void {
    if (this.head) return;
    this.head = responseHead(this.start, this.context);
    const response = this.responseIn(begun);
    this.output.emit('response.created', { response });
    this.output.emit('response.in_progress', { response });
  }

  private responseIn(state: State): JsonObject {
    this.head ??= responseHead(this.start, this.context);
    return { ...this.head, ...state, completed_at: null };
  }

  private text({ block, phase }: PartOf<'text-start' | 'refusal-start'>): void {
    this.lastText = new TextWriter(this.output, this.messageFor(phase));
    this.blocks.set(block, this.lastText);
  }

  private refusal({ block, phase }: PartOf<'text-start' | 'refusal-start'>): void {
    this.refused = true;
    this.blocks.set(block, new RefusalWriter(this.output, this.messageFor(phase)));
  }

  private messageFor(phase: string | undefined): MessageWriter {
    if (this.message?.takes(phase)) return this.message;
    this.closeMessage();
    return (this.message = new MessageWriter(this.output, phase));
  }

  private readonly closeMessage = (): void => {
    this.message?.close();
    this.message = undefined;
  };

  private reasoning({ block, id }: PartOf<'reasoning-start'>): void {
    const asSummary = typeof this.context.request.reasoning?.summary === 'string';
    this.blocks.set(block, new ReasoningWriter(this.output, id, asSummary, this.closeMessage));
  }

  private call(part: PartOf<'tool-call-start'>): void {
    this.closeMessage();
    this.blocks.set(part.block, new CallWriter(this.output, part, part.namespace ?? this.namespaceOf(part.name)));
  }

  /** Upstreams that know no namespaces name the tool alone. */
  private namespaceOf(name: string): string | undefined {
    const tool = this.context.request.tools.find((known) => known.kind !== 'hosted' && known.name === name);
    return tool?.kind === 'hosted' ? undefined : tool?.namespace;
  }

  private end(block: number): void {
    this.blocks.get(block)?.end();
    this.blocks.delete(block);
  }

  private whole(value: ImageBlock | AudioBlock | OpaqueBlock): void {
    if (value.kind === 'audio') return this.say(value.transcript);
    if (value.kind === 'image' && value.source.kind !== 'data') {
      return this.say(value.source.kind === 'url' ? `![](${value.source.url})` : undefined);
    }
    this.closeMessage();
    if (value.kind === 'image') this.picture(value);
    else this.opaque(value);
  }

  /** What has no item of its own, in words. */
  private say(text: string | undefined): void {
    if (!text) return;
    const writer = new TextWriter(this.output, this.messageFor(undefined));
    writer.grow(text);
    writer.end();
  }

  private picture({ source, signature, extra }: ImageBlock): void {
    const fields = extra?.issuer === 'openai' && isObject(extra.fields.item) ? extra.fields.item : {};
    const result = source.kind === 'data' ? source.data : '';
    const { id, ...rest } = fields;
    this.output.addWhole(
      'image_generation_call',
      { status: 'completed', ...rest, result },
      typeof id === 'string' ? id : undefined,
    );
    if (signature) carrySignature(this.output, carry({ kind: 'image' }, signature));
  }

  /** An item of OpenAI's goes as it is; what only another protocol knows is carried, so that it comes back. */
  private opaque({ issuer, type, value }: OpaqueBlock): void {
    if (issuer !== 'openai' || !isObject(value) || !isItem(type)) {
      return carrySignature(this.output, carry({ kind: 'opaque', type }, { issuer, value: JSON.stringify(value) }));
    }
    const { id: _id, type: _type, ...fields } = value;
    this.output.addWhole(type, fields, textAt(value, 'id'));
  }

  private complete(finish: Finish): void {
    if (this.finish) return;
    this.finish = finish;
    this.closeAll(finish);
  }

  private closeAll(finish: Finish = { reason: 'other' }): void {
    for (const block of [...this.blocks.keys()]) this.end(block);
    this.closeMessage();
    this.output.close(encodeFinish(finish, { refusal: this.refused }).status === 'incomplete');
  }

  private told(): JsonObject | null {
    return this.usage ? writeUsage(this.usage) : null;
  }
}
