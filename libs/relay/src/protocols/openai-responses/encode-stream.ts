import { sseFrame } from '@app/core';
import type { ReplyContext } from '../../chat/face';
import type { Part, Reducer } from '../../chat/parts';
import type { JsonObject } from '../../json';
import { AnswerWriter } from './answer-writer';
import type { DeltaEvent } from './delta-event';
import { errorFields, streamError } from './errors';
import type { EventSink } from './output';

/** Parts → the server-sent events of a response. https://platform.openai.com/docs/api-reference/responses-streaming */
export class ResponseStreamEncoder implements Reducer<Part, string>, EventSink {
  private readonly writer: AnswerWriter;
  private out: string[] = [];
  private number = 0;
  private over = false;

  constructor(context: ReplyContext) {
    this.writer = new AnswerWriter(context, this);
  }

  push(part: Part): readonly string[] {
    this.out = [];
    if (this.over) return this.out;
    if (part.kind === 'error') this.fail(part.error);
    else this.writer.push(part);
    return this.out;
  }

  end(): readonly string[] {
    this.out = [];
    if (this.over) return this.out;
    if (!this.writer.finish) this.fail({ message: 'The upstream ended its answer before it was complete.' });
    else {
      const response = this.writer.response();
      this.emit(terminal[String(response.status)] ?? 'response.completed', { response });
    }
    this.over = true;
    return this.out;
  }

  readonly emit = (type: string, fields: JsonObject): void => {
    this.out.push(sseFrame(JSON.stringify({ type, sequence_number: this.number++, ...fields }), type));
  };

  readonly grow = (event: DeltaEvent, text: string): void => {
    this.out.push(event.frame(this.number++, text));
  };

  private fail(error: unknown): void {
    this.over = true;
    const told = streamError(error);
    const { code, message } = told;
    const response = this.writer.failed({ code, message });
    this.emit('error', errorFields(told));
    this.emit('response.failed', { response });
  }
}

/** The last event of each state. */
const terminal: Readonly<Record<string, string>> = {
  incomplete: 'response.incomplete',
  failed: 'response.failed',
  queued: 'response.queued',
  in_progress: 'response.in_progress',
};
