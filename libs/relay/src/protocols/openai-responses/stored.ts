import { arrayAt, isObject, type JsonObject } from '../../json';
import { typeOf } from './decode-items';
import { itemId } from './ids';

/** Items of an answer that say nothing to the model: thoughts that are neither shown nor sent along. */
const isEmpty = (item: JsonObject): boolean =>
  item.type === 'reasoning' &&
  item.encrypted_content == null &&
  arrayAt(item, 'summary').length === 0 &&
  arrayAt(item, 'content').length === 0;

/**
 * The output of an answer as the input of the next request, which `previous_response_id` puts before the caller's own. Items stay
 * as they are; nulls, which input does not take, and log probabilities are left out, and so is what never was completed.
 */
export function outputItemsToInput(items: readonly unknown[]): readonly JsonObject[] {
  return items.flatMap((item) => {
    if (!isObject(item) || item.status === 'in_progress' || isEmpty(item)) return [];
    const { content, ...fields } = told(item);
    if (content === undefined) return [fields];
    return [{ ...fields, content: Array.isArray(content) ? content.map(withoutLogprobs) : content }];
  });
}

const told = (item: JsonObject): Record<string, unknown> =>
  Object.fromEntries(Object.entries(item).filter(([name, value]) => value != null && name !== 'parsed_arguments'));

function withoutLogprobs(part: unknown): unknown {
  if (!isObject(part)) return part;
  const { logprobs: _logprobs, parsed: _parsed, ...rest } = part;
  return rest;
}

/**
 * The input of a request as `GET /v1/responses/{id}/input_items` lists it: every item with its type and an id, texts as parts.
 * `seed` (the response's id) makes up the ids that are missing, always the same ones.
 */
export function inputItems(body: JsonObject, seed: string): readonly JsonObject[] {
  const { input } = body;
  const items = typeof input === 'string' ? [{ role: 'user', content: input }] : arrayAt(body, 'input');
  return items.flatMap((item, index) => {
    const given = typeof item === 'string' ? { role: 'user', content: item } : item;
    return isObject(given) ? [listed(given, `${seed}in`, index)] : [];
  });
}

function listed(item: JsonObject, seed: string, index: number): JsonObject {
  const type = typeOf(item);
  const { id, content } = item;
  const named = { id: typeof id === 'string' && id !== '' ? id : itemId(type, seed, index), type };
  if (type !== 'message') return { ...item, ...named };
  const textType = item.role === 'assistant' ? 'output_text' : 'input_text';
  const parts = typeof content === 'string' ? [textPart(textType, content)] : content;
  return { status: 'completed', ...item, ...named, content: parts ?? [] };
}

const textPart = (type: 'output_text' | 'input_text', text: string): JsonObject =>
  type === 'output_text' ? { type, text, annotations: [] } : { type, text };
