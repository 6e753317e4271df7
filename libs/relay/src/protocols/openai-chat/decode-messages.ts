import type { Block, Extra, TextBlock, ToolResultBlock } from '../../chat/blocks';
import type { Turn } from '../../chat/request';
import { type JsonObject, textAt } from '../../json';
import { readId } from './call-id';
import { decodeAssistant } from './decode-assistant';
import { decodeContent } from './decode-content';
import { messageFields, ownFields, withOwnFields } from './own-fields';
import { invalidValue, listField, missing, objectOf } from './request-fields';

export interface Conversation {
  readonly system: readonly TextBlock[];
  readonly turns: readonly Turn[];
  readonly extras: readonly Extra[];
}

/** A tool call that was made, as its result needs to know it. */
export interface Called {
  readonly id: string;
  readonly name: string;
  readonly type: 'function' | 'custom';
}

/** `messages`. https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages */
export function decodeMessages(body: JsonObject): Conversation {
  if (body.messages == null) throw missing('messages');
  const reader = new MessagesReader();
  listField(body, 'messages').forEach((message, index) => {
    const path = `messages[${index}]`;
    reader.read(objectOf(message, path), path);
  });
  return reader;
}

class MessagesReader implements Conversation {
  readonly system: TextBlock[] = [];
  readonly turns: Turn[] = [];
  readonly extras: Extra[] = [];
  /** Results of a row of tool messages; they share one turn. */
  private results: Block[] | undefined;
  private readonly called: Called[] = [];
  private answered = 0;

  read(message: JsonObject, path: string): void {
    const role = textAt(message, 'role');
    if (!role) throw missing(`${path}.role`);
    if (!Object.hasOwn(this.on, role)) throw invalidValue(`${path}.role`, role, Object.keys(this.on));
    if (role !== 'tool' && role !== 'function') this.results = undefined;
    this.on[role as keyof typeof this.on](message, path);
  }

  private readonly on = {
    system: (message: JsonObject, path: string) => this.instruct(message, path),
    developer: (message: JsonObject, path: string) => this.instruct(message, path),
    user: (message: JsonObject, path: string) =>
      this.add('user', withOwnFields(decodeContent(message.content, `${path}.content`), message, this.extras), message),
    assistant: (message: JsonObject, path: string) => this.answer(message, path),
    tool: (message: JsonObject, path: string) =>
      this.result(message, path, this.callById(textAt(message, 'tool_call_id') ?? '')),
    function: (message: JsonObject, path: string) =>
      this.result(message, path, this.callByName(textAt(message, 'name') ?? '')),
  };

  /** What stands before the conversation is its system prompt; what stands in it, or speaks under a name, keeps its place. */
  private instruct(message: JsonObject, path: string): void {
    const blocks = withOwnFields(decodeContent(message.content, `${path}.content`), message, this.extras);
    const isPrompt = this.turns.length === 0 && !textAt(message, 'name') && blocks.every(({ kind }) => kind === 'text');
    if (isPrompt) this.system.push(...(blocks as TextBlock[]));
    else this.add('system', blocks, message);
  }

  private answer(message: JsonObject, path: string): void {
    const blocks = withOwnFields(decodeAssistant(message, path, this.called.length), message, this.extras);
    for (const block of blocks) {
      if (block.kind === 'tool-call') this.called.push({ id: block.id, name: block.name, type: block.type });
    }
    this.add('assistant', blocks, message);
  }

  private add(role: Turn['role'], blocks: readonly Block[], message: JsonObject): void {
    const name = textAt(message, 'name');
    this.turns.push({ role, blocks, ...(name ? { name } : {}) });
  }

  private result(message: JsonObject, path: string, call: Called | undefined): void {
    const name = call?.name || textAt(message, 'name');
    const block: ToolResultBlock = {
      kind: 'tool-result',
      callId: call?.id ?? readId(textAt(message, 'tool_call_id') ?? '').id,
      type: call?.type ?? 'function',
      content: decodeContent(message.content, `${path}.content`),
      ...(name ? { name } : {}),
      ...ownFields(message, messageFields),
    };
    this.answered += 1;
    if (this.results) return void this.results.push(block);
    this.results = [block];
    this.turns.push({ role: 'user', blocks: this.results });
  }

  /** Ids may repeat in a long conversation: the latest counts. A result without an id answers the first call still waiting. */
  private callById(sent: string): Called | undefined {
    if (sent === '') return this.called[this.answered];
    const { id } = readId(sent);
    return this.called.findLast((call) => call.id === id);
  }

  private callByName(name: string): Called | undefined {
    return this.called.findLast((call) => call.name === name);
  }
}
