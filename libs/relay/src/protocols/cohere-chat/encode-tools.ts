import { asFunction } from '../../chat/free-text';
import type { ChatRequest, FunctionTool, Tool, ToolChoice } from '../../chat/request';
import { arrayAt, isObject, type JsonObject } from '../../json';

/** `tools`, `tool_choice` and `strict_tools`. https://docs.cohere.com/docs/tool-use-usage-patterns */
export function encodeTools(request: ChatRequest, dropped: Set<string>): JsonObject {
  const { toolChoice, parallelToolCalls } = request;
  const tools = request.tools.filter((tool) => isChosen(tool, toolChoice)).flatMap((tool) => functionOf(tool, dropped));
  if (tools.length === 0) {
    if (toolChoice && toolChoice.kind !== 'auto' && toolChoice.kind !== 'none') dropped.add('toolChoice');
    return {};
  }
  if (parallelToolCalls === false) dropped.add('parallelToolCalls');
  return { tools: tools.map(encodeFunction), ...choiceOf(toolChoice), ...strictness(tools, dropped) };
}

/** A single tool cannot be named: it is offered alone. */
function isChosen(tool: Tool, choice: ToolChoice | undefined): boolean {
  if (tool.kind === 'hosted') return true;
  if (choice?.kind === 'tool') return choice.name === tool.name;
  return choice?.kind !== 'allowed' || choice.names.includes(tool.name);
}

function functionOf(tool: Tool, dropped: Set<string>): FunctionTool[] {
  if (tool.kind === 'hosted') {
    dropped.add(`tools[${tool.type}]`);
    return [];
  }
  const called = tool.kind === 'custom' ? asFunction(tool, dropped) : tool;
  if (called.namespace) dropped.add('tools.namespace');
  if (called.cache) dropped.add('tools.cache');
  return [called];
}

const schemaOf = ({ parameters }: FunctionTool): JsonObject => (isObject(parameters) ? parameters : {});

function encodeFunction(tool: FunctionTool): JsonObject {
  const { name, description } = tool;
  const schema = schemaOf(tool);
  const parameters = { ...schema, type: 'object', properties: schema.properties ?? {} };
  return { type: 'function', function: { name, ...(description ? { description } : {}), parameters } };
}

/** Left to the model, it is not said. */
function choiceOf(choice: ToolChoice | undefined): JsonObject {
  if (choice?.kind === 'none') return { tool_choice: 'NONE' };
  const isForced =
    choice?.kind === 'required' ||
    choice?.kind === 'tool' ||
    (choice?.kind === 'allowed' && choice.mode === 'required');
  return isForced ? { tool_choice: 'REQUIRED' } : {};
}

/** For all tools or none, and each must require a parameter. https://docs.cohere.com/docs/structured-outputs#structured-outputs-tools */
function strictness(tools: readonly FunctionTool[], dropped: Set<string>): JsonObject {
  if (!tools.some(({ strict }) => strict)) return {};
  if (tools.every((tool) => tool.strict && arrayAt(schemaOf(tool), 'required').length > 0))
    return { strict_tools: true };
  dropped.add('tools.strict');
  return {};
}
