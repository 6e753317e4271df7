import type { Part } from '../../chat/parts';
import { TextParts } from '../../chat/text-parts';
import { arrayAt, type JsonObject, numberAt, objectAt, textAt } from '../../json';
import { failure } from './failure';
import { readUsage } from './usage';

/** https://docs.dify.ai/api-reference/chat/send-chat-message — the name of each event stands in its data. */
export class AnswerReader {
  private readonly parts = new TextParts();
  private replaced = false;

  read(event: JsonObject): void {
    const name = textAt(event, 'event') ?? '';
    if (Object.hasOwn(this.on, name)) this.on[name]?.(event);
  }

  fail(error: unknown): void {
    this.parts.error(error);
  }

  take(): readonly Part[] {
    return this.parts.take();
  }

  /** An answer to a `blocking` call is a message and its end in one. */
  readWhole(answer: JsonObject): void {
    this.say(answer);
    this.end(answer);
  }

  private readonly on: Readonly<Record<string, (event: JsonObject) => void>> = {
    message: (event) => this.say(event),
    agent_message: (event) => this.say(event),
    // Moderation takes back what was said; a stream cannot.
    message_replace: () => void (this.replaced = true),
    message_end: (event) => this.end(event),
    workflow_finished: (event) => this.workflow(event),
    error: (event) => this.parts.error(failure(event)),
  };

  private say(event: JsonObject): void {
    this.parts.start({ id: textAt(event, 'message_id'), created: numberAt(event, 'created_at') });
    this.parts.text(textAt(event, 'answer') ?? '');
  }

  private end(event: JsonObject): void {
    const metadata = objectAt(event, 'metadata');
    for (const source of arrayAt(metadata, 'retriever_resources')) {
      this.parts.citation({ title: textAt(source, 'document_name'), citedText: textAt(source, 'content') });
    }
    this.parts.usage(readUsage(metadata?.usage));
    this.parts.finish({ reason: this.replaced ? 'content-filter' : 'stop', raw: 'message_end' });
  }

  private workflow(event: JsonObject): void {
    const data = objectAt(event, 'data');
    if (textAt(data, 'status') === 'failed')
      this.parts.error({ code: 'workflow_failed', message: textAt(data, 'error') ?? 'The workflow failed.' });
  }
}
