import type { Block, TextBlock, ToolCallBlock } from '../../chat/blocks';
import { unwrapFreeText } from '../../chat/free-text';
import type { ChatReply } from '../../chat/reply';
import { arrayAt, isObject, type JsonObject, numberAt, objectAt, textAt } from '../../json';
import { decodeCitation, isOfText } from './citations';
import { decodeFinish } from './finish';
import { decodeLogprobs } from './logprobs';
import { TextPlaces } from './text-places';
import { readUsage } from './usage';

/**
 * An answer. A tool plan is what the model says before it calls tools, so it becomes text: that way every caller's protocol brings
 * it back, and it goes out again as the plan it was. https://docs.cohere.com/reference/chat
 */
export function decodeReply(answer: JsonObject): ChatReply {
  const message = objectAt(answer, 'message') ?? {};
  const plan = textAt(message, 'tool_plan');
  const calls = arrayAt(message, 'tool_calls').filter(isObject).map(decodeCall);
  const content = decodeContent(message);
  const blocks: Block[] = [...content, ...(plan ? [{ kind: 'text' as const, text: plan }] : []), ...calls];
  const usage = readUsage(answer.usage);
  const logprobs = decodeLogprobs(arrayAt(answer, 'logprobs'));
  const id = textAt(answer, 'id');
  const finish = decodeFinish(textAt(answer, 'finish_reason'), calls.length > 0);
  return {
    ...(id ? { id } : {}),
    candidates: [{ index: 0, blocks, finish, ...(logprobs ? { logprobs } : {}) }],
    ...(usage ? { usage } : {}),
  };
}

/** Texts and thoughts; each citation says which of them it belongs to. */
function decodeContent(message: JsonObject): Block[] {
  const citations = arrayAt(message, 'citations').filter(isObject).filter(isOfText);
  const { content } = message;
  if (typeof content === 'string') return content === '' ? [] : [cited(content, citations)];
  const items = arrayAt(message, 'content').filter(isObject);
  const firstText = items.findIndex(({ type }) => type === 'text');
  return items.flatMap((item, index): Block[] => {
    const { type, text, thinking } = item;
    if (type === 'thinking') return typeof thinking === 'string' ? [{ kind: 'reasoning', text: thinking }] : [];
    if (typeof text !== 'string' || text === '') return [];
    // Without thoughts before it, the only text is not numbered.
    const own = citations.filter((citation) => (numberAt(citation, 'content_index') ?? firstText) === index);
    return [cited(text, own)];
  });
}

function cited(text: string, citations: readonly JsonObject[]): TextBlock {
  if (citations.length === 0) return { kind: 'text', text };
  const places = new TextPlaces();
  places.push(text);
  return { kind: 'text', text, citations: citations.flatMap((citation) => decodeCitation(citation, places)) };
}

export const madeUpId = (index: number): string => `call_${index}`;

/** A call without arguments has an empty text for them, or none. */
function decodeCall(call: JsonObject, index: number): ToolCallBlock {
  const called = objectAt(call, 'function');
  const input = textAt(called, 'arguments') || '{}';
  const text = unwrapFreeText(input);
  return {
    kind: 'tool-call',
    id: textAt(call, 'id') || madeUpId(index),
    name: textAt(called, 'name') ?? '',
    type: text === undefined ? 'function' : 'custom',
    input: text ?? input,
  };
}
