import type { SseEvent } from '@app/core';
import type { Part } from '../../chat/parts';
import { TextParts } from '../../chat/text-parts';
import { bucketsOf, countAt, type Usage } from '../../chat/usage';
import { isObject, type JsonObject, objectAt, parseJson, textAt } from '../../json';
import { failure } from './failure';

/** https://docs.coze.com/developer_guides/chat_v3 — of a bot's messages only those of the type `answer` are the answer. */
export class AnswerReader {
  private readonly parts = new TextParts();
  /** The message that is being told. */
  private current: string | undefined;

  read({ event = '', data }: SseEvent): void {
    const value = parseJson(data);
    if (isObject(value) && Object.hasOwn(this.on, event)) this.on[event]?.(value);
  }

  take(): readonly Part[] {
    return this.parts.take();
  }

  private readonly on: Readonly<Record<string, (data: JsonObject) => void>> = {
    'conversation.chat.created': (data) => this.parts.start({ id: textAt(data, 'id') }),
    'conversation.message.delta': (data) => this.say(data),
    'conversation.message.completed': (data) => this.complete(data),
    'conversation.chat.completed': (data) => {
      this.parts.usage(readUsage(data));
      this.parts.finish({ reason: 'stop', raw: 'completed' });
    },
    'conversation.chat.failed': (data) => {
      this.parts.usage(readUsage(data));
      this.parts.error(failure(objectAt(data, 'last_error')));
    },
    'conversation.chat.requires_action': () =>
      this.parts.error({ code: 'requires_action', message: 'The bot waits for a local plugin.' }),
    error: (data) => this.parts.error(failure(data)),
  };

  private say(data: JsonObject): void {
    if (data.type !== 'answer') return;
    const id = textAt(data, 'id');
    if (id !== this.current) this.parts.close();
    this.current = id;
    this.parts.reasoning(textAt(data, 'reasoning_content') ?? '');
    this.parts.text(textAt(data, 'content') ?? '');
  }

  /** Repeats what the deltas said; what a workflow says at once comes without any. */
  private complete(data: JsonObject): void {
    if (textAt(data, 'id') !== this.current) this.say(data);
  }
}

function readUsage(chat: JsonObject): Usage | undefined {
  const usage = objectAt(chat, 'usage');
  const input = countAt(usage, 'input_count');
  const output = countAt(usage, 'output_count');
  if (input === undefined && output === undefined) return undefined;
  return bucketsOf({ inputTotal: input ?? 0, outputTotal: output ?? 0 });
}
