import { asFunction } from '../../chat/free-text';
import type { ChatRequest, FunctionTool, Tool, ToolChoice } from '../../chat/request';
import type { JsonObject } from '../../json';
import type { RequestWriter } from './request-writer';

/** `tools`, `tool_choice`, `parallel_tool_calls` and `web_search_options`. https://platform.openai.com/docs/guides/function-calling */
export function encodeTools(request: ChatRequest, writer: RequestWriter): void {
  const { toolChoice, parallelToolCalls } = request;
  const tools = offered(request, writer).flatMap((tool) => encodeTool(tool, writer));
  if (tools.length === 0) return;
  writer.set('tools', tools, 'tools');
  if (toolChoice) writer.set('tool_choice', encodeChoice(toolChoice, request.tools, writer), 'toolChoice');
  writer.set('parallel_tool_calls', parallelToolCalls, 'parallelToolCalls');
}

/** Who does not know `allowed_tools` is offered only those. */
function offered({ tools, toolChoice }: ChatRequest, { quirks }: RequestWriter): readonly Tool[] {
  if (toolChoice?.kind !== 'allowed' || quirks.customTools) return tools;
  return tools.filter((tool) => tool.kind === 'hosted' || toolChoice.names.includes(tool.name));
}

function encodeTool(tool: Tool, writer: RequestWriter): JsonObject[] {
  if (tool.kind === 'function') return [encodeFunction(tool, writer)];
  if (tool.kind === 'custom') {
    if (!writer.quirks.customTools) return [encodeFunction(asFunction(tool, writer.dropped), writer)];
    const { name, description, format } = tool;
    return [
      {
        type: 'custom',
        custom: {
          name,
          ...(description ? { description } : {}),
          ...(format === undefined ? {} : { format: nested(format) }),
        },
      },
    ];
  }
  if (tool.issuer === 'openai' && tool.type === 'web_search_options')
    writer.set('web_search_options', tool.value, 'tools[web_search_options]');
  else writer.dropped.add(`tools[${tool.type}]`);
  return [];
}

function encodeFunction(tool: FunctionTool, { dropped }: RequestWriter): JsonObject {
  const { name, description, parameters, strict, cache, namespace } = tool;
  if (cache) dropped.add('tools.cache');
  if (namespace) dropped.add('tools.namespace');
  return {
    type: 'function',
    function: {
      name,
      ...(description ? { description } : {}),
      parameters: parameters ?? { type: 'object', properties: {} },
      ...(strict === undefined ? {} : { strict }),
    },
  };
}

/** The Responses API writes a grammar flat, chat in a field of its own. */
function nested(format: unknown): unknown {
  const { type, syntax, definition } = format as Record<string, unknown>;
  return type === 'grammar' && definition !== undefined ? { type, grammar: { syntax, definition } } : format;
}

function encodeChoice(choice: ToolChoice, tools: readonly Tool[], { quirks }: RequestWriter): unknown {
  const named = (name: string): JsonObject => {
    const isCustom = quirks.customTools && tools.some((tool) => tool.kind === 'custom' && tool.name === name);
    return isCustom ? { type: 'custom', custom: { name } } : { type: 'function', function: { name } };
  };
  if (choice.kind === 'tool') return named(choice.name);
  if (choice.kind !== 'allowed') return choice.kind;
  if (!quirks.customTools) return choice.mode;
  return { type: 'allowed_tools', allowed_tools: { mode: choice.mode, tools: choice.names.map(named) } };
}
