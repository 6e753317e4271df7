import type { Quirks } from '@app/providers';
import { bucketsOf, countAt, tokens, unusualTier, type Usage } from '../../chat/usage';
import { isObject, type JsonObject, objectAt } from '../../json';

/**
 * `usage` of a message or of a stream event → buckets. `input_tokens` leaves out what was read from or written to the cache;
 * `thinking_tokens` are part of `output_tokens`; `iterations` only break the totals up. A stream reports in instalments
 * (`message_start`, then cumulative `message_delta`s, which may correct the input): what an instalment leaves out stays as `before`.
 * https://platform.claude.com/docs/en/api/messages
 */
export function readUsage(usage: unknown, quirks: Quirks, before?: Usage): Usage | undefined {
  if (!isObject(usage)) return undefined;
  const input = countAt(usage, 'input_tokens');
  const output = countAt(usage, 'output_tokens');
  if (input === undefined && output === undefined) return undefined;
  const cacheRead = countAt(usage, 'cache_read_input_tokens') ?? before?.cacheRead;
  const writes = readWrites(usage, before);
  const outside = quirks.cachedInsidePrompt
    ? 0
    : (cacheRead ?? 0) + (writes.cacheWrite ?? 0) + (writes.cacheWrite1h ?? 0);
  const reasoning = countAt(objectAt(usage, 'output_tokens_details'), 'thinking_tokens') ?? before?.reasoning;
  const buckets = bucketsOf({
    inputTotal: input === undefined ? inputBefore(before, quirks) + outside : input + outside,
    cacheRead,
    ...writes,
    outputTotal: output ?? (before ? before.output + (before.reasoning ?? 0) : 0),
    reasoning,
  });
  return { ...buckets, ...besides(usage, before) };
}

/** What decides the price beside the tokens. */
function besides(usage: JsonObject, before: Usage | undefined): Pick<Usage, 'tools' | 'serviceTier'> {
  const tools = readTools(usage) ?? before?.tools;
  const serviceTier = unusualTier(usage.service_tier ?? before?.serviceTier);
  return { ...(tools && { tools }), ...(serviceTier !== undefined && { serviceTier }) };
}

/** The vendor's own `input_tokens` of an earlier instalment. */
function inputBefore(before: Usage | undefined, quirks: Quirks): number {
  if (!before) return 0;
  const { input, cacheRead = 0, cacheWrite = 0, cacheWrite1h = 0 } = before;
  return quirks.cachedInsidePrompt ? input + cacheRead + cacheWrite + cacheWrite1h : input;
}

/** The split is in `message_start` only; a later total that differs from it corrects the five-minute part. */
function readWrites(usage: JsonObject, before: Usage | undefined): Pick<Usage, 'cacheWrite' | 'cacheWrite1h'> {
  const total = countAt(usage, 'cache_creation_input_tokens');
  const split = objectAt(usage, 'cache_creation');
  const hour = countAt(split, 'ephemeral_1h_input_tokens') ?? before?.cacheWrite1h;
  const cacheWrite =
    total === undefined ? (countAt(split, 'ephemeral_5m_input_tokens') ?? before?.cacheWrite) : total - (hour ?? 0);
  return {
    ...(cacheWrite === undefined ? {} : { cacheWrite: Math.max(0, cacheWrite) }),
    ...(hour === undefined ? {} : { cacheWrite1h: hour }),
  };
}

/** The names of `server_tool_use`, and ours. */
const toolNames: ReadonlyMap<string, string> = new Map([
  ['web_search_requests', 'webSearch'],
  ['web_fetch_requests', 'webFetch'],
  ['code_execution_requests', 'codeExecution'],
]);
const fieldNames: ReadonlyMap<string, string> = new Map([...toolNames].map(([field, name]) => [name, field]));

function readTools(usage: JsonObject): Usage['tools'] {
  const counts = Object.entries(objectAt(usage, 'server_tool_use') ?? {}).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number',
  );
  if (counts.length === 0) return undefined;
  return Object.fromEntries(counts.map(([field, count]) => [toolNames.get(field) ?? field, tokens(count)]));
}

const writeTools = (tools: NonNullable<Usage['tools']>): JsonObject =>
  Object.fromEntries(Object.entries(tools).map(([name, count]) => [fieldNames.get(name) ?? name, count]));

const tiers: ReadonlyMap<string | undefined, string> = new Map([
  ['standard', 'standard'],
  ['default', 'standard'],
  ['priority', 'priority'],
  ['batch', 'batch'],
]);

/** Buckets → `usage` of a message. The numbers a client adds up are required; what was not reported counts as none. */
export function writeUsage(usage: Usage | undefined, serviceTier?: string): JsonObject {
  const { cacheWrite, cacheWrite1h } = usage ?? {};
  return {
    ...writeTotals(usage),
    cache_creation:
      cacheWrite === undefined && cacheWrite1h === undefined
        ? null
        : { ephemeral_5m_input_tokens: cacheWrite ?? 0, ephemeral_1h_input_tokens: cacheWrite1h ?? 0 },
    service_tier: tiers.get(serviceTier) ?? null,
  };
}

/** The cumulative part of it that `message_delta` repeats. Sound and pictures have no place of their own and count as text. */
export function writeTotals(usage: Usage | undefined): JsonObject {
  const { input = 0, cacheRead = 0, cacheWrite = 0, cacheWrite1h = 0, audioIn = 0 } = usage ?? {};
  const { output = 0, reasoning, audioOut = 0, imageOut = 0, tools } = usage ?? {};
  return {
    input_tokens: input + audioIn,
    cache_creation_input_tokens: cacheWrite + cacheWrite1h,
    cache_read_input_tokens: cacheRead,
    output_tokens: output + (reasoning ?? 0) + audioOut + imageOut,
    ...(reasoning === undefined ? {} : { output_tokens_details: { thinking_tokens: reasoning } }),
    ...(tools ? { server_tool_use: { web_search_requests: 0, web_fetch_requests: 0, ...writeTools(tools) } } : {}),
  };
}
