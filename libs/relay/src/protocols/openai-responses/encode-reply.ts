import type { ReplyContext } from '../../chat/face';
import type { ChatReply } from '../../chat/reply';
import { unfold } from '../../chat/unfold';
import type { JsonObject } from '../../json';
import { AnswerWriter } from './answer-writer';

/** A whole answer: what the last event of its stream would hold. https://platform.openai.com/docs/api-reference/responses/object */
export function encodeReply(reply: ChatReply, context: ReplyContext): JsonObject {
  const writer = new AnswerWriter(context, unheard);
  for (const part of unfold(reply)) writer.push(part);
  return writer.response();
}

const unheard = { emit: () => undefined, grow: () => undefined };
