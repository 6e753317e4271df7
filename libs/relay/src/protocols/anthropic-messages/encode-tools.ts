import { asFunction } from '../../chat/free-text';
import type { ChatRequest, FunctionTool, HostedTool, Tool, ToolChoice } from '../../chat/request';
import { loseFields, searchLimits } from '../../chat/web-search';
import { isObject, type JsonObject } from '../../json';
import { encodeCache } from './fields';
import type { Abilities } from '../claude-models';
import { strictSchema, toolSchema } from './schema';

/** More strict tools in one request are refused. */
const MAX_STRICT_TOOLS = 20;

export interface Tools {
  readonly tools?: readonly JsonObject[];
  readonly tool_choice?: JsonObject;
}

/** `tools` and `tool_choice`. */
export function encodeTools(request: ChatRequest, abilities: Abilities, dropped: Set<string>): Tools {
  const { toolChoice } = request;
  const wanted = request.tools.filter((tool) => isChosen(tool, toolChoice));
  const strict = wanted.filter((tool) => tool.kind === 'function' && tool.strict).length;
  const mayBeStrict = abilities.structured && strict <= MAX_STRICT_TOOLS;
  if (strict > 0 && !mayBeStrict) dropped.add('tools.strict');
  const tools = wanted
    .map((tool) => encodeTool(tool, abilities, mayBeStrict, dropped))
    .filter((tool) => tool !== undefined);
  if (tools.length > 0) return { tools, ...encodeChoice(request, abilities, dropped) };
  if (toolChoice && toolChoice.kind !== 'none' && toolChoice.kind !== 'auto') dropped.add('toolChoice');
  return formerTools(request);
}

const isChosen = (tool: Tool, choice: ToolChoice | undefined): boolean =>
  choice?.kind !== 'allowed' ||
  (tool.kind === 'hosted' ? mayHost(tool, choice.names) : choice.names.includes(tool.name));

/** Only the Responses API names tools of its own among those allowed; elsewhere the choice is between functions. */
const mayHost = ({ issuer, type }: HostedTool, names: readonly string[]): boolean =>
  issuer !== 'openai' || type === 'web_search_options' || names.includes(type);

/** Calls in the conversation must be of tools the request defines, even when none may be called any more. */
function formerTools({ turns }: ChatRequest): Tools {
  const names = new Set<string>();
  for (const { blocks } of turns) for (const block of blocks) if (block.kind === 'tool-call') names.add(block.name);
  if (names.size === 0) return {};
  const tools = [...names].map((name) => ({ name, input_schema: { type: 'object', properties: {} } }));
  return { tools, tool_choice: { type: 'none' } };
}

function encodeTool(
  tool: Tool,
  abilities: Abilities,
  mayBeStrict: boolean,
  dropped: Set<string>,
): JsonObject | undefined {
  if (tool.kind === 'hosted') return encodeHosted(tool, abilities, dropped);
  return encodeFunction(tool.kind === 'custom' ? asFunction(tool, dropped) : tool, mayBeStrict, dropped);
}

function encodeFunction(tool: FunctionTool, mayBeStrict: boolean, dropped: Set<string>): JsonObject {
  const { name, description, namespace, cache, extra } = tool;
  const { schema, isLossy } = toolSchema(tool.parameters);
  const strict = tool.strict && mayBeStrict ? strictSchema(schema) : undefined;
  if (tool.strict && mayBeStrict && !strict) dropped.add('tools.strict');
  if (isLossy || strict?.isLossy) dropped.add(`tools[${name}].parameters`);
  if (namespace) dropped.add('tools.namespace');
  return {
    name,
    ...(description ? { description } : {}),
    input_schema: strict?.schema ?? schema,
    ...(strict ? { strict: true } : {}),
    ...(extra?.issuer === 'anthropic' ? extra.fields : {}),
    ...encodeCache(cache),
  };
}

/** Anthropic's own version of what another vendor's tool does. */
const standIns: Partial<Record<NonNullable<HostedTool['does']>, JsonObject>> = {
  'web-search': { type: 'web_search_20250305', name: 'web_search' },
  'web-fetch': { type: 'web_fetch_20250910', name: 'web_fetch' },
  'code-execution': { type: 'code_execution_20250825', name: 'code_execution' },
};

function encodeHosted(tool: HostedTool, { serverTools }: Abilities, dropped: Set<string>): JsonObject | undefined {
  const { issuer, type, value, does } = tool;
  if (issuer === 'anthropic' && isObject(value)) return value;
  const standIn = does && serverTools ? standIns[does] : undefined;
  if (!standIn) dropped.add(`tools[${type}]`);
  else if (does === 'web-search') return { ...standIn, ...limitsOf(tool, dropped) };
  else loseFields(tool, dropped);
  return standIn;
}

/** "Only one of allowed_domains and blocked_domains" */
function limitsOf(tool: HostedTool, dropped: Set<string>): JsonObject {
  const isAllowList = 'allowed_domains' in searchLimits(tool, ['allowed_domains'], new Set());
  const domains = isAllowList ? 'allowed_domains' : 'blocked_domains';
  return { ...searchLimits(tool, [domains, 'max_uses', 'user_location'], dropped) };
}

function encodeChoice(
  { toolChoice, parallelToolCalls }: ChatRequest,
  abilities: Abilities,
  dropped: Set<string>,
): Pick<Tools, 'tool_choice'> {
  const choice = toolChoice && choiceOf(toolChoice);
  const isRefused = isForced(choice) && !abilities.forcesTools;
  if (isRefused) dropped.add('toolChoice');
  const taken = isRefused ? { type: 'auto' } : choice;
  if (parallelToolCalls !== false || taken?.type === 'none') return taken ? { tool_choice: taken } : {};
  return { tool_choice: { ...(taken ?? { type: 'auto' }), disable_parallel_tool_use: true } };
}

export const isForced = (choice: JsonObject | undefined): boolean => choice?.type === 'any' || choice?.type === 'tool';

function choiceOf(choice: ToolChoice): JsonObject {
  switch (choice.kind) {
    case 'auto':
    case 'none':
      return { type: choice.kind };
    case 'required':
      return { type: 'any' };
    case 'tool':
      return { type: 'tool', name: choice.name };
    case 'allowed':
      return { type: choice.mode === 'required' ? 'any' : 'auto' };
  }
}
