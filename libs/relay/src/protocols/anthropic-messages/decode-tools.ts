import type { ChatRequest, HostedTool, Tool, ToolChoice } from '../../chat/request';
import { isObject, type JsonObject, textAt } from '../../json';
import { badRequest } from '../../relay.errors';
import { decodeCache, required, unknownFields } from './fields';

/** Tools Anthropic runs or has trained its models for, by the beginning of their dated `type`. */
const hosted: readonly (readonly [prefix: string, does: NonNullable<HostedTool['does']>])[] = [
  ['web_search', 'web-search'],
  ['web_fetch', 'web-fetch'],
  ['code_execution', 'code-execution'],
  ['computer', 'computer'],
  ['mcp_toolset', 'mcp'],
];

export function decodeTools(tools: unknown): readonly Tool[] {
  if (tools == null) return [];
  if (!Array.isArray(tools)) throw badRequest('tools: Input should be a valid list', 'tools');
  return tools.map(decodeTool);
}

const understood: ReadonlySet<string> = new Set([
  'type',
  'name',
  'description',
  'input_schema',
  'strict',
  'cache_control',
]);

function decodeTool(tool: unknown, index: number): Tool {
  const path = `tools.${index}`;
  if (!isObject(tool)) throw badRequest(`${path}: Input should be an object`, path);
  const type = textAt(tool, 'type') ?? 'custom';
  if (type !== 'custom') return decodeHosted(tool, type);
  const name = textAt(tool, 'name');
  if (!name) throw required(`${path}.name`);
  if (tool.input_schema != null && !isObject(tool.input_schema))
    throw badRequest(`${path}.input_schema: Input should be a valid dictionary`, `${path}.input_schema`);
  const description = textAt(tool, 'description');
  const cache = decodeCache(tool.cache_control);
  const fields = unknownFields(tool, understood);
  return {
    kind: 'function',
    name,
    ...(description ? { description } : {}),
    ...(isObject(tool.input_schema) ? { parameters: tool.input_schema } : {}),
    ...(typeof tool.strict === 'boolean' ? { strict: tool.strict } : {}),
    ...(cache ? { cache } : {}),
    ...(fields ? { extra: { issuer: 'anthropic', fields } } : {}),
  };
}

function decodeHosted(value: JsonObject, type: string): HostedTool {
  const does = hosted.find(([prefix]) => type.startsWith(prefix))?.[1];
  return { kind: 'hosted', issuer: 'anthropic', type, value, ...(does ? { does } : {}) };
}

/** `tool_choice`, which also says whether calls may run side by side. */
export function decodeToolChoice(value: unknown): Pick<ChatRequest, 'toolChoice' | 'parallelToolCalls'> {
  if (!isObject(value)) return {};
  const toolChoice = choiceOf(value);
  const { disable_parallel_tool_use: alone } = value;
  return {
    ...(toolChoice ? { toolChoice } : {}),
    ...(typeof alone === 'boolean' ? { parallelToolCalls: !alone } : {}),
  };
}

function nameOf(choice: JsonObject): string {
  const name = textAt(choice, 'name');
  if (!name) throw required('tool_choice.name');
  return name;
}

function choiceOf(value: JsonObject): ToolChoice | undefined {
  switch (value.type) {
    case 'auto':
    case 'none':
      return { kind: value.type };
    case 'any':
      return { kind: 'required' };
    case 'tool':
      return { kind: 'tool', name: nameOf(value) };
    default:
      throw badRequest("tool_choice.type: Input should be 'auto', 'any', 'tool' or 'none'", 'tool_choice.type');
  }
}
