import { type Framing, sse } from './framing';
import { AnswerWriter } from './answer-writer';
import type { ReplyContext } from '../../chat/face';
import type { Part, Reducer } from '../../chat/parts';

/** Parts → the events of `streamGenerateContent`. With `alt=sse` as server-sent events, without it as one JSON array. */
export function encodeStream(context: ReplyContext, framing: Framing = sse()): Reducer<Part, string> {
  const writer = new AnswerWriter(context);
  return {
    push(part) {
      const event = writer.push(part);
      return event === '' ? NOTHING : [framing.event(event)];
    },
    end() {
      const event = writer.end();
      return [...(event === '' ? [] : [framing.event(event)]), ...framing.end()];
    },
  };
}

const NOTHING: readonly string[] = [];
