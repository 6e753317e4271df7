import type { Quirks } from '@app/providers';
import { Fold } from '../../chat/fold';
import type { ChatReply } from '../../chat/reply';
import type { JsonObject } from '../../json';
import { ResponseStreamDecoder } from './decode-stream';

/**
 * A response. https://platform.openai.com/docs/api-reference/responses/object — read as a stream of one event, so that an
 * answer is the same in one piece and in many.
 */
export function decodeReply(answer: JsonObject, quirks: Quirks): ChatReply {
  const fold = new Fold();
  for (const part of new ResponseStreamDecoder(quirks).whole(answer)) fold.push(part);
  return fold.reply();
}
