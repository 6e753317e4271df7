import type { Quirks } from '@app/providers';
import { bucketsOf, servedAs, type Usage } from '../../chat/usage';
import { arrayAt, isObject, type JsonObject, numberAt, objectAt, textAt } from '../../json';

/**
 * `usage` → buckets. `inputTokens` leaves out what was read from or written to the cache; `cacheDetails` splits the writes by how
 * long they are kept. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html
 */
export function readUsage(usage: unknown, { cachedInsidePrompt }: Quirks): Usage | undefined {
  if (!isObject(usage)) return undefined;
  const input = numberAt(usage, 'inputTokens');
  const output = numberAt(usage, 'outputTokens');
  if (input === undefined && output === undefined) return undefined;
  const cacheRead = numberAt(usage, 'cacheReadInputTokens');
  const written = numberAt(usage, 'cacheWriteInputTokens');
  const hour = arrayAt(usage, 'cacheDetails').find((detail) => textAt(detail, 'ttl') === '1h');
  const cacheWrite1h = numberAt(hour, 'inputTokens');
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
