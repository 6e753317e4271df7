import type { Encoded } from '../../chat/face';
import { dropUnsaid, plainTurns, type PlainTurn } from '../../chat/plain-turns';
import type { ChatRequest } from '../../chat/request';
import type { JsonObject } from '../../json';

const said = new Set(['user'] as const);

/**
 * https://docs.coze.com/developer_guides/chat_v3 — the model is a bot's id; its persona, sampling and tools are its own. Always
 * streamed: unstreamed, Coze answers before the bot does. History is not kept there (`auto_save_history`): the caller brings it.
 */
export function encodeRequest(request: ChatRequest): Encoded {
  const dropped = new Set<string>();
  const turns = plainTurns(request, dropped);
  dropUnsaid(request, said, dropped);
  const body = {
    bot_id: request.model,
    user_id: request.meta.user ?? 'one-api',
    stream: true,
    auto_save_history: false,
    additional_messages: turns.map((turn) => message(turn, dropped)),
  };
  return { body, dropped: [...dropped] };
}

/** There are no messages of the system's: instructions stay where they are and become the user's. */
function message({ role, text, images }: PlainTurn, dropped: Set<string>): JsonObject {
  if (role === 'system') dropped.add('turns.system');
  const isAnswer = role === 'assistant';
  const head = isAnswer ? { role, type: 'answer' } : { role: 'user', type: 'question' };
  if (images.length === 0) return { ...head, content: text, content_type: 'text' };
  const parts = [
    ...(text === '' ? [] : [{ type: 'text', text }]),
    ...images.map((url) => ({ type: 'image', file_url: url })),
  ];
  return { ...head, content: JSON.stringify(parts), content_type: 'object_string' };
}
