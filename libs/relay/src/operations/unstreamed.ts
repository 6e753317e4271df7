import type { Usage } from '../chat/usage';
import { isObject, type JsonObject } from '../json';
import { type Glimpse, nothing, type Wire } from '../lanes/wire';
import { openaiChatWire } from '../protocols/openai-chat/wire';
import { checkFields, type Expected } from './check';

interface Unstreamed {
  readonly expected: Expected;
  /** What the answer says was used; undefined: it says nothing, and the input is estimated. */
  usage(answer: JsonObject): Usage | undefined;
  /** What a caller is shown instead, where the vendor names it otherwise. */
  shown?(answer: JsonObject): JsonObject | undefined;
  /** Whether it is the answer that was asked for. */
  isAnswer(answer: JsonObject): boolean;
}

/** An operation that answers with one JSON object and generates no text. */
export const unstreamed = ({ expected, usage, isAnswer, shown }: Unstreamed): Wire => ({
  protocol: 'openai-chat',
  terminator: '',
  check: (body) => checkFields(body, expected),
  outputLimit: () => 0,
  wantsUsage: () => true,
  askForUsage: () => [],
  event: () => nothing,
  ...(shown && { shown }),
  whole: (answer) => look(answer, usage, isAnswer),
  failureFrame: openaiChatWire.failureFrame,
});

function look(answer: unknown, usage: Unstreamed['usage'], isAnswer: Unstreamed['isAnswer']): Glimpse {
  if (!isObject(answer)) return nothing;
  if (answer.error != null && !isAnswer(answer)) return { ...nothing, error: answer.error };
  return { ...nothing, meaningful: isAnswer(answer), usage: usage(answer) };
}
