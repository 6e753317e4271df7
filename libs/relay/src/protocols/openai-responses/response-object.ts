import type { ReplyContext } from '../../chat/face';
import type { PartOf } from '../../chat/parts';
import { plainText } from '../../chat/blocks';
import type { ChatRequest, OutputFormat } from '../../chat/request';
import { defined, type JsonObject } from '../../json';
import { encodeTools } from './encode-tools';
import { responseId } from './ids';

/** Members of a response that differ from event to event. */
export interface State {
  readonly status: string;
  readonly output: readonly JsonObject[];
  readonly usage: JsonObject | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly incomplete_details: { readonly reason: string } | null;
}

export const begun: State = { status: 'in_progress', output: [], usage: null, error: null, incomplete_details: null };

/** A response's members that stay: whose answer it is, and what the request asked for, with OpenAI's defaults. */
export function responseHead(head: PartOf<'start'>, context: ReplyContext): JsonObject {
  const { request, model, requestId, created } = context;
  return {
    id: responseId(head.id, requestId),
    object: 'response',
    created_at: head.created ?? created,
    model,
    ...echo(request),
    ...context.echo,
    service_tier: head.serviceTier ?? request.meta.serviceTier ?? 'default',
  };
}

/** https://platform.openai.com/docs/api-reference/responses/object */
function echo(request: ChatRequest): JsonObject {
  const { sampling, meta, reasoning, parallelToolCalls = true } = request;
  return {
    background: false,
    conversation: null,
    instructions: plainText(request.system) || null,
    max_output_tokens: sampling.maxOutputTokens ?? null,
    max_tool_calls: null,
    metadata: meta.metadata ?? {},
    parallel_tool_calls: parallelToolCalls,
    previous_response_id: null,
    prompt_cache_key: meta.promptCacheKey ?? null,
    reasoning: { effort: reasoning?.effort ?? null, summary: reasoning?.summary || null },
    safety_identifier: meta.user ?? null,
    store: meta.store ?? true,
    temperature: sampling.temperature ?? 1,
    text: { format: formatOf(request.format), ...defined({ verbosity: meta.verbosity }) },
    tool_choice: choiceOf(request),
    tools: encodeTools(request.tools, true, new Set()),
    top_logprobs: sampling.topLogprobs ?? 0,
    top_p: sampling.topP ?? 1,
    truncation: 'disabled',
    user: null,
    ...ownFields(request),
  };
}

/** Fields of the request that a response repeats, and only this protocol has. */
const repeated: ReadonlySet<string> = new Set([
  'background',
  'conversation',
  'max_tool_calls',
  'moderation',
  'previous_response_id',
  'prompt',
  'prompt_cache_options',
  'prompt_cache_retention',
  'tool_choice',
  'truncation',
  'user',
]);

function ownFields({ extensions }: ChatRequest): JsonObject {
  const own = extensions.filter(({ issuer, path }) => issuer === 'openai' && repeated.has(path));
  return Object.fromEntries(
    own.map(({ path, value }) => [path, path === 'conversation' && typeof value === 'string' ? { id: value } : value]),
  );
}

function formatOf(format: OutputFormat | undefined): JsonObject {
  if (!format || format.kind === 'text') return { type: 'text' };
  if (format.kind === 'json') return { type: 'json_object' };
  const { name = 'answer', description, schema, strict = false } = format;
  return { type: 'json_schema', name, description: description ?? null, schema, strict };
}

function choiceOf({ toolChoice, tools }: ChatRequest): unknown {
  if (!toolChoice) return 'auto';
  const refer = (name: string): JsonObject => {
    const tool = tools.find((known) => (known.kind === 'hosted' ? known.type : known.name) === name);
    if (tool?.kind === 'hosted') return { type: name };
    return { type: tool?.kind === 'custom' ? 'custom' : 'function', name };
  };
  if (toolChoice.kind === 'tool') return refer(toolChoice.name);
  if (toolChoice.kind === 'allowed')
    return { type: 'allowed_tools', mode: toolChoice.mode, tools: toolChoice.names.map(refer) };
  return toolChoice.kind;
}
