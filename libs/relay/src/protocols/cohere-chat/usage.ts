import { bucketsOf, type Usage } from '../../chat/usage';
import { isObject, numberAt, objectAt } from '../../json';

/**
 * `tokens` counts all the model has read and made, cached input and thoughts included. `billed_units` is less (Cohere does not
 * charge for its own instructions) and stands in where `tokens` is absent. https://docs.cohere.com/reference/chat
 */
export function readUsage(usage: unknown): Usage | undefined {
  if (!isObject(usage)) return undefined;
  const tokens = objectAt(usage, 'tokens');
  const billed = objectAt(usage, 'billed_units');
  const input = numberAt(tokens, 'input_tokens') ?? numberAt(billed, 'input_tokens');
  const output = numberAt(tokens, 'output_tokens') ?? numberAt(billed, 'output_tokens');
  if (input === undefined && output === undefined) return undefined;
  return bucketsOf({
    inputTotal: input ?? 0,
    cacheRead: numberAt(usage, 'cached_tokens'),
    outputTotal: output ?? 0,
    reasoning: numberAt(tokens, 'reasoning_tokens'),
  });
}
