import type { SseEvent } from '@app/core';
import type { Part, Reducer } from '../../chat/parts';
import { arrayAt, isObject, type JsonObject, numberAt, objectAt, parseJson, textAt } from '../../json';
import { CallReader } from './call-reader';
import { decodeCitation, isOfText } from './citations';
import { decodeFinish } from './finish';
import { decodeLogprobs } from './logprobs';
import { TextPlaces } from './text-places';
import { readUsage } from './usage';

interface OpenText {
  readonly kind: 'text' | 'reasoning';
  readonly block: number;
  /** The content item's number at Cohere's; undefined: a tool plan. */
  readonly index: number | undefined;
  readonly places: TextPlaces;
}

/** Events of a streamed answer → parts. https://docs.cohere.com/docs/streaming */
export class CohereStreamDecoder implements Reducer<SseEvent, Part> {
  private out: Part[] = [];
  private blocks = 0;
  private over = false;
  private calledTools = false;
  /** Open until something else begins: citations may follow the end of what they cite. */
  private text: OpenText | null = null;
  private readonly calls = new Map<number, CallReader>();

  push({ event, data }: SseEvent): readonly Part[] {
    const value = this.over ? undefined : parseJson(data);
    if (!isObject(value)) return [];
    this.out = [];
    const type = textAt(value, 'type') ?? event ?? '';
    if (Object.hasOwn(this.on, type)) this.on[type as keyof typeof this.on](value);
    // An error in the middle is what it would have been before: `{message}`.
    else if (value.type === undefined && typeof value.message === 'string') this.fail(value);
    return this.out;
  }

  end(): readonly Part[] {
    this.out = [];
    if (!this.over) this.closeAll();
    return this.out;
  }

  private readonly on = {
    'message-start': (event: JsonObject) => this.start(textAt(event, 'id')),
    'content-start': (event: JsonObject) => this.grow(indexOf(event), contentOf(event)),
    'content-delta': (event: JsonObject) => {
      this.grow(indexOf(event), contentOf(event));
      this.weigh(event.logprobs ?? objectAt(event, 'delta')?.logprobs);
    },
    'tool-plan-delta': (event: JsonObject) => this.write('text', undefined, textAt(messageOf(event), 'tool_plan')),
    'tool-call-start': (event: JsonObject) => this.call(indexOf(event), messageOf(event)?.tool_calls),
    'tool-call-delta': (event: JsonObject) => this.calls.get(indexOf(event))?.grow(messageOf(event)?.tool_calls),
    'tool-call-end': (event: JsonObject) => this.endCall(indexOf(event)),
    'citation-start': (event: JsonObject) => this.cite(messageOf(event)?.citations),
    'message-end': (event: JsonObject) => this.finish(objectAt(event, 'delta') ?? {}),
  };

  private readonly emit = (part: Part): void => void this.out.push(part);
  private readonly number = (): number => this.blocks++;

  private start(id: string | undefined): void {
    this.emit({ kind: 'start', ...(id ? { id } : {}) });
  }

  private grow(index: number, content: JsonObject | undefined): void {
    this.write('reasoning', index, textAt(content, 'thinking'));
    this.write('text', index, textAt(content, 'text'));
  }

  private write(kind: OpenText['kind'], index: number | undefined, text: string | undefined): void {
    if (!text) return;
    const open = this.text?.kind === kind && this.text.index === index ? this.text : this.open(kind, index);
    open.places.push(text);
    this.emit({ kind: 'text-delta', block: open.block, text });
  }

  private open(kind: OpenText['kind'], index: number | undefined): OpenText {
    this.closeAll();
    const open = (this.text = { kind, block: this.number(), index, places: new TextPlaces() });
    this.emit({ kind: `${kind}-start`, block: open.block, candidate: 0 });
    return open;
  }

  private cite(citation: unknown): void {
    const { text } = this;
    if (text?.kind !== 'text' || !isObject(citation) || !isOfText(citation)) return;
    if ((numberAt(citation, 'content_index') ?? text.index) !== text.index) return;
    for (const found of decodeCitation(citation, text.places))
      this.emit({ kind: 'citation', block: text.block, citation: found });
  }

  private weigh(logprobs: unknown): void {
    const value = decodeLogprobs(Array.isArray(logprobs) ? logprobs : [logprobs]);
    if (value !== undefined) this.emit({ kind: 'logprobs', candidate: 0, value });
  }

  private call(index: number, call: unknown): void {
    if (!isObject(call)) return;
    this.closeText();
    this.endCall(index);
    this.calledTools = true;
    this.calls.set(index, new CallReader(this.emit, this.number, call, index));
  }

  private endCall(index: number): void {
    this.calls.get(index)?.stop();
    this.calls.delete(index);
  }

  private closeText(): void {
    if (this.text) this.emit({ kind: 'block-end', block: this.text.block });
    this.text = null;
  }

  private closeAll(): void {
    this.closeText();
    for (const index of [...this.calls.keys()]) this.endCall(index);
  }

  private finish(delta: JsonObject): void {
    const error = textAt(delta, 'error');
    const usage = readUsage(delta.usage);
    if (usage) this.emit({ kind: 'usage', usage });
    const reason = textAt(delta, 'finish_reason');
    if (error || reason === 'ERROR') return this.fail({ message: error ?? 'The generation failed.' });
    this.closeAll();
    this.over = true;
    this.emit({ kind: 'finish', candidate: 0, finish: decodeFinish(reason, this.calledTools) });
  }

  private fail(error: JsonObject): void {
    this.over = true;
    this.emit({ kind: 'error', error });
  }
}

const indexOf = (event: JsonObject): number => numberAt(event, 'index') ?? 0;
const messageOf = (event: JsonObject): JsonObject | undefined => objectAt(objectAt(event, 'delta'), 'message');

/** An object; a list of one has been seen in `message-start` only. */
function contentOf(event: JsonObject): JsonObject | undefined {
  const message = messageOf(event);
  const [first] = arrayAt(message, 'content');
  return objectAt(message, 'content') ?? (isObject(first) ? first : undefined);
}
