import { arrayAt, isObject, objectAt, textAt } from '../../json';
import { type Glimpse, nothing, type Wire } from '../../lanes/wire';
import { readUsage } from './usage';

/** Of the answers only the unstreamed one is looked at besides the translation. */
export const cohereChatWire: Pick<Wire, 'whole'> = {
  whole(answer): Glimpse {
    if (!isObject(answer)) return nothing;
    const message = objectAt(answer, 'message');
    const finish = textAt(answer, 'finish_reason') || undefined;
    // An error's `message` is a text: `{id, message}`.
    if (!message || finish === 'ERROR') return { ...nothing, error: failureOf(answer) };
    const content = arrayAt(message, 'content');
    const calls = arrayAt(message, 'tool_calls');
    return {
      ...nothing,
      meaningful: content.length > 0 || calls.length > 0 || finish !== undefined,
      textBytes: generatedBytes(textAt(message, 'tool_plan'), content, calls),
      finish,
      usage: readUsage(answer.usage),
    };
  },
};

/** What tells why there is no answer; the text of an unfinished one does not. */
function failureOf(answer: object): object {
  const error = textAt(answer, 'error');
  if (error) return { message: error };
  return objectAt(answer, 'message') ? { message: 'The generation failed.' } : answer;
}

function generatedBytes(plan: string | undefined, content: readonly unknown[], calls: readonly unknown[]): number {
  const texts = [
    plan,
    ...content.flatMap((item) => [textAt(item, 'text'), textAt(item, 'thinking')]),
    ...calls.map((call) => textAt(objectAt(call, 'function'), 'arguments')),
  ];
  return texts.reduce<number>((sum, text) => sum + Buffer.byteLength(text ?? ''), 0);
}
