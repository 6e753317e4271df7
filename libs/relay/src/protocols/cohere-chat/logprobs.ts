import type { Logprobs } from '../../chat/reply';
import { arrayAt, isObject, textAt } from '../../json';

/** `[{text, token_ids, logprobs}]`: pieces of text; one of several tokens is as likely as all of them together. */
export function decodeLogprobs(items: readonly unknown[]): Logprobs | undefined {
  const content = items.filter(isObject).map((item) => {
    const token = textAt(item, 'text') ?? '';
    const values = arrayAt(item, 'logprobs').filter((value) => typeof value === 'number');
    const logprob = values.reduce((sum, value) => sum + value, 0);
    return { token, logprob, bytes: [...Buffer.from(token)], top_logprobs: [] };
  });
  return content.length > 0 ? { content } : undefined;
}
