import type { Tool, ToolChoice } from '../../chat/request';
import { isObject, type JsonObject, objectAt, textAt } from '../../json';
import { cacheOf } from './decode-content';
import { customToolFields, ownFields, toolFields } from './own-fields';
import { booleanField, invalidValue, listField, missing, objectField, objectOf } from './request-fields';

/** `tools`, the deprecated `functions` and `web_search_options`. https://platform.openai.com/docs/api-reference/chat/create#chat-create-tools */
export function decodeTools(body: JsonObject): Tool[] {
  const tools = listField(body, 'tools').map((tool, index) =>
    decodeTool(objectOf(tool, `tools[${index}]`), `tools[${index}]`),
  );
  const functions = listField(body, 'functions').map((tool, index) => {
    const path = `functions[${index}]`;
    return decodeFunction({}, objectOf(tool, path), path);
  });
  const search = body.web_search_options;
  const hosted: Tool[] = isObject(search)
    ? [{ kind: 'hosted', issuer: 'openai', does: 'web-search', type: 'web_search_options', value: search }]
    : [];
  return [...tools, ...functions, ...hosted];
}

/** What tools that imitators run themselves do, where their name tells. */
const hostedTools: Readonly<Record<string, 'web-search' | 'code-execution' | 'file-search' | 'mcp'>> = {
  web_search: 'web-search',
  web_search_preview: 'web-search',
  browser_search: 'web-search',
  code_interpreter: 'code-execution',
  file_search: 'file-search',
  mcp: 'mcp',
};

function decodeTool(tool: JsonObject, path: string): Tool {
  const type = textAt(tool, 'type') ?? (tool.function ? 'function' : undefined);
  if (!type) throw missing(`${path}.type`);
  if (type === 'function') return decodeFunction(tool, objectAt(tool, 'function') ?? tool, `${path}.function`);
  if (type === 'custom') return decodeCustom(tool, objectAt(tool, 'custom') ?? tool, `${path}.custom`);
  const does = Object.hasOwn(hostedTools, type) ? hostedTools[type] : undefined;
  return { kind: 'hosted', issuer: 'openai', type, value: tool, ...(does ? { does } : {}) };
}

function decodeFunction(tool: JsonObject, fields: JsonObject, path: string): Tool {
  const name = textAt(fields, 'name');
  if (!name) throw missing(`${path}.name`);
  const description = textAt(fields, 'description');
  const strict = booleanField(fields, 'strict', `${path}.strict`);
  const cache = cacheOf(tool) ?? cacheOf(fields);
  return {
    kind: 'function',
    name,
    ...(description ? { description } : {}),
    ...(fields.parameters != null ? { parameters: fields.parameters } : {}),
    ...(strict === undefined ? {} : { strict }),
    ...(cache ? { cache } : {}),
    ...ownFields({ ...tool, ...fields }, toolFields),
  };
}

function decodeCustom(tool: JsonObject, fields: JsonObject, path: string): Tool {
  const name = textAt(fields, 'name');
  if (!name) throw missing(`${path}.name`);
  const description = textAt(fields, 'description');
  return {
    kind: 'custom',
    name,
    ...(description ? { description } : {}),
    ...(fields.format != null ? { format: fields.format } : {}),
    ...ownFields({ ...tool, ...fields }, customToolFields),
  };
}

const words: Readonly<Record<string, 'auto' | 'none' | 'required'>> = {
  auto: 'auto',
  none: 'none',
  required: 'required',
  any: 'required',
};

/** `tool_choice`, or the deprecated `function_call`. */
export function decodeToolChoice(body: JsonObject): ToolChoice | undefined {
  const path = body.tool_choice == null ? 'function_call' : 'tool_choice';
  const choice = body[path];
  if (choice == null) return undefined;
  if (typeof choice === 'string') {
    const kind = Object.hasOwn(words, choice) ? words[choice] : undefined;
    if (!kind) throw invalidValue(path, choice, ['none', 'auto', 'required']);
    return { kind };
  }
  const fields = objectOf(choice, path);
  if (fields.type === 'allowed_tools')
    return decodeAllowed(objectField(fields, 'allowed_tools', `${path}.allowed_tools`) ?? fields, path);
  const name = nameOf(fields);
  if (!name) throw missing(`${path}.function.name`);
  return { kind: 'tool', name };
}

function decodeAllowed(fields: JsonObject, choice: string): ToolChoice {
  const path = `${choice}.allowed_tools.tools`;
  const names = listField(fields, 'tools', path).map((tool, index) => {
    const name = nameOf(objectOf(tool, `${path}[${index}]`));
    if (!name) throw missing(`${path}[${index}].function.name`);
    return name;
  });
  return { kind: 'allowed', names, mode: fields.mode === 'required' ? 'required' : 'auto' };
}

const nameOf = (tool: unknown): string | undefined =>
  textAt(objectAt(tool, 'function'), 'name') ?? textAt(objectAt(tool, 'custom'), 'name') ?? textAt(tool, 'name');
