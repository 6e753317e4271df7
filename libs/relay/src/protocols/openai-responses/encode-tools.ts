import type { Quirks } from '@app/providers';
import type { Extra } from '../../chat/blocks';
import { asFunction } from '../../chat/free-text';
import type { ChatRequest, CustomTool, FunctionTool, HostedTool, Tool, ToolChoice } from '../../chat/request';
import { loseFields, searchLimits } from '../../chat/web-search';
import { defined, isObject, type JsonObject } from '../../json';

/** OpenAI's own version of what another protocol's tool does. */
const substitutes: Readonly<Partial<Record<NonNullable<HostedTool['does']>, JsonObject>>> = {
  'web-search': { type: 'web_search' },
  'code-execution': { type: 'code_interpreter', container: { type: 'auto' } },
  'image-generation': { type: 'image_generation' },
};

/** `tools`: flat, those of a namespace gathered in it. */
export function encodeTools(tools: readonly Tool[], customTools: boolean, dropped: Set<string>): readonly JsonObject[] {
  const written: JsonObject[] = [];
  const namespaces = new Map<string, JsonObject[]>();
  for (const tool of tools) {
    const encoded = encodeTool(tool, customTools, dropped);
    const namespace = tool.kind === 'hosted' ? undefined : tool.namespace;
    if (!encoded) continue;
    const gathered = namespace === undefined ? written : namespaces.get(namespace);
    if (gathered) gathered.push(encoded);
    else if (namespace !== undefined) written.push(openNamespace(namespace, tool, encoded, namespaces));
  }
  return written;
}

function openNamespace(name: string, tool: Tool, first: JsonObject, known: Map<string, JsonObject[]>): JsonObject {
  const tools = [first];
  known.set(name, tools);
  const fields = tool.kind === 'function' ? ownFields(tool, 'namespace') : {};
  return { type: 'namespace', name, description: '', ...fields, tools };
}

function encodeTool(tool: Tool, customTools: boolean, dropped: Set<string>): JsonObject | undefined {
  switch (tool.kind) {
    case 'function':
      return encodeFunction(tool, dropped);
    case 'custom':
      return customTools ? encodeCustom(tool) : encodeFunction(asFunction(tool, dropped), dropped);
    case 'hosted':
      return encodeHosted(tool, dropped);
  }
}

/** Left out, `strict` would be on here, unlike in every other protocol. */
function encodeFunction(tool: FunctionTool, dropped: Set<string>): JsonObject {
  if (tool.cache) dropped.add('tools.cache');
  return {
    type: 'function',
    name: tool.name,
    ...defined({ description: tool.description }),
    parameters: parametersOf(tool.parameters),
    strict: tool.strict ?? false,
    ...ownFields(tool, 'tool'),
  };
}

/** "object schema missing properties" */
function parametersOf(parameters: unknown): JsonObject {
  if (!isObject(parameters)) return { type: 'object', properties: {} };
  return parameters.type === 'object' && !isObject(parameters.properties)
    ? { ...parameters, properties: {} }
    : parameters;
}

const encodeCustom = ({ name, description, format }: CustomTool): JsonObject => ({
  type: 'custom',
  name,
  ...defined({ description, format }),
});

/** Tools of this protocol go as they came; `web_search_options` is how chat asks for a search. */
function encodeHosted(tool: HostedTool, dropped: Set<string>): JsonObject | undefined {
  const { issuer, type, does, value } = tool;
  if (issuer === 'openai' && isObject(value) && value.type === type) return value;
  const substitute = does && substitutes[does];
  if (!substitute) dropped.add(`tools[${type}]`);
  else if (does === 'web-search') return { ...substitute, ...limitsOf(tool, dropped) };
  else loseFields(tool, dropped);
  return substitute;
}

function limitsOf(tool: HostedTool, dropped: Set<string>): JsonObject {
  const known = ['allowed_domains', 'blocked_domains', 'search_context_size', 'user_location'] as const;
  const { allowed_domains, blocked_domains, ...rest } = searchLimits(tool, known, dropped);
  const filters = defined({ allowed_domains, blocked_domains });
  return { ...rest, ...(Object.keys(filters).length > 0 ? { filters } : {}) };
}

function ownFields({ extra }: { readonly extra?: Extra }, name: 'tool' | 'namespace'): JsonObject {
  const fields = extra?.issuer === 'openai' ? extra.fields[name] : undefined;
  return isObject(fields) ? fields : {};
}

type Named = Pick<ChatRequest, 'toolChoice' | 'tools'>;

export function encodeToolChoice({ toolChoice, tools }: Named, quirks: Quirks, dropped: Set<string>): unknown {
  if (!toolChoice) return undefined;
  switch (toolChoice.kind) {
    case 'tool':
      return referTo(toolChoice.name, tools, quirks.customTools);
    case 'allowed':
      return encodeAllowed(toolChoice, tools, quirks, dropped);
    default:
      return toolChoice.kind;
  }
}

function encodeAllowed(
  { names, mode }: Extract<ToolChoice, { kind: 'allowed' }>,
  tools: readonly Tool[],
  { customTools }: Quirks,
  dropped: Set<string>,
): unknown {
  if (customTools)
    return { type: 'allowed_tools', mode, tools: names.map((name) => referTo(name, tools, customTools)) };
  const [only] = names;
  if (names.length === 1 && mode === 'required' && only !== undefined) return referTo(only, tools, customTools);
  dropped.add('toolChoice.names');
  return mode;
}

/** A tool by its name; one the upstream runs by its type. */
function referTo(name: string, tools: readonly Tool[], customTools: boolean): JsonObject {
  const tool = tools.find((known) => (known.kind === 'hosted' ? known.type : known.name) === name);
  if (tool?.kind === 'hosted')
    return { type: tool.issuer === 'openai' ? tool.type : tool.does && substitutes[tool.does]?.type };
  return { type: tool?.kind === 'custom' && customTools ? 'custom' : 'function', name };
}
