import type { SseEvent } from '@app/core';
import type { Quirks } from '@app/providers';
import type { Part, Reducer } from '../../chat/parts';
import { isObject, type JsonObject, numberAt, objectAt, parseJson, textAt } from '../../json';
import { isClientTool } from './decode-reply';
import { decodeFinish } from './stop-reason';
import { type BlockReader, ReasoningReader, ServerToolReader, TextReader, ToolUseReader } from './stream-blocks';
import { usageOf } from './usage';

/**
 * Events of ConverseStream (each named by its frame) → parts. Text and thoughts are not announced: their first delta opens them.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
 */
export class ConverseStreamDecoder implements Reducer<SseEvent, Part> {
  private out: Part[] = [];
  private blocks = 0;
  private over = false;
  private calledTools = false;
  private readonly open = new Map<number, BlockReader>();

  constructor(private readonly quirks: Quirks) {}

  push({ event = '', data }: SseEvent): readonly Part[] {
    const value = this.over ? undefined : parseJson(data);
    if (!isObject(value)) return [];
    this.out = [];
    if (Object.hasOwn(this.on, event)) this.on[event as keyof typeof this.on](value);
    return this.out;
  }

  end(): readonly Part[] {
    this.out = [];
    if (!this.over) this.closeBlocks();
    return this.out;
  }

  private readonly on = {
    messageStart: () => this.emit({ kind: 'start' }),
    contentBlockStart: (event: JsonObject) => this.start(indexOf(event), objectAt(event, 'start') ?? {}),
    contentBlockDelta: (event: JsonObject) => this.grow(indexOf(event), objectAt(event, 'delta') ?? {}),
    contentBlockStop: (event: JsonObject) => this.close(indexOf(event)),
    messageStop: (event: JsonObject) => this.finish(textAt(event, 'stopReason')),
    metadata: (event: JsonObject) => this.count(event),
    error: (event: JsonObject) => this.fail(event),
  };

  private readonly emit = (part: Part): void => void this.out.push(part);
  private readonly number = (): number => this.blocks++;

  private start(index: number, { toolUse, toolResult }: JsonObject): void {
    this.closeBlocks();
    if (isObject(toolResult))
      this.open.set(index, new ServerToolReader(this.emit, this.number, 'toolResult', toolResult));
    if (!isObject(toolUse)) return;
    if (!isClientTool(toolUse))
      return void this.open.set(index, new ServerToolReader(this.emit, this.number, 'toolUse', toolUse));
    this.calledTools = true;
    this.open.set(index, new ToolUseReader(this.emit, this.number, toolUse, index));
  }

  private grow(index: number, delta: JsonObject): void {
    const member = 'citation' in delta ? 'text' : (Object.keys(delta)[0] ?? '');
    const open = this.open.get(index);
    if (open?.member === member) return open.delta(delta);
    const reader = this.readerFor(member);
    if (!reader) return;
    this.closeBlocks();
    this.open.set(index, reader());
    this.open.get(index)?.delta(delta);
  }

  private readerFor(member: string): (() => BlockReader) | undefined {
    if (member === 'text') return () => new TextReader(this.emit, this.number);
    return member === 'reasoningContent' ? () => new ReasoningReader(this.emit, this.number) : undefined;
  }

  private close(index: number): void {
    this.open.get(index)?.stop();
    this.open.delete(index);
  }

  private closeBlocks(): void {
    for (const index of [...this.open.keys()]) this.close(index);
  }

  private finish(reason: string | undefined): void {
    this.closeBlocks();
    this.emit({ kind: 'finish', candidate: 0, finish: decodeFinish(reason, this.calledTools) });
  }

  private count(event: JsonObject): void {
    const read = usageOf(event, this.quirks);
    if (read) this.emit({ kind: 'usage', usage: read });
  }

  private fail(event: JsonObject): void {
    this.over = true;
    this.emit({ kind: 'error', error: event.error ?? event });
  }
}

const indexOf = (event: JsonObject): number => numberAt(event, 'contentBlockIndex') ?? 0;
