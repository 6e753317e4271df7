import type {
  ChatRequest,
  CustomTool,
  Extension,
  FunctionTool,
  HostedTool,
  Tool,
  ToolChoice,
} from '../../chat/request';
import { arrayAt, isObject, type JsonObject, textAt } from '../../json';
import { typeOf } from './decode-items';
import { invalidType, invalidValue, missing, unknownFields } from './fields';

/** Tools OpenAI runs or has trained its models for, by the beginning of their `type`. */
const hosted: readonly (readonly [prefix: string, does: NonNullable<HostedTool['does']>])[] = [
  ['web_search', 'web-search'],
  ['code_interpreter', 'code-execution'],
  ['image_generation', 'image-generation'],
  ['file_search', 'file-search'],
  ['computer', 'computer'],
  ['mcp', 'mcp'],
];

/** `tools`, and what `additional_tools` items of the input add to them in the middle of a conversation. */
export function decodeTools(body: JsonObject): readonly Tool[] {
  const added = arrayAt(body, 'input').flatMap((item, index) =>
    isObject(item) && typeOf(item) === 'additional_tools' ? listOf(item.tools, `input[${index}].tools`) : [],
  );
  return [...listOf(body.tools, 'tools'), ...added];
}

function listOf(tools: unknown, path: string, namespace?: string): readonly Tool[] {
  if (tools == null) return [];
  if (!Array.isArray(tools)) throw invalidType(path, 'an array');
  return tools.flatMap((tool, index) => decodeTool(tool, `${path}[${index}]`, namespace));
}

function decodeTool(tool: unknown, path: string, namespace: string | undefined): readonly Tool[] {
  if (!isObject(tool)) throw invalidType(path, 'an object');
  const type = textAt(tool, 'type') ?? 'function';
  if (type === 'function') return [decodeFunction(tool, path, namespace)];
  if (type === 'custom') return [decodeCustom(tool, path, namespace)];
  if (type === 'namespace') return decodeNamespace(tool, path);
  const does = hosted.find(([prefix]) => type.startsWith(prefix))?.[1];
  return [{ kind: 'hosted', issuer: 'openai', type, value: tool, ...(does ? { does } : {}) }];
}

const functionFields: ReadonlySet<string> = new Set(['type', 'name', 'description', 'parameters', 'strict']);
const namespaceFields: ReadonlySet<string> = new Set(['type', 'name', 'tools']);

function decodeFunction(tool: JsonObject, path: string, namespace: string | undefined): FunctionTool {
  const name = nameOf(tool, path);
  const description = textAt(tool, 'description');
  const fields = unknownFields(tool, functionFields);
  return {
    kind: 'function',
    name,
    ...(description ? { description } : {}),
    ...(tool.parameters != null ? { parameters: tool.parameters } : {}),
    ...(typeof tool.strict === 'boolean' ? { strict: tool.strict } : {}),
    ...(namespace ? { namespace } : {}),
    ...(fields ? { extra: { issuer: 'openai', fields: { tool: fields } } } : {}),
  };
}

function decodeCustom(tool: JsonObject, path: string, namespace: string | undefined): CustomTool {
  const name = nameOf(tool, path);
  const description = textAt(tool, 'description');
  return {
    kind: 'custom',
    name,
    ...(description ? { description } : {}),
    ...(tool.format != null ? { format: tool.format } : {}),
    ...(namespace ? { namespace } : {}),
  };
}

/** The tools of a namespace; what it says of itself is kept with its first function. */
function decodeNamespace(tool: JsonObject, path: string): readonly Tool[] {
  const tools = listOf(tool.tools, `${path}.tools`, nameOf(tool, path));
  const fields = unknownFields(tool, namespaceFields);
  const first = tools.findIndex(({ kind }) => kind === 'function');
  return tools.map((inner, index) =>
    index === first && inner.kind === 'function' && fields
      ? { ...inner, extra: { issuer: 'openai', fields: { ...inner.extra?.fields, namespace: fields } } }
      : inner,
  );
}

function nameOf(tool: JsonObject, path: string): string {
  const name = textAt(tool, 'name');
  if (!name) throw missing(`${path}.name`);
  return name;
}

const modes = ['none', 'auto', 'required'] as const;
const isMode = (choice: unknown): choice is (typeof modes)[number] => modes.some((mode) => mode === choice);

/** `tool_choice`; what of it only OpenAI can say (a tool of an MCP server) stands beside it, as an extension. */
export function decodeToolChoice(choice: unknown): Pick<ChatRequest, 'toolChoice'> & { readonly own?: Extension } {
  if (choice == null) return {};
  if (isMode(choice)) return { toolChoice: { kind: choice } };
  if (!isObject(choice)) throw invalidValue('tool_choice', choice, modes);
  const type = textAt(choice, 'type') ?? 'function';
  const own: Extension = { issuer: 'openai', path: 'tool_choice', value: choice };
  if (type === 'function' || type === 'custom')
    return { toolChoice: { kind: 'tool', name: nameOf(choice, 'tool_choice') } };
  if (type === 'allowed_tools') return decodeAllowed(choice, own);
  return Object.keys(choice).length > 1
    ? { toolChoice: { kind: 'required' }, own }
    : { toolChoice: { kind: 'tool', name: type } };
}

function decodeAllowed(
  choice: JsonObject,
  own: Extension,
): { readonly toolChoice: ToolChoice; readonly own?: Extension } {
  const tools = arrayAt(choice, 'tools').filter(isObject);
  const names = tools.flatMap((tool) => textAt(tool, 'name') ?? textAt(tool, 'type') ?? []);
  const mode = choice.mode === 'required' ? 'required' : 'auto';
  const isPlain = tools.every((tool) => tool.type === 'function' || tool.type === 'custom');
  return { toolChoice: { kind: 'allowed', names, mode }, ...(isPlain ? {} : { own }) };
}
