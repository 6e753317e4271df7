import { type SseEvent, sseFrame, SseParser } from '@app/core';
import { isObject, type JsonObject, objectAt, parseJson, textAt } from '../json';
import type { Bytes } from '../lanes/lane';
import type { Ending, Reply } from '../relay.types';
import { answerIn } from './answer';
import { EventFeed } from './event-feed';

/** Told by the answer itself: these begin it here. */
const opening: ReadonlySet<string> = new Set(['response.created', 'response.queued', 'response.in_progress']);
const closing: ReadonlySet<string> = new Set([
  'response.completed',
  'response.incomplete',
  'response.failed',
  'response.cancelled',
]);

/** What is kept of one answer's events while it is made, and after. */
const MAX_FEED_LENGTH = 4 * 1024 * 1024;

/**
 * Where a background answer goes instead of to a caller: its events, under the answer's own id and in one numbering from queued to
 * the end, and the response object they end with. https://platform.openai.com/docs/guides/background
 */
export class BackgroundAnswer implements Reply {
  readonly feed: EventFeed;
  isGone = false;
  /** The response at its end; null while there is none. */
  final: JsonObject | null = null;
  /** The upstream's own last word, before it got this answer's id. */
  upstream: JsonObject = {};
  private hasBegun = false;
  private listeners: (() => void)[] = [];
  private readonly parser = new SseParser((event) => this.take(event));

  constructor(
    /** As the caller first sees it. */
    private readonly queued: JsonObject,
    /** Members that are the gateway's to say. */
    private readonly own: JsonObject,
    private readonly onBegun: () => void,
    { isStreamed }: { readonly isStreamed: boolean },
  ) {
    this.feed = new EventFeed(isStreamed ? MAX_FEED_LENGTH : 0);
    this.emit('response.created', { response: queued });
    this.emit('response.queued', { response: queued });
  }

  dropped(): void {}

  served(): void {}

  begin(): void {
    this.open();
  }

  write(chunk: Bytes): boolean {
    this.parser.push(typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : chunk);
    return true;
  }

  onDrain(): void {}

  onGone(listener: () => void): void {
    if (this.isGone) queueMicrotask(listener);
    else this.listeners.push(listener);
  }

  /** Ends the upstream's work. */
  stop(): void {
    this.isGone = true;
    for (const listener of this.listeners.splice(0)) listener();
  }

  /** The rest of a settled answer. */
  finish(ending: Ending): void {
    if (ending.kind === 'tail') this.write(ending.bytes);
    else if (ending.kind === 'body' && ending.contentType.includes('event-stream')) this.write(ending.body);
    else {
      const answer = answerIn(ending);
      if (answer) this.close(`response.${textAt(answer, 'status') ?? 'completed'}`, answer);
    }
    this.parser.end();
  }

  fail(code: string, message: string): void {
    if (this.final) return;
    this.close('response.failed', { ...this.queued, status: 'failed', error: { code, message } });
  }

  private take({ event, data }: SseEvent): void {
    const fields = parseJson(data);
    if (!isObject(fields) || this.final) return;
    const { type = event ?? '', sequence_number: _number, response: _response, ...rest } = fields;
    const response = objectAt(fields, 'response');
    const name = String(type);
    if (opening.has(name)) return;
    this.open();
    if (response && closing.has(name)) this.close(name, response);
    else this.emit(name, response ? { ...rest, response: this.owned(response) } : rest);
  }

  private open(): void {
    if (this.hasBegun) return;
    this.hasBegun = true;
    this.onBegun();
    this.emit('response.in_progress', { response: { ...this.queued, status: 'in_progress' } });
  }

  private close(type: string, response: JsonObject): void {
    this.upstream = response;
    this.final = this.owned(response);
    this.emit(type, { response: this.final });
  }

  private owned(response: JsonObject): JsonObject {
    return { ...response, ...this.own };
  }

  private emit(type: string, fields: JsonObject): void {
    this.feed.push(sseFrame(JSON.stringify({ type, sequence_number: this.feed.next, ...fields }), type));
  }
}
