import type { Quirks } from '@app/providers';
import { bucketsOf, countAt, servedAs, totalInput, totalOutput, type Usage } from '../../chat/usage';
import { arrayAt, isObject, type JsonObject, objectAt, textAt } from '../../json';
import { neutralTier } from './service-tier';

/**
 * `usageMetadata` → buckets. total = prompt + toolUsePrompt + candidates + thoughts: what the tools fed back is counted outside
 * the prompt, cached content inside it, thoughts outside the candidates. Every event of a stream repeats it cumulatively.
 * https://ai.google.dev/api/generate-content#UsageMetadata
 */
export function readUsage(usage: unknown, quirks: Quirks): Usage | undefined {
  if (!isObject(usage)) return undefined;
  const prompt = countAt(usage, 'promptTokenCount');
  const candidates = countAt(usage, 'candidatesTokenCount');
  const thoughts = countAt(usage, 'thoughtsTokenCount');
  // The first events of a stream may hold nothing but `trafficType`.
  if (prompt === undefined && candidates === undefined && thoughts === undefined) return undefined;
  const cached = countAt(usage, 'cachedContentTokenCount');
  const audioIn = modalityTokens(usage, 'promptTokensDetails', 'AUDIO');
  const audioCached = modalityTokens(usage, 'cacheTokensDetails', 'AUDIO') ?? 0;
  const fromTools = countAt(usage, 'toolUsePromptTokenCount') ?? 0;
  return bucketsOf({
    inputTotal: (prompt ?? 0) + fromTools + (quirks.cachedInsidePrompt ? 0 : (cached ?? 0)),
    cacheRead: cached,
    audioIn: audioIn === undefined ? undefined : Math.max(0, audioIn - audioCached),
    outputTotal: (candidates ?? 0) + (quirks.reasoningInsideCompletion ? 0 : (thoughts ?? 0)),
    reasoning: thoughts,
    audioOut: modalityTokens(usage, 'candidatesTokensDetails', 'AUDIO'),
    imageOut: modalityTokens(usage, 'candidatesTokensDetails', 'IMAGE'),
  });
}

/**
 * Usage of an answer or event, with the searches that ground it and the tier it was served as. `before`: of the events before, which
 * may have told of searches that this one does not repeat.
 */
export function usageOf(answer: JsonObject, quirks: Quirks, before?: Usage): Usage | undefined {
  const usage = readUsage(answer.usageMetadata, quirks);
  if (!usage) return undefined;
  const tools = searchesOf(answer) ?? before?.tools;
  const tier = neutralTier(textAt(answer.usageMetadata, 'serviceTier'));
  return servedAs(tools ? { ...usage, tools } : usage, tier);
}

/** Gemini 3 bills each query, Gemini 2 each answer that was grounded. https://ai.google.dev/gemini-api/docs/pricing */
function searchesOf(answer: JsonObject): Usage['tools'] {
  let queries = 0;
  for (const candidate of arrayAt(answer, 'candidates'))
    queries += arrayAt(objectAt(candidate, 'groundingMetadata'), 'webSearchQueries').length;
  return queries === 0 ? undefined : { googleSearch: queries, groundedAnswer: 1 };
}

function modalityTokens(usage: JsonObject, list: string, modality: string): number | undefined {
  let sum: number | undefined;
  for (const detail of arrayAt(usage, list)) {
    if (textAt(detail, 'modality') === modality) sum = (sum ?? 0) + (countAt(detail, 'tokenCount') ?? 0);
  }
  return sum;
}

/** Buckets → `usageMetadata`, with the sums as Gemini draws them. */
export function writeUsage(usage: Usage, serviceTier?: string): JsonObject {
  const prompt = totalInput(usage);
  const candidates = usage.output + (usage.audioOut ?? 0) + (usage.imageOut ?? 0);
  return {
    promptTokenCount: prompt,
    candidatesTokenCount: candidates,
    totalTokenCount: prompt + totalOutput(usage),
    ...(usage.cacheRead === undefined ? {} : { cachedContentTokenCount: usage.cacheRead }),
    ...(usage.reasoning === undefined ? {} : { thoughtsTokenCount: usage.reasoning }),
    ...(usage.audioIn ? { promptTokensDetails: split(prompt, usage.audioIn) } : {}),
    ...(usage.audioOut ? { candidatesTokensDetails: split(candidates, usage.audioOut) } : {}),
    ...(serviceTier === undefined ? {} : { serviceTier }),
  };
}

const split = (total: number, audio: number): readonly JsonObject[] => [
  { modality: 'TEXT', tokenCount: total - audio },
  { modality: 'AUDIO', tokenCount: audio },
];
