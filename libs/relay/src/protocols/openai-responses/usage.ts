import type { Quirks } from '@app/providers';
import { bucketsOf, countAt, servedAs, tokens, totalInput, totalOutput, type Usage } from '../../chat/usage';
import { arrayAt, isObject, type JsonObject, objectAt, textAt } from '../../json';

/** `usage` of a response → buckets. https://platform.openai.com/docs/api-reference/responses/object#responses-object-usage */
export function readUsage(usage: unknown, quirks: Quirks): Usage | undefined {
  if (!isObject(usage)) return undefined;
  const input = countAt(usage, 'input_tokens');
  const output = countAt(usage, 'output_tokens');
  if (input === undefined && output === undefined) return undefined;
  const inputDetails = objectAt(usage, 'input_tokens_details');
  const outputDetails = objectAt(usage, 'output_tokens_details');
  const cacheRead = countAt(inputDetails, 'cached_tokens');
  const cacheWrite = countAt(inputDetails, 'cache_write_tokens');
  const reasoning = countAt(outputDetails, 'reasoning_tokens');
  const outsideInput = quirks.cachedInsidePrompt ? 0 : (cacheRead ?? 0) + (cacheWrite ?? 0);
  return bucketsOf({
    inputTotal: (input ?? 0) + outsideInput,
    cacheRead,
    cacheWrite,
    audioIn: countAt(inputDetails, 'audio_tokens'),
    outputTotal: (output ?? 0) + (quirks.reasoningInsideCompletion ? 0 : (reasoning ?? 0)),
    reasoning,
    audioOut: countAt(outputDetails, 'audio_tokens'),
  });
}

/** Usage of a whole response, with the tools OpenAI ran and the tier it served the call as, which stand beside `usage`. */
export function usageOf(response: unknown, quirks: Quirks): Usage | undefined {
  if (!isObject(response)) return undefined;
  const usage = readUsage(response.usage, quirks);
  if (!usage) return undefined;
  const tools = toolsOf(response);
  return servedAs(tools ? { ...usage, tools } : usage, response.service_tier);
}

/**
 * What is billed by use: searches as `tool_usage` counts them, else each `web_search_call` that searched (opening a page found is
 * part of it); questions to files; and containers, each once. https://platform.openai.com/docs/pricing#built-in-tools
 */
function toolsOf(response: JsonObject): Usage['tools'] {
  let searches = 0;
  let questions = 0;
  let containers: Set<string> | undefined;
  for (const item of arrayAt(response, 'output')) {
    const type = textAt(item, 'type');
    if (type === 'web_search_call')
      searches += (textAt(objectAt(item, 'action'), 'type') ?? 'search') === 'search' ? 1 : 0;
    else if (type === 'file_search_call') questions += 1;
    else if (type === 'code_interpreter_call')
      (containers ??= new Set()).add(textAt(item, 'container_id') ?? textAt(item, 'id') ?? '');
  }
  searches = tokens(countAt(objectAt(objectAt(response, 'tool_usage'), 'web_search'), 'num_requests') ?? searches);
  if (searches === 0 && questions === 0 && !containers) return undefined;
  return {
    ...(searches > 0 && { webSearch: searches }),
    ...(questions > 0 && { fileSearch: questions }),
    ...(containers && { codeExecution: containers.size }),
  };
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
