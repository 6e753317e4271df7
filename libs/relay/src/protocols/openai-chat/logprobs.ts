import { arrayAt, isObject, type JsonObject, numberAt, textAt } from '../../json';

/** Both lists, as chat writes them; other protocols tell the answer's only. */
export function chatLogprobs(value: unknown): JsonObject | null {
  if (!isObject(value)) return null;
  return { content: value.content ?? null, refusal: value.refusal ?? null };
}

/** Chat's log probabilities, an entry per token, as text completions spell them: a list per property. `offset`: characters before. */
export function legacyLogprobs(value: unknown, offset: number): JsonObject | null {
  const entries = arrayAt(value, 'content').filter(isObject);
  if (entries.length === 0) return null;
  const tokens = entries.map((entry) => textAt(entry, 'token') ?? '');
  let at = offset;
  const offsets = tokens.map((token) => {
    const start = at;
    at += token.length;
    return start;
  });
  return {
    tokens,
    token_logprobs: entries.map((entry) => numberAt(entry, 'logprob') ?? null),
    top_logprobs: entries.map(alternatives),
    text_offset: offsets,
  };
}

/** Characters the tokens spell. */
export const spelledLength = (value: unknown): number =>
  arrayAt(value, 'content').reduce<number>((sum, entry) => sum + (textAt(entry, 'token') ?? '').length, 0);

function alternatives(entry: JsonObject): JsonObject | null {
  const top = arrayAt(entry, 'top_logprobs').flatMap((other) => {
    const token = textAt(other, 'token');
    return token === undefined ? [] : [[token, numberAt(other, 'logprob') ?? null] as const];
  });
  return top.length > 0 ? Object.fromEntries(top) : null;
}
