import type { Logprobs } from '../../chat/reply';
import { arrayAt, isObject, type JsonObject, numberAt, textAt } from '../../json';

/** `logprobsResult` → OpenAI's shape. */
export function readLogprobs(result: unknown): Logprobs | undefined {
  if (!isObject(result)) return undefined;
  const chosen = arrayAt(result, 'chosenCandidates');
  if (chosen.length === 0) return undefined;
  const tops = arrayAt(result, 'topCandidates');
  return {
    content: chosen.map((candidate, at) => ({
      ...tokenOf(candidate),
      top_logprobs: arrayAt(tops[at], 'candidates').map(tokenOf),
    })),
  };
}

function tokenOf(candidate: unknown): JsonObject {
  const token = textAt(candidate, 'token') ?? '';
  return { token, logprob: numberAt(candidate, 'logProbability') ?? 0, bytes: [...Buffer.from(token, 'utf8')] };
}

/** OpenAI's shape → `logprobsResult`. */
export function writeLogprobs(logprobs: Logprobs): JsonObject | undefined {
  const content = arrayAt(logprobs, 'content');
  if (content.length === 0) return undefined;
  const tops = content.map((entry) => ({ candidates: arrayAt(entry, 'top_logprobs').map(candidateOf) }));
  return {
    chosenCandidates: content.map(candidateOf),
    ...(tops.some(({ candidates }) => candidates.length > 0) ? { topCandidates: tops } : {}),
  };
}

const candidateOf = (entry: unknown): JsonObject => ({
  token: textAt(entry, 'token') ?? '',
  logProbability: numberAt(entry, 'logprob') ?? 0,
});
