import type { Quirks } from '@app/providers';
import { bucketsOf, countAt, servedAs, tokens, totalInput, totalOutput, type Usage } from '../../chat/usage';
import { arrayAt, isObject, type JsonObject, objectAt } from '../../json';

/**
 * `usage` of chat completions, with the spellings of the vendors that imitate it: cached tokens as
 * `prompt_tokens_details.cached_tokens` (OpenAI), `prompt_cache_hit_tokens` (DeepSeek) or top-level `cached_tokens` (Moonshot);
 * writes as `cache_write_tokens`, in other gateways `cache_creation_tokens`. https://platform.openai.com/docs/api-reference/chat/object
 */
export function readUsage(usage: unknown, quirks: Quirks): Usage | undefined {
  if (!isObject(usage)) return undefined;
  const prompt = countAt(usage, 'prompt_tokens');
  const completion = countAt(usage, 'completion_tokens');
  if (prompt === undefined && completion === undefined) return undefined;
  const promptDetails = objectAt(usage, 'prompt_tokens_details');
  const completionDetails = objectAt(usage, 'completion_tokens_details');
  const cacheRead =
    countAt(promptDetails, 'cached_tokens') ??
    countAt(usage, 'prompt_cache_hit_tokens') ??
    countAt(usage, 'cached_tokens');
  const cacheWrite = countAt(promptDetails, 'cache_write_tokens') ?? countAt(promptDetails, 'cache_creation_tokens');
  const reasoning = countAt(completionDetails, 'reasoning_tokens') ?? countAt(usage, 'reasoning_tokens');
  const outside = quirks.reasoningInsideCompletion ? 0 : (reasoning ?? 0);
  const buckets = bucketsOf({
    inputTotal: (prompt ?? 0) + (quirks.cachedInsidePrompt ? 0 : (cacheRead ?? 0) + (cacheWrite ?? 0)),
    cacheRead,
    cacheWrite,
    audioIn: countAt(promptDetails, 'audio_tokens'),
    outputTotal: (completion ?? 0) + outside,
    reasoning,
    audioOut: countAt(completionDetails, 'audio_tokens'),
  });
  // Perplexity counts its searches. https://docs.perplexity.ai/api-reference/chat-completions-post
  const searches = countAt(usage, 'num_search_queries');
  return searches === undefined ? buckets : { ...buckets, tools: { webSearch: tokens(searches) } };
}

/** Usage of an answer or chunk, wherever it stands: Groq repeats it in `x_groq`, Moonshot puts it into the choice. */
export function usageOf(answer: JsonObject, quirks: Quirks): Usage | undefined {
  const usage = foundUsage(answer, quirks);
  return usage && servedAs(usage, answer.service_tier);
}

function foundUsage(answer: JsonObject, quirks: Quirks): Usage | undefined {
  if (answer.usage != null) return readUsage(answer.usage, quirks);
  if (answer.x_groq != null) return readUsage(objectAt(answer, 'x_groq')?.usage, quirks);
  const [choice] = arrayAt(answer, 'choices');
  return isObject(choice) && choice.usage != null ? readUsage(choice.usage, quirks) : undefined;
}

/** Buckets as OpenAI reports them: totals with their parts inside. A bucket that is absent is not told. */
export function writeUsage(usage: Usage): JsonObject {
  const { cacheRead, cacheWrite, cacheWrite1h, audioIn, imageIn, reasoning, audioOut, imageOut } = usage;
  const prompt = totalInput(usage);
  const completion = totalOutput(usage);
  const written =
    cacheWrite === undefined && cacheWrite1h === undefined ? undefined : (cacheWrite ?? 0) + (cacheWrite1h ?? 0);
  const promptDetails = told({
    cached_tokens: cacheRead,
    cache_write_tokens: written,
    audio_tokens: audioIn,
    image_tokens: imageIn,
  });
  const completionDetails = told({ reasoning_tokens: reasoning, audio_tokens: audioOut, image_tokens: imageOut });
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    ...(promptDetails ? { prompt_tokens_details: promptDetails } : {}),
    ...(completionDetails ? { completion_tokens_details: completionDetails } : {}),
  };
}

function told(counts: Record<string, number | undefined>): JsonObject | undefined {
  const known = Object.entries(counts).filter(([, count]) => count !== undefined);
  return known.length > 0 ? Object.fromEntries(known) : undefined;
}
