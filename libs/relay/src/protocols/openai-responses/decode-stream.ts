import type { SseEvent } from '@app/core';
import type { Quirks } from '@app/providers';
import type { Part, Reducer } from '../../chat/parts';
import { arrayAt, isObject, type JsonObject, numberAt, objectAt, parseJson, textAt } from '../../json';
import { CallReader } from './call-reader';
import { decodeFinish } from './finish';
import { madeUpCallId } from './ids';
import {
  type Answer,
  type DeltaField,
  type ItemReader,
  MessageReader,
  ReasoningReader,
  WholeReader,
} from './item-readers';
import { usageOf } from './usage';

const DONE = '[DONE]';

/**
 * Events of a response → parts. https://platform.openai.com/docs/api-reference/responses-streaming. An event is known by its
 * `type` (the `event:` line may be missing), an item by its `output_index` (some servers change its id with every event).
 */
export class ResponseStreamDecoder implements Reducer<SseEvent, Part> {
  private out: Part[] = [];
  private started = false;
  private over = false;
  private blocks = 0;
  private calls = 0;
  private seed = '';
  private open: number | undefined;
  private latest = 0;
  private readonly items = new Map<number, ItemReader>();

  constructor(private readonly quirks: Quirks) {}

  push({ data, event }: SseEvent): readonly Part[] {
    this.out = [];
    if (this.over) return this.out;
    if (data === DONE) this.finish({});
    else this.read(parseJson(data), event);
    return this.out;
  }

  /** Without its last event the answer was cut. */
  end(): readonly Part[] {
    this.out = [];
    if (!this.over) this.closeAll();
    this.over = true;
    return this.out;
  }

  /** An unstreamed answer: the last event alone. */
  whole(response: JsonObject): readonly Part[] {
    this.out = [];
    this.start(response);
    this.finish(response);
    return this.out;
  }

  private read(event: unknown, name: string | undefined): void {
    if (!isObject(event)) return;
    const type = textAt(event, 'type') ?? name ?? '';
    const handle = Object.hasOwn(this.on, type) ? this.on[type] : undefined;
    if (handle) handle(event);
    else if (isObject(event.error)) this.fail(event.error);
  }

  private readonly onStart = (event: JsonObject): void => this.start(objectAt(event, 'response') ?? {});
  private readonly onEnd = (event: JsonObject): void => this.finish(objectAt(event, 'response') ?? {});
  private readonly onPart = (event: JsonObject): void => {
    const part = objectAt(event, 'part');
    if (part) this.reader(event, 'message').part(numberAt(event, 'content_index') ?? 0, part);
  };

  /** `…done` of a text repeats it; what it adds is taken from the part and the item that are done after it. */
  private readonly on: Readonly<Record<string, (event: JsonObject) => void>> = {
    'response.created': this.onStart,
    'response.in_progress': this.onStart,
    'response.queued': this.onStart,
    'response.output_item.added': (event) => this.announced(event),
    'response.output_item.done': (event) => {
      const item = objectAt(event, 'item');
      if (item) this.reader(event, '').done(item);
    },
    'response.content_part.done': this.onPart,
    'response.output_text.delta': (event) => {
      const reader = this.grow(event, 'message', 'text');
      if (event.logprobs != null) reader.logprobs(numberAt(event, 'content_index') ?? 0, arrayAt(event, 'logprobs'));
    },
    'response.refusal.delta': (event) => void this.grow(event, 'message', 'refusal'),
    'response.reasoning_text.delta': (event) => void this.grow(event, 'reasoning', 'reasoning'),
    'response.reasoning_summary_text.delta': (event) => void this.grow(event, 'reasoning', 'summary'),
    'response.function_call_arguments.delta': (event) => void this.grow(event, 'function_call', 'input'),
    'response.custom_tool_call_input.delta': (event) => void this.grow(event, 'custom_tool_call', 'input'),
    'response.output_text.annotation.added': (event) =>
      this.reader(event, 'message').annotate(numberAt(event, 'content_index') ?? 0, event.annotation),
    'response.completed': this.onEnd,
    'response.done': this.onEnd,
    'response.incomplete': this.onEnd,
    'response.cancelled': this.onEnd,
    'response.failed': (event) => {
      const response = objectAt(event, 'response') ?? {};
      this.count(response);
      this.fail(response.error ?? { message: 'The upstream failed.' });
    },
    error: (event) => this.fail(isObject(event.error) ? event.error : event),
  };

