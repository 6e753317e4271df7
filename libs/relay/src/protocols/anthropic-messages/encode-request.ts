import type { Quirks } from '@app/providers';
import type { Encoded } from '../../chat/face';
import { formatInstruction } from '../../chat/format-instruction';
import type { ChatRequest, Extension, OutputFormat } from '../../chat/request';
import { isObject, type JsonObject } from '../../json';
import { encodeMeta, encodeSampling } from './encode-sampling';
import { encodeTools, isForced } from './encode-tools';
import { encodeConversation } from './encode-turns';
import { type Abilities, abilitiesOf } from '../claude-models';
import { strictSchema } from './schema';
import { encodeThinking, lacksThoughts } from '../claude-thinking';

/** A request to Anthropic, fitted to what its model takes. https://platform.claude.com/docs/en/api/messages */
export function encodeRequest(request: ChatRequest, quirks: Quirks): Encoded {
  const dropped = new Set<string>();
  const abilities = abilitiesOf(request.model);
  const { format, instruction } = encodeFormat(request.format, abilities, dropped);
  const { system, messages } = encodeConversation(request, abilities, {
    dropped,
    keepsThoughts: quirks.needsReasoningBack,
  });
  const { tools, tool_choice } = encodeTools(request, abilities, dropped);
  const obstacles = { forcedTool: isForced(tool_choice), thoughtsMissing: lacksThoughts(messages) };
  const { thinking, effort, maxTokens, active } = encodeThinking(request, abilities, obstacles, dropped);
  const instructions = instruction ? [...system, { type: 'text', text: instruction }] : system;
  const body = {
    model: request.model,
    max_tokens: maxTokens,
    ...(instructions.length > 0 ? { system: instructions } : {}),
    messages,
    ...(tools ? { tools } : {}),
    ...(tool_choice ? { tool_choice } : {}),
    ...(thinking ? { thinking } : {}),
    ...(effort || format ? { output_config: { ...(effort ? { effort } : {}), ...(format ? { format } : {}) } } : {}),
    ...encodeSampling(request.sampling, abilities, active, dropped),
    ...encodeMeta(request.meta, dropped),
    ...(request.stream ? { stream: true } : {}),
  };
  return { body: withExtensions(body, request.extensions, dropped), dropped: [...dropped] };
}

interface Format {
  readonly format?: JsonObject;
  /** Where the form cannot be enforced, the model is asked for it. */
  readonly instruction?: string;
}

/** `output_config.format`. Anthropic has no JSON mode without a schema, older models have none at all. */
function encodeFormat(format: OutputFormat | undefined, { structured }: Abilities, dropped: Set<string>): Format {
  if (!format || format.kind === 'text') return {};
  if (format.kind === 'json') {
    dropped.add('format');
    return { instruction: formatInstruction(format) };
  }
  const strict = structured && isObject(format.schema) ? strictSchema(format.schema) : undefined;
  if (!strict) {
    dropped.add('format');
    return { instruction: formatInstruction(format) };
  }
  if (strict.isLossy) dropped.add('format.schema');
  if (format.name) dropped.add('format.name');
  const description = format.description && !strict.schema.description ? { description: format.description } : {};
  return { format: { type: 'json_schema', schema: { ...strict.schema, ...description } } };
}

/** Writes the caller's own fields back to where they were (`output_config.task_budget`). */
function withExtensions(body: JsonObject, extensions: readonly Extension[], dropped: Set<string>): JsonObject {
  const result: Record<string, unknown> = { ...body };
  for (const { issuer, path, value } of extensions) {
    const [outer = path, inner] = path.split('.', 2);
    if (issuer !== 'anthropic') dropped.add(`extensions.${path}`);
    else if (inner === undefined) result[outer] = value;
    else result[outer] = { ...(isObject(result[outer]) ? result[outer] : {}), [inner]: value };
  }
  return result;
}

const counted = [
  'model',
  'messages',
  'system',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'cache_control',
  'mcp_servers',
];

/** The part of a request that `count_tokens` takes. https://platform.claude.com/docs/en/api/messages-count-tokens */
export const countTokensBody = (body: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(body).filter(([name]) => counted.includes(name)));
