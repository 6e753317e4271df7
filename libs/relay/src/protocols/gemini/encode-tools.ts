import { asFunction } from '../../chat/free-text';
import type { ChatRequest, FunctionTool, HostedTool, ToolChoice } from '../../chat/request';
import { loseFields } from '../../chat/web-search';
import { isObject, type JsonObject } from '../../json';
import { ownFields } from './encode-parts';
import type { Family } from './family';
import { toGeminiSchema } from './schema';

export interface EncodedTools {
  readonly tools: readonly JsonObject[];
  readonly toolConfig?: JsonObject;
}

/** Gemini's own tools that stand in for another vendor's. */
const standIns: Readonly<Partial<Record<NonNullable<HostedTool['does']>, string>>> = {
  'web-search': 'googleSearch',
  'web-fetch': 'urlContext',
  'code-execution': 'codeExecution',
};

/** All functions go into one `Tool`, built-in tools into one each. */
export function encodeTools({ tools, toolChoice }: ChatRequest, family: Family, dropped: Set<string>): EncodedTools {
  const declarations = tools.flatMap((tool) => {
    if (tool.kind === 'hosted') return [];
    return [declare(tool.kind === 'custom' ? asFunction(tool, dropped) : tool, dropped)];
  });
  const mayStandIn = family.mixesTools || declarations.length === 0;
  const builtIn = tools.flatMap((tool) => (tool.kind === 'hosted' ? encodeHosted(tool, mayStandIn, dropped) : []));
  const calling = encodeChoice(
    toolChoice,
    declarations.map(({ name }) => String(name)),
    dropped,
  );
  const stoodIn = declarations.length > 0 && tools.some((tool) => tool.kind === 'hosted' && tool.issuer !== 'gemini');
  const toolConfig = {
    ...(calling ? { functionCallingConfig: calling } : {}),
    // https://ai.google.dev/gemini-api/docs/tool-combination
    ...(stoodIn && builtIn.length > 0 ? { includeServerSideToolInvocations: true } : {}),
  };
  return {
    tools: [...(declarations.length > 0 ? [{ functionDeclarations: declarations }] : []), ...builtIn],
    ...(Object.keys(toolConfig).length > 0 ? { toolConfig } : {}),
  };
}

function declare(tool: FunctionTool, dropped: Set<string>): JsonObject {
  const { name, description, strict, cache, namespace } = tool;
  if (strict) dropped.add('tools.strict');
  if (cache) dropped.add('tools.cache');
  if (namespace) dropped.add('tools.namespace');
  const own = ownFields(tool.extra);
  return {
    name,
    ...(description ? { description } : {}),
    ...(own?.parameters || own?.parametersJsonSchema ? {} : parametersOf(tool, dropped)),
    ...own,
  };
}

/** A function without parameters has none: an object without properties is refused by some models. */
function parametersOf({ name, parameters }: FunctionTool, dropped: Set<string>): JsonObject {
  if (!isObject(parameters)) return {};
  const { schema, lost } = toGeminiSchema({ type: 'object', ...parameters });
  for (const keyword of lost) dropped.add(`tools[${name}].parameters.${keyword}`);
  const empty =
    schema.type === 'OBJECT' && (!isObject(schema.properties) || Object.keys(schema.properties).length === 0);
  return empty ? {} : { parameters: schema };
}

function encodeHosted(tool: HostedTool, mayStandIn: boolean, dropped: Set<string>): JsonObject[] {
  const { issuer, type, value, does } = tool;
  if (issuer === 'gemini') return [{ [type]: value }];
  const own = does === undefined ? undefined : standIns[does];
  if (own === undefined || !mayStandIn) {
    dropped.add(`tools[${type}]`);
    return [];
  }
  // What the other vendor's tool was told besides (domains, limits) has no place here.
  loseFields(tool, dropped);
  return [{ [own]: {} }];
}

/** Without functions there is nothing to choose from, and a mode is refused. */
function encodeChoice(
  choice: ToolChoice | undefined,
  names: readonly string[],
  dropped: Set<string>,
): JsonObject | undefined {
  if (!choice || choice.kind === 'none') return choice && names.length > 0 ? { mode: 'NONE' } : undefined;
  const wanted = choice.kind === 'tool' ? [choice.name] : choice.kind === 'allowed' ? choice.names : [];
  const declared = new Set(names);
  const allowed = wanted.filter((name) => declared.has(name));
  if (names.length === 0 || allowed.length < wanted.length) {
    if (choice.kind !== 'auto') dropped.add('toolChoice');
    if (names.length === 0 || allowed.length === 0) return undefined;
  }
  switch (choice.kind) {
    case 'auto':
      return { mode: 'AUTO' };
    case 'required':
      return { mode: 'ANY' };
    case 'tool':
      return { mode: 'ANY', allowedFunctionNames: allowed };
    case 'allowed':
      return { mode: choice.mode === 'required' ? 'ANY' : 'VALIDATED', allowedFunctionNames: allowed };
  }
}
