import type { ChatRequest, Turn } from '../../chat/request';
import { isObject, type JsonObject, textAt } from '../../json';
import { MESSAGE_FIELDS } from './decode-turns';
import { encodeBlock, type Scope, withOwn } from './encode-blocks';
import type { Abilities } from '../claude-models';

export interface Conversation {
  readonly system: readonly JsonObject[];
  readonly messages: readonly JsonObject[];
}

interface Message {
  readonly role: Turn['role'];
  readonly content: JsonObject[];
  /** What the caller's message said besides role and content. */
  fields: JsonObject;
}

/** Stands where the protocol wants the caller to speak first. */
const OPENING: JsonObject = { type: 'text', text: '(The assistant opens the conversation.)' };

/** Ends a conversation that ends with the assistant, for models that continue no answer. */
const CONTINUE: JsonObject = { type: 'text', text: 'Continue.' };

/** `system` and `messages`. What is addressed to the model in the middle stays there if the model allows it. */
export function encodeConversation(
  request: ChatRequest,
  abilities: Abilities,
  scope: Omit<Scope, 'role'>,
): Conversation {
  const messages = request.turns.map((turn) => encodeTurn(turn, scope));
  const conversation = new Arrangement(abilities, scope.dropped);
  for (const block of request.system) {
    if (block.text.trim() !== '') conversation.system.push(withOwn(block, { type: 'text', text: block.text }));
  }
  for (const message of messages) conversation.add(message);
  return conversation.finish();
}

function encodeTurn({ role, blocks, name }: Turn, scope: Omit<Scope, 'role'>): Message {
  if (name) scope.dropped.add('turns.name');
  const content: JsonObject[] = [];
  let fields: JsonObject = {};
  for (const block of blocks) {
    if (block.kind === 'opaque' && block.type === MESSAGE_FIELDS && isObject(block.value)) fields = block.value;
    else {
      const encoded = encodeBlock(block, { ...scope, role });
      if (encoded) content.push(encoded);
    }
  }
  return { role, content, fields };
}

/**
 * Brings messages into the order Anthropic accepts: turns of one role joined, a user first, tool results before what else the user
 * says, system messages only between a user and what answers it.
 */
class Arrangement {
  readonly system: JsonObject[] = [];
  private readonly messages: Message[] = [];
  /** A system message waits for the end of the user's turn. */
  private pending: Message | undefined;

  constructor(
    private readonly abilities: Abilities,
    private readonly dropped: Set<string>,
  ) {}

  add(message: Message): void {
    if (message.role === 'system') return this.instruct(message);
    if (message.content.length === 0) return;
    if (message.role === 'assistant') this.place();
    const last = this.messages.at(-1);
    if (last?.role === message.role) {
      last.content.push(...message.content);
      last.fields = { ...last.fields, ...message.fields };
    } else this.messages.push(message);
  }

  finish(): Conversation {
    this.place();
    this.openWithUser();
    this.closeWithUser();
    trimEnd(this.messages.at(-1));
    return { system: this.system, messages: this.messages.map(written) };
  }

  private instruct(message: Message): void {
    const { content, fields, role } = message;
    if (this.messages.length === 0) return void this.system.push(...content);
    if (!this.abilities.systemTurns) return this.hoist(message);
    this.pending = {
      role,
      content: [...(this.pending?.content ?? []), ...content],
      fields: { ...this.pending?.fields, ...fields },
    };
  }

  /** "role 'system' must precede an 'assistant' message or end the array", and it follows a user's. */
  private place(): void {
    const { pending } = this;
    this.pending = undefined;
    if (!pending) return;
    if (this.messages.at(-1)?.role === 'user') this.messages.push(pending);
    else this.hoist(pending);
  }

  /** Anthropic's own OpenAI-compatible endpoint, too, moves system messages to the front. */
  private hoist({ content, fields }: Message): void {
    if (content.length > 0 || Object.keys(fields).length > 0) this.dropped.add('turns.system');
    this.system.push(...content);
  }

  private openWithUser(): void {
    const first = this.messages[0];
    if (first === undefined && this.system.length > 0) {
      this.messages.push({ role: 'user', content: this.system.splice(0), fields: {} });
    } else if (first?.role === 'assistant') this.messages.unshift({ role: 'user', content: [OPENING], fields: {} });
  }

  // A paused turn of server tools is not a begun answer: every model continues it.
  private closeWithUser(): void {
    const last = this.messages.at(-1);
    if (this.abilities.prefill || last?.role !== 'assistant' || !last.content.every(isSaid)) return;
    this.dropped.add('turns.prefill');
    this.messages.push({ role: 'user', content: [CONTINUE], fields: {} });
  }
}

const isSaid = ({ type }: JsonObject): boolean =>
  type === 'text' || type === 'thinking' || type === 'redacted_thinking';

function written({ role, content, fields }: Message): JsonObject {
  if (role !== 'user') return { role, content, ...fields };
  const isResult = (block: JsonObject): boolean => block.type === 'tool_result';
  return { role, content: [...content.filter(isResult), ...content.filter((block) => !isResult(block))], ...fields };
}

/** "final assistant content cannot end with trailing whitespace" */
function trimEnd(last: Message | undefined): void {
  const block = last?.role === 'assistant' ? last.content.at(-1) : undefined;
  const text = block?.type === 'text' ? textAt(block, 'text') : undefined;
  if (text !== undefined) last!.content[last!.content.length - 1] = { ...block, text: text.trimEnd() };
}
