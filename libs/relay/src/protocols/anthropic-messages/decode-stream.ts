import type { SseEvent } from '@app/core';
import type { Quirks } from '@app/providers';
import type { Part, Reducer } from '../../chat/parts';
import type { Usage } from '../../chat/usage';
import { isObject, type JsonObject, numberAt, objectAt, parseJson, textAt } from '../../json';
import { isAnswerType } from './decode-reply';
import { decodeFinish } from './stop-reason';
import { type BlockReader, OpaqueReader, TextReader, ThinkingReader, ToolUseReader } from './stream-blocks';
import { readUsage } from './usage';

/** Deltas of a block that was never opened open one of this type. */
const typeOfDelta: ReadonlyMap<string | undefined, string> = new Map(
  Object.entries({
    text_delta: 'text',
    citations_delta: 'text',
    thinking_delta: 'thinking',
    signature_delta: 'thinking',
    input_json_delta: 'tool_use',
  }),
);

/**
 * Server-sent events of a message → parts. https://platform.claude.com/docs/en/build-with-claude/streaming — survives what
 * proxies and imitators do: `message_start` twice, blocks left open, no `event:` lines, text already in `content_block_start`.
 */
export class MessageStreamDecoder implements Reducer<SseEvent, Part> {
  private out: Part[] = [];
  private blocks = 0;
  private started = false;
  private over = false;
  private calledTools = false;
  private finished = false;
  private usage: Usage | undefined;
  private readonly open = new Map<number, BlockReader>();

  constructor(private readonly quirks: Quirks) {}

  push({ data, event }: SseEvent): readonly Part[] {
    if (this.over) return [];
    const value = parseJson(data);
    if (!isObject(value)) return [];
    this.out = [];
    // Nearly every event is this one: read directly, it costs a third of the general way.
    if (value.type === 'content_block_delta') this.grow(value.index, value.delta);
    else this.dispatch(value, event);
    return this.out;
  }

  private dispatch(value: JsonObject, event: string | undefined): void {
    const type = textAt(value, 'type') ?? event ?? '';
    const handle = Object.hasOwn(this.on, type) ? this.on[type as keyof typeof this.on] : undefined;
    if (handle) handle(value);
    else if (isObject(value.error)) this.on.error(value);
  }

  end(): readonly Part[] {
    this.out = [];
    if (!this.over) this.closeBlocks();
    return this.out;
  }

  private readonly on = {
    message_start: (event: JsonObject) => this.start(objectAt(event, 'message') ?? {}),
    content_block_start: (event: JsonObject) =>
      this.openBlock(numberAt(event, 'index') ?? 0, objectAt(event, 'content_block') ?? {}),
    content_block_delta: (event: JsonObject) => this.grow(event.index, event.delta),
    content_block_stop: (event: JsonObject) => this.closeBlock(numberAt(event, 'index') ?? 0),
    message_delta: (event: JsonObject) => this.change(event),
    message_stop: () => this.finish(undefined),
    error: (event: JsonObject) => this.fail(event),
  };

  private readonly emit = (part: Part): void => void this.out.push(part);
  private readonly number = (): number => this.blocks++;

  private start(message: JsonObject): void {
    if (!this.started) {
      this.started = true;
      const serviceTier = textAt(objectAt(message, 'usage'), 'service_tier');
      this.emit({
        kind: 'start',
        id: textAt(message, 'id'),
        model: textAt(message, 'model'),
        ...(serviceTier ? { serviceTier } : {}),
      });
    }
    this.count(message.usage);
  }

  private openBlock(index: number, block: JsonObject): void {
    this.closeBlocks();
    const type = textAt(block, 'type') ?? '';
    this.calledTools ||= type === 'tool_use';
    this.open.set(index, this.readerOf(type, block, index));
  }

  private readerOf(type: string, block: JsonObject, index: number): BlockReader {
    if (!isAnswerType(type)) return new OpaqueReader(this.emit, this.number, type, block);
    if (type === 'text') return new TextReader(this.emit, this.number, block);
    if (type === 'tool_use') return new ToolUseReader(this.emit, this.number, block, index);
    return new ThinkingReader(this.emit, this.number, block);
  }

  private grow(number: unknown, delta: unknown): void {
    if (!isObject(delta)) return;
    const index = typeof number === 'number' ? number : 0;
    const open = this.open.get(index) ?? this.openUnannounced(index, delta);
    open?.delta(delta);
  }

  private openUnannounced(index: number, delta: JsonObject): BlockReader | undefined {
    const type = typeOfDelta.get(textAt(delta, 'type'));
    if (type === undefined) return undefined;
    this.openBlock(index, { type });
    return this.open.get(index);
  }

  private closeBlock(index: number): void {
    this.open.get(index)?.stop();
    this.open.delete(index);
  }

  private closeBlocks(): void {
    for (const index of [...this.open.keys()]) this.closeBlock(index);
  }

  private change(event: JsonObject): void {
    this.count(event.usage);
    const delta = objectAt(event, 'delta');
    if (textAt(delta, 'stop_reason')) this.finish(delta);
  }

  private count(usage: unknown): void {
    const read = readUsage(usage, this.quirks, this.usage);
    if (read) this.emit({ kind: 'usage', usage: (this.usage = read) });
  }

  private finish(delta: JsonObject | undefined): void {
    if (this.finished) return;
    this.finished = true;
    this.closeBlocks();
    this.emit({ kind: 'finish', candidate: 0, finish: decodeFinish(delta, this.calledTools) });
  }

  private fail(event: JsonObject): void {
    this.over = true;
    this.emit({ kind: 'error', error: event.error ?? event });
  }
}
