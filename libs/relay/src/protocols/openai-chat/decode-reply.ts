import type { Quirks } from '@app/providers';
import { Fold } from '../../chat/fold';
import type { ChatReply } from '../../chat/reply';
import type { JsonObject } from '../../json';
import { ChatStreamDecoder } from './decode-stream';

/**
 * A chat completion. https://platform.openai.com/docs/api-reference/chat/object — read as a stream of one chunk, so that an
 * answer is the same in one piece and in many.
 */
export function decodeReply(answer: JsonObject, quirks: Quirks): ChatReply {
  const fold = new Fold();
  for (const part of new ChatStreamDecoder(quirks).whole(answer)) fold.push(part);
  return fold.reply();
}
