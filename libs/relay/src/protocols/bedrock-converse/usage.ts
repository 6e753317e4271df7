import type { Quirks } from '@app/providers';
import { bucketsOf, countAt, servedAs, type Usage } from '../../chat/usage';
import { arrayAt, isObject, type JsonObject, objectAt, textAt } from '../../json';

/**
 * `usage` → buckets. `inputTokens` leaves out what was read from or written to the cache; `cacheDetails` splits the writes by how
 * long they are kept. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html
 */
export function readUsage(usage: unknown, { cachedInsidePrompt }: Quirks): Usage | undefined {
  if (!isObject(usage)) return undefined;
  const input = countAt(usage, 'inputTokens');
  const output = countAt(usage, 'outputTokens');
  if (input === undefined && output === undefined) return undefined;
  const cacheRead = countAt(usage, 'cacheReadInputTokens');
  const written = countAt(usage, 'cacheWriteInputTokens');
  const hour = arrayAt(usage, 'cacheDetails').find((detail) => textAt(detail, 'ttl') === '1h');
  const cacheWrite1h = countAt(hour, 'inputTokens');
  const cacheWrite = written === undefined ? undefined : Math.max(0, written - (cacheWrite1h ?? 0));
  const outside = cachedInsidePrompt ? 0 : (cacheRead ?? 0) + (written ?? 0);
  return bucketsOf({
    inputTotal: (input ?? 0) + outside,
    cacheRead,
    cacheWrite,
    cacheWrite1h,
    outputTotal: output ?? 0,
  });
}

/** Usage of an answer or of the event that ends a stream, which both name the tier beside it. */
export function usageOf(answer: JsonObject, quirks: Quirks): Usage | undefined {
  const usage = readUsage(answer.usage, quirks);
  return usage && servedAs(usage, textAt(objectAt(answer, 'serviceTier'), 'type'));
}
