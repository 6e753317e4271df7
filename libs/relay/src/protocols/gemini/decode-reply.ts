import type { Quirks } from '@app/providers';
import { Fold } from '../../chat/fold';
import type { ChatReply } from '../../chat/reply';
import type { JsonObject } from '../../json';
import { AnswerReader } from './decode-stream';

/** A whole answer is a stream of one event, but that its parts stay apart as they are. */
export function decodeReply(answer: JsonObject, quirks: Quirks): ChatReply {
  const reader = new AnswerReader(quirks, true);
  const fold = new Fold();
  reader.read(answer);
  reader.end();
  for (const part of reader.take()) fold.push(part);
  return fold.reply();
}
