import { asFunction } from '../../chat/free-text';
import type { ChatRequest, FunctionTool, Tool, ToolChoice } from '../../chat/request';
import { isObject, type JsonObject } from '../../json';
import { cachePoint, type Scope } from './encode-blocks';

type Place = Pick<Scope, 'family' | 'dropped'>;

/** `toolConfig`. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolConfiguration.html */
export function encodeTools(request: ChatRequest, place: Place): JsonObject | undefined {
  const { toolChoice, parallelToolCalls } = request;
  const called = calledTools(request);
  // There is no `none`: without tools none is called. Those the conversation has used must be named all the same.
  const isOff = toolChoice?.kind === 'none';
  if (isOff && called.size > 0) place.dropped.add('toolChoice');
  if (parallelToolCalls === false && request.tools.length > 0) place.dropped.add('parallelToolCalls');
  const wanted = isOff && called.size === 0 ? [] : request.tools.filter((tool) => isChosen(tool, toolChoice));
  const tools = wanted.flatMap((tool) => encodeTool(tool, place));
  if (tools.length > 0) return { tools, ...encodeChoice(toolChoice, place) };
  if (toolChoice && toolChoice.kind !== 'none' && toolChoice.kind !== 'auto') place.dropped.add('toolChoice');
  return called.size > 0 ? { tools: [...called].map((name) => spec({ kind: 'function', name })) } : undefined;
}

const isChosen = (tool: Tool, choice: ToolChoice | undefined): boolean =>
  choice?.kind !== 'allowed' || tool.kind === 'hosted' || choice.names.includes(tool.name);

function calledTools({ turns }: ChatRequest): Set<string> {
  const names = new Set<string>();
  for (const { blocks } of turns) for (const block of blocks) if (block.kind === 'tool-call') names.add(block.name);
  return names;
}

function encodeTool(tool: Tool, place: Place): JsonObject[] {
  if (tool.kind === 'hosted') {
    place.dropped.add(`tools[${tool.type}]`);
    return [];
  }
  const called = tool.kind === 'custom' ? asFunction(tool, place.dropped) : tool;
  if (called.strict) place.dropped.add('tools.strict');
  if (called.namespace) place.dropped.add('tools.namespace');
  return [spec(called), ...(called.cache ? cachePoint(called.cache, place) : [])];
}

function spec({ name, description, parameters }: FunctionTool): JsonObject {
  const schema = isObject(parameters) ? parameters : {};
  const json = { ...schema, type: 'object', properties: schema.properties ?? {} };
  return { toolSpec: { name, ...(description ? { description } : {}), inputSchema: { json } } };
}

function encodeChoice(choice: ToolChoice | undefined, { family, dropped }: Place): JsonObject {
  const wanted = choice && choiceOf(choice);
  if (!wanted) return {};
  const { forcesTools } = family;
  const isTaken = 'auto' in wanted || forcesTools === 'both' || (forcesTools === 'any' && 'any' in wanted);
  if (!isTaken) dropped.add('toolChoice');
  return isTaken ? { toolChoice: wanted } : {};
}

function choiceOf(choice: ToolChoice): JsonObject | undefined {
  switch (choice.kind) {
    case 'none':
      return undefined;
    case 'auto':
      return { auto: {} };
    case 'required':
      return { any: {} };
    case 'tool':
      return { tool: { name: choice.name } };
    case 'allowed':
      return choice.mode === 'required' ? { any: {} } : { auto: {} };
  }
}
