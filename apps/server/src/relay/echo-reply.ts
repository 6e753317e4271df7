import { type Bytes, type Ending, type JsonObject, withEcho } from '@app/relay';
import type { Answerable } from './send';
import { ServerReply } from './server-reply';

/** The name stands in front, as `event:` or as the first member. */
const HEAD_LENGTH = 120;
const TELLING = /response\.(?:created|queued|in_progress|completed|incomplete|failed|cancelled)\b/;
const EVENT_END = /\r?\n\r?\n/g;

/**
 * For calls of the Responses API that go on from something the gateway keeps: an upstream that was told the whole conversation knows
 * nothing of an earlier answer, so what the response says of it (`previous_response_id`, `conversation`) is put right on the way.
 */
export class EchoReply extends ServerReply {
  /** The begun event that its end has not come of yet, latin1. */
  private rest = '';

  constructor(
    call: Answerable,
    private readonly echo: JsonObject,
  ) {
    super(call);
  }

  override write(chunk: Bytes): boolean {
    const whole = this.wholeEvents(chunk);
    return whole === '' || super.write(whole);
  }

  override finish(ending: Ending): void {
    if (ending.kind === 'nothing') return super.finish(ending);
    if (ending.kind === 'tail') {
      const bytes = Buffer.from(this.wholeEvents(ending.bytes) + this.rest, 'latin1');
      return super.finish({ kind: 'tail', bytes });
    }
    const { contentType, body } = ending;
    if (!contentType.includes('event-stream')) return super.finish({ ...ending, body: withEcho(body, [], this.echo) });
    const text = this.wholeEvents(body) + this.rest;
    super.finish({ ...ending, body: Buffer.from(text, 'latin1') });
  }

  private wholeEvents(chunk: Bytes): string {
    const text = this.rest + (typeof chunk === 'string' ? chunk : chunk.toString('latin1'));
    let out = '';
    let from = 0;
    for (const end of text.matchAll(EVENT_END)) {
      const to = end.index + end[0].length;
      out += this.event(text.slice(from, to));
      from = to;
    }
    this.rest = text.slice(from);
    return out;
  }

  /** Only the events that hold the response itself tell what it goes on from. */
  private event(text: string): string {
    const start = text.indexOf('{');
    const end = text.lastIndexOf('}') + 1;
    if (start < 0 || end <= start || !TELLING.test(text.slice(0, HEAD_LENGTH))) return text;
    const told = withEcho(Buffer.from(text.slice(start, end), 'latin1'), ['response'], this.echo);
    return text.slice(0, start) + told.toString('latin1') + text.slice(end);
  }
}
