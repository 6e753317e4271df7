import type { SseEvent } from '@app/core';
import type { Quirks } from '@app/providers';
import type { Part, Reducer } from '../../chat/parts';
import { arrayAt, isObject, type JsonObject, numberAt, parseJson, textAt } from '../../json';
import { DeltaReader, indexOf } from './delta-reader';
import { choiceFailure, failureOf } from './failure';
import { Numbering } from './numbering';
import { usageOf } from './usage';

const DONE = '[DONE]';

/**
 * Chunks of a chat completion → parts. https://platform.openai.com/docs/api-reference/chat-streaming — `[DONE]` ends the stream;
 * who forgets it must have told a finish reason or the final usage, else the stream was cut.
 */
export class ChatStreamDecoder implements Reducer<SseEvent, Part> {
  private out: Part[] = [];
  private started = false;
  private over = false;
  private counted = false;
  private last: JsonObject = {};
  private readonly numbering = new Numbering();
  private readonly choices = new Map<number, DeltaReader>();

  constructor(private readonly quirks: Quirks) {}

  push({ data, event }: SseEvent): readonly Part[] {
    this.out = [];
    if (this.over) return this.out;
    if (data === DONE) this.complete();
    else this.read(parseJson(data), event);
    return this.out;
  }

  end(): readonly Part[] {
    this.out = [];
    if (this.over) return this.out;
    if (this.counted) this.complete();
    else for (const choice of this.choices.values()) choice.close();
    this.over = true;
    return this.out;
  }

  /** An unstreamed answer: one chunk with whole messages. */
  whole(answer: JsonObject): readonly Part[] {
    this.out = [];
    this.chunk(answer);
    this.complete();
    return this.out;
  }

  private readonly emit = (part: Part): void => void this.out.push(part);

  private read(chunk: unknown, event: string | undefined): void {
    const error = failureOf(chunk, event);
    if (error !== undefined) {
      if (isObject(chunk)) this.count(chunk);
      this.fail(error);
    } else if (isObject(chunk)) this.chunk(chunk);
  }

  private chunk(chunk: JsonObject): void {
    this.last = chunk;
    const { choices } = chunk;
    if (Array.isArray(choices) && choices.length > 0) {
      if (!this.started) this.start(chunk);
      for (const choice of choices) if (isObject(choice) && !this.over) this.choice(choice, chunk);
    }
    if (!this.over) this.count(chunk);
  }

  /** Azure's first chunk, about the prompt, has neither id nor choices. */
  private start(chunk: JsonObject): void {
    this.started = true;
    const id = textAt(chunk, 'id') || undefined;
    const created = numberAt(chunk, 'created') || undefined;
    this.numbering.seed = id ?? String(created ?? '');
    const model = textAt(chunk, 'model') || undefined;
    const serviceTier = textAt(chunk, 'service_tier') || undefined;
    const fingerprint = textAt(chunk, 'system_fingerprint') || undefined;
    this.emit({ kind: 'start', id, model, created, serviceTier, fingerprint });
  }

  private choice(choice: JsonObject, chunk: JsonObject): void {
    const reader = this.readerOf(indexOf(choice));
    const delta = choice.delta ?? choice.message;
    if (isObject(delta)) reader.read(delta);
    if (choice.logprobs != null) this.logprobs(indexOf(choice), choice.logprobs);
    const failure = choiceFailure(choice);
    if (failure !== undefined) return this.fail(failure);
    const reason = textAt(choice, 'finish_reason');
    if (reason) reader.finish(reason, chunk);
  }

  private readerOf(index: number): DeltaReader {
    let reader = this.choices.get(index);
    if (!reader) this.choices.set(index, (reader = new DeltaReader(index, this.numbering, this.emit)));
    return reader;
  }

  private logprobs(candidate: number, value: unknown): void {
    const content = arrayAt(value, 'content');
    const refusal = arrayAt(value, 'refusal');
    if (content.length === 0 && refusal.length === 0) return;
    this.emit({ kind: 'logprobs', candidate, value: refusal.length > 0 ? { content, refusal } : { content } });
  }

  private count(chunk: JsonObject): void {
    const usage = usageOf(chunk, this.quirks);
    if (!usage) return;
    this.emit({ kind: 'usage', usage });
    this.counted ||= arrayAt(chunk, 'choices').length === 0;
  }

  private complete(): void {
    for (const choice of this.choices.values()) choice.finish(undefined, this.last);
    this.over = true;
  }

  private fail(error: unknown): void {
    this.over = true;
    this.emit({ kind: 'error', error });
  }
}
