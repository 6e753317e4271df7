import { bucketsOf, countAt, tokens as whole, type Usage } from '../../chat/usage';
import { isObject, objectAt } from '../../json';

/**
 * `tokens` counts all the model has read and made, cached input and thoughts included; that is what a caller is told. `billed_units`
 * is less (Cohere does not charge for its own instructions): what is charged, and what is told where `tokens` is absent. https://docs.cohere.com/reference/chat
 */
export function readUsage(usage: unknown): Usage | undefined {
  if (!isObject(usage)) return undefined;
  const tokens = objectAt(usage, 'tokens');
  const billed = objectAt(usage, 'billed_units');
  const input = countAt(tokens, 'input_tokens') ?? countAt(billed, 'input_tokens');
  const output = countAt(tokens, 'output_tokens') ?? countAt(billed, 'output_tokens');
  if (input === undefined && output === undefined) return undefined;
  const counted = bucketsOf({
    inputTotal: input ?? 0,
    cacheRead: countAt(usage, 'cached_tokens'),
    outputTotal: output ?? 0,
    reasoning: countAt(tokens, 'reasoning_tokens'),
  });
  return tokens && billed ? { ...counted, billed: billOf(billed) } : counted;
}

const billOf = (billed: object): Usage['billed'] => ({
  input: natural(countAt(billed, 'input_tokens')),
  output: natural(countAt(billed, 'output_tokens')),
});

const natural = (count: number | undefined): number | undefined => (count === undefined ? undefined : whole(count));