  private start(response: JsonObject): void {
    if (this.started) return;
    this.started = true;
    const id = textAt(response, 'id') || undefined;
    this.seed = id ?? '';
    this.emit({
      kind: 'start',
      id,
      model: textAt(response, 'model') || undefined,
      created: numberAt(response, 'created_at') || undefined,
      serviceTier: textAt(response, 'service_tier') || undefined,
    });
  }

  private grow(event: JsonObject, type: string, field: DeltaField): ItemReader {
    const reader = this.reader(event, type);
    const index = numberAt(event, field === 'summary' ? 'summary_index' : 'content_index') ?? 0;
    reader.delta(field, index, textAt(event, 'delta') ?? '');
    return reader;
  }

  /** An item without a number is the next one. One without a type is known by what follows. */
  private announced(event: JsonObject): void {
    if (!textAt(objectAt(event, 'item'), 'type')) return;
    const isNumbered = numberAt(event, 'output_index') !== undefined;
    if (!isNumbered) this.latest = this.items.size;
    this.reader(event, '');
  }

  /** `type`: of the item, where the event that announces it is missing. */
  private reader(event: JsonObject, type: string): ItemReader {
    const index = (this.latest = numberAt(event, 'output_index') ?? this.latest);
    return this.items.get(index) ?? this.create(index, objectAt(event, 'item') ?? { type });
  }

  private create(index: number, item: JsonObject): ItemReader {
    if (!this.started) this.start({});
    const reader = this.readerFor(item, textAt(item, 'type') ?? '');
    this.items.set(index, reader);
    return reader;
  }

  private readerFor(item: JsonObject, type: string): ItemReader {
    switch (type) {
      case 'message':
        return new MessageReader(this.answer, item);
      case 'reasoning':
        return new ReasoningReader(this.answer, item);
      case 'function_call':
      case 'custom_tool_call':
        return new CallReader(this.answer, item, type, !this.quirks.customTools);
      default:
        return new WholeReader(type, this.answer);
    }
  }

  private readonly emit = (part: Part): void => void this.out.push(part);

  private readonly answer: Answer = {
    emit: this.emit,
    block: () => this.blocks++,
    begin: (block) => {
      this.closeOpen();
      this.open = block;
    },
    isOpen: (block) => this.open === block,
    end: (block) => {
      if (this.open === block) this.closeOpen();
    },
    callId: () => madeUpCallId(this.seed, this.calls++),
  };

  private closeOpen(): void {
    if (this.open !== undefined) this.emit({ kind: 'block-end', block: this.open });
    this.open = undefined;
  }

  private count(response: JsonObject): void {
    const usage = usageOf(response, this.quirks);
    if (usage) this.emit({ kind: 'usage', usage });
  }

  /** The last event repeats the output, of which some servers have told nothing before. */
  private finish(response: JsonObject): void {
    const output = arrayAt(response, 'output');
    // Some count from 1: where as many items were told as there are, they are the same in the same order.
    const told = [...this.items.keys()].sort((a, b) => a - b);
    output.forEach((item, position) => {
      if (!isObject(item)) return;
      const index = told.length === output.length ? (told[position] ?? position) : position;
      const known = this.items.get(index);
      if (!known || known.type === item.type) (known ?? this.create(index, item)).done(item);
    });
    this.closeAll();
    this.over = true;
    const readers = [...this.items.values()];
    const calls = readers.some((reader) => reader instanceof CallReader);
    const refusal = readers.some((reader) => reader instanceof MessageReader && reader.refused);
    this.emit({ kind: 'finish', candidate: 0, finish: decodeFinish(response, { calls, refusal }) });
    this.count(response);
  }

  private closeAll(): void {
    for (const item of this.items.values()) item.close();
    this.closeOpen();
  }

  private fail(error: unknown): void {
    this.over = true;
    this.emit({ kind: 'error', error });
  }
}
