import { sseFrame } from '@app/core';
import type { ReplyContext } from '../../chat/face';
import type { Part, PartOf, Reducer } from '../../chat/parts';
import type { Finish } from '../../chat/reply';
import type { Usage } from '../../chat/usage';
import { type BlockDelta, type BlockStart, ContentWriter } from './content-writer';
import { messageHead } from './encode-reply';
import { streamError } from './errors';
import { encodeFinish } from './stop-reason';
import { writeTotals, writeUsage } from './usage';

/**
 * Parts → the server-sent events of a message: `message_start`, blocks one after the other, `message_delta` with the ending and the
 * final usage, `message_stop`. https://platform.claude.com/docs/en/build-with-claude/streaming. `message_start` waits for the first
 * block, so that usage known by then is in it; what is told later is corrected by `message_delta`.
 */
export class MessageStreamEncoder implements Reducer<Part, string> {
  private readonly content = new ContentWriter();
  private head: PartOf<'start'> = { kind: 'start' };
  private usage: Usage | undefined;
  private finish: Finish | undefined;
  private begun = false;
  private over = false;
  /** The block being written. */
  private current: number | undefined;
  /** Calls running beside it; they are written once it ends. */
  private readonly waiting = new Map<number, (BlockStart | BlockDelta | PartOf<'block-end'>)[]>();

  constructor(private readonly context: ReplyContext) {}

  push(part: Part): readonly string[] {
    if (this.over) return [];
    // Each handler takes the part of its own kind; the table's type says so, the lookup cannot.
    const text = (this.on[part.kind] as (part: Part) => string)(part);
    return text === '' ? [] : [text];
  }

  end(): readonly string[] {
    if (this.over) return [];
    if (!this.finish)
      return this.push({ kind: 'error', error: { message: 'The upstream ended its answer before it was complete.' } });
    this.over = true;
    const closed = this.closeAll();
    const delta = { ...encodeFinish(this.finish, this.content) };
    const ending = { type: 'message_delta', delta, usage: writeTotals(this.usage) };
    return [this.begin() + closed + sseFrame(JSON.stringify(ending), 'message_delta') + MESSAGE_STOP];
  }

  private readonly on: { readonly [K in Part['kind']]: (part: PartOf<K>) => string } = {
    start: (part) => this.note(() => (this.head = part)),
    'text-start': (part) => this.open(part),
    'refusal-start': (part) => this.open(part),
    'reasoning-start': (part) => this.open(part),
    'tool-call-start': (part) => this.open(part),
    block: (part) => this.open(part),
    'text-delta': (part) => this.grow(part),
    'input-delta': (part) => this.grow(part),
    citation: (part) => this.grow(part),
    signature: (part) => this.grow(part),
    'block-end': (part) => this.close(part),
    logprobs: () => '',
    finish: (part) => (part.candidate === 0 ? this.ending(part.finish) : ''),
    usage: (part) => this.note(() => (this.usage = part.usage)),
    error: (part) => this.fail(part.error),
  };

  private note(change: () => void): string {
    change();
    return '';
  }

  /** The protocol has one answer; of several the first is written. */
  private open(part: BlockStart): string {
    if (part.candidate !== 0) return '';
    if (this.current !== undefined) {
      this.waiting.set(part.block, [part]);
      return '';
    }
    const text = this.begin() + this.content.open(part);
    if (this.content.isOpen) this.current = part.block;
    return text;
  }

  private grow(part: BlockDelta): string {
    if (part.block === this.current) return this.content.take(part);
    this.waiting.get(part.block)?.push(part);
    return '';
  }

  private close(part: PartOf<'block-end'>): string {
    if (part.block === this.current) return this.closeCurrent() + this.resume();
    this.waiting.get(part.block)?.push(part);
    return '';
  }

  private closeCurrent(): string {
    this.current = undefined;
    return this.content.close();
  }

  /** Writes what the next waiting block has told, until one is still growing. */
  private resume(): string {
    let text = '';
    for (const [block, parts] of this.waiting) {
      this.waiting.delete(block);
      for (const part of parts) text += (this.on[part.kind] as (part: Part) => string)(part);
      if (this.current !== undefined) break;
    }
    return text;
  }

  private ending(finish: Finish): string {
    this.finish ??= finish;
    return this.closeAll();
  }

  private closeAll(): string {
    let text = '';
    while (this.current !== undefined || this.waiting.size > 0) text += this.closeCurrent() + this.resume();
    return text;
  }

  private begin(): string {
    if (this.begun) return '';
    this.begun = true;
    const message = {
      ...messageHead(this.head, this.context),
      content: [],
      stop_reason: null,
      stop_sequence: null,
      stop_details: null,
      usage: writeUsage(this.usage, this.head.serviceTier),
    };
    return sseFrame(JSON.stringify({ type: 'message_start', message }), 'message_start');
  }

  private fail(error: unknown): string {
    this.over = true;
    const closed = this.closeAll();
    return this.begin() + closed + sseFrame(JSON.stringify(streamError(error)), 'error');
  }
}

const MESSAGE_STOP = sseFrame('{"type":"message_stop"}', 'message_stop');
