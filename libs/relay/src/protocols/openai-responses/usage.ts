import type { Quirks } from '@app/providers';
import { bucketsOf, totalInput, totalOutput, type Usage } from '../../chat/usage';
import { isObject, type JsonObject, numberAt, objectAt } from '../../json';

/** `usage` of a response → buckets. https://platform.openai.com/docs/api-reference/responses/object#responses-object-usage */
export function readUsage(usage: unknown, quirks: Quirks): Usage | undefined {
  if (!isObject(usage)) return undefined;
  const input = numberAt(usage, 'input_tokens');
  const output = numberAt(usage, 'output_tokens');
  if (input === undefined && output === undefined) return undefined;
  const inputDetails = objectAt(usage, 'input_tokens_details');
  const outputDetails = objectAt(usage, 'output_tokens_details');
  const cacheRead = numberAt(inputDetails, 'cached_tokens');
  const cacheWrite = numberAt(inputDetails, 'cache_write_tokens');
  const reasoning = numberAt(outputDetails, 'reasoning_tokens');
  const outsideInput = quirks.cachedInsidePrompt ? 0 : (cacheRead ?? 0) + (cacheWrite ?? 0);
  return bucketsOf({
    inputTotal: (input ?? 0) + outsideInput,
    cacheRead,
    cacheWrite,
    audioIn: numberAt(inputDetails, 'audio_tokens'),
    outputTotal: (output ?? 0) + (quirks.reasoningInsideCompletion ? 0 : (reasoning ?? 0)),
    reasoning,
    audioOut: numberAt(outputDetails, 'audio_tokens'),
  });
}

/** Usage of a whole response, with the searches OpenAI ran (`tool_usage`, beside `usage`). */
export function usageOf(response: unknown, quirks: Quirks): Usage | undefined {
  if (!isObject(response)) return undefined;
  const usage = readUsage(response.usage, quirks);
  const searches = numberAt(objectAt(objectAt(response, 'tool_usage'), 'web_search'), 'num_requests');
  return usage && searches ? { ...usage, serverTools: { web_search_requests: searches } } : usage;
}

/** Buckets → `usage`. Every number is required here: what was not reported counts as none. */
export function writeUsage(usage: Usage): JsonObject {
  const input = totalInput(usage);
  const output = totalOutput(usage);
  const { cacheRead = 0, cacheWrite = 0, cacheWrite1h = 0, reasoning = 0 } = usage;
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cacheRead, cache_write_tokens: cacheWrite + cacheWrite1h },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
  };
}
