import type { ChatRequest } from '../../chat/request';
import type { JsonObject } from '../../json';
import { cachePoint, encodeBlock, type Scope } from './encode-blocks';

export interface Conversation {
  readonly system: readonly JsonObject[];
  readonly messages: readonly Message[];
}

export interface Message {
  readonly role: 'user' | 'assistant';
  readonly content: JsonObject[];
}

/** Stands where the API wants the caller to speak first. */
const OPENING: JsonObject = { text: '(The assistant opens the conversation.)' };
/** A message with a document must say something about it. */
const ABOUT: JsonObject = { text: '(See the document.)' };

/** `system` and `messages`: turns of one role joined, a user first; instructions in the middle move to the front. */
export function encodeConversation(request: ChatRequest, scope: Omit<Scope, 'role'>): Conversation {
  const system: JsonObject[] = [];
  const messages: Message[] = [];
  for (const { text, cache } of request.system) {
    if (text.trim() === '') continue;
    system.push({ text }, ...(cache ? cachePoint(cache, scope) : []));
  }
  for (const { role, blocks, name } of request.turns) {
    if (name) scope.dropped.add('turns.name');
    const content = blocks.flatMap((block) => encodeBlock(block, { ...scope, role }));
    if (content.length === 0) continue;
    const last = messages.at(-1);
    if (role === 'system') {
      if (messages.length > 0) scope.dropped.add('turns.system');
      system.push(...content);
    } else if (last?.role === role) last.content.push(...content);
    else messages.push({ role, content });
  }
  if (messages[0]?.role === 'assistant') messages.unshift({ role: 'user', content: [OPENING] });
  if (messages.length === 0 && system.length > 0) messages.push({ role: 'user', content: system.splice(0) });
  for (const message of messages) finish(message);
  return { system, messages };
}

/** Results of tools before what else the user says. */
function finish({ role, content }: Message): void {
  if (role !== 'user') return;
  const isResult = (block: JsonObject): boolean => 'toolResult' in block;
  const rest = content.filter((block) => !isResult(block));
  const needsText = rest.some((block) => 'document' in block) && !rest.some((block) => 'text' in block);
  content.splice(0, content.length, ...content.filter(isResult), ...rest, ...(needsText ? [ABOUT] : []));
}
