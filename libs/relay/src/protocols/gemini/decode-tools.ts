import type { FunctionTool, HostedTool, Tool, ToolChoice } from '../../chat/request';
import { isObject, type JsonObject } from '../../json';
import { badRequest } from '../../relay.errors';
import { arrayField, camelOf, checkedObject, checkedWord, field, invalidValue, otherFields, textField } from './fields';
import { fromGeminiSchema } from './schema-read';

/** Built-in tools by their field in `Tool`, and what they do in common words. https://ai.google.dev/api/caching#Tool */
const hosted: Readonly<Record<string, HostedTool['does']>> = {
  googleSearch: 'web-search',
  googleSearchRetrieval: 'web-search',
  enterpriseWebSearch: 'web-search',
  exaAiSearch: 'web-search',
  parallelAiSearch: 'web-search',
  urlContext: 'web-fetch',
  codeExecution: 'code-execution',
  fileSearch: 'file-search',
  retrieval: 'file-search',
  computerUse: 'computer',
  mcpServers: 'mcp',
};

export function decodeTools(body: JsonObject): Tool[] {
  const tools = field(body, 'tools') ?? [];
  if (isObject(tools)) return decodeTool(tools, 0);
  if (!Array.isArray(tools)) throw badRequest("Invalid value at 'tools': expected a list.", 'tools');
  return tools.flatMap((tool, at) => decodeTool(tool, at));
}

/** One `Tool` may hold several tools, each in a field of its own. */
function decodeTool(tool: unknown, at: number): Tool[] {
  if (!isObject(tool)) throw badRequest(`Invalid value at 'tools[${at}]': expected an object.`, `tools[${at}]`);
  return Object.entries(tool).flatMap(([name, value]): Tool[] => {
    const type = camelOf(name);
    if (value === null || value === undefined) return [];
    if (type !== 'functionDeclarations') return [hostedTool(type, value)];
    const path = `tools[${at}].${type}`;
    if (!Array.isArray(value)) throw invalidValue(path, 'a list');
    return value.map((declaration, index) => decodeFunction(declaration, `${path}[${index}]`));
  });
}

function hostedTool(type: string, value: unknown): HostedTool {
  const does = Object.hasOwn(hosted, type) ? hosted[type] : undefined;
  return { kind: 'hosted', issuer: 'gemini', ...(does ? { does } : {}), type, value };
}

const commonFields: ReadonlySet<string> = new Set(['name', 'description']);

/** The schema is also kept as it came, for a Gemini on the other side. */
function decodeFunction(declaration: unknown, path: string): FunctionTool {
  const name = textField(declaration, 'name');
  if (!name || !isObject(declaration)) throw badRequest(`Invalid function name at '${path}.name'.`, `${path}.name`);
  const description = textField(declaration, 'description');
  const own = checkedObject(declaration, 'parameters', path);
  const parameters = field(declaration, 'parametersJsonSchema') ?? (own && fromGeminiSchema(own));
  const fields = otherFields(declaration, commonFields);
  return {
    kind: 'function',
    name,
    ...(description ? { description } : {}),
    ...(parameters === undefined ? {} : { parameters }),
    ...(fields ? { extra: { issuer: 'gemini', fields } } : {}),
  };
}

const modes: ReadonlySet<string> = new Set(['AUTO', 'ANY', 'NONE', 'VALIDATED']);

/**
 * `functionCallingConfig` → choice. VALIDATED leaves it to the model, as AUTO does, but holds calls to their schema; only then may
 * AUTO be limited to some functions. https://ai.google.dev/gemini-api/docs/function-calling#function_calling_modes
 */
export function decodeToolChoice(config: JsonObject | undefined): ToolChoice | undefined {
  const names = arrayField(config, 'allowedFunctionNames').filter((name): name is string => typeof name === 'string');
  switch (checkedWord(config, 'mode', 'toolConfig.functionCallingConfig', modes)) {
    case 'NONE':
      return { kind: 'none' };
    case 'ANY':
      if (names.length === 1 && names[0] !== undefined) return { kind: 'tool', name: names[0] };
      return names.length > 0 ? { kind: 'allowed', names, mode: 'required' } : { kind: 'required' };
    case 'AUTO':
    case 'VALIDATED':
      return names.length > 0 ? { kind: 'allowed', names, mode: 'auto' } : { kind: 'auto' };
    default:
      return undefined;
  }
}
