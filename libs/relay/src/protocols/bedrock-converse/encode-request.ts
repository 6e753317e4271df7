import type { Encoded } from '../../chat/face';
import { formatInstruction } from '../../chat/format-instruction';
import type { ChatRequest, Extension, OutputFormat } from '../../chat/request';
import type { JsonObject } from '../../json';
import { encodeMeta, encodeSampling } from './encode-sampling';
import { encodeThinking } from './encode-thinking';
import { encodeTools } from './encode-tools';
import { encodeConversation } from './encode-turns';
import { type Family, familyOf } from './family';
import { isEmpty } from './fields';

/** A request to Converse; model and streaming are in its path. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
export function encodeRequest(request: ChatRequest): Encoded {
  const dropped = new Set<string>();
  const family = familyOf(request.model);
  const { system, messages } = encodeConversation(request, { family, dropped, names: new Set() });
  const toolConfig = encodeTools(request, { family, dropped });
  const isForced = toolConfig?.toolChoice !== undefined && !('auto' in (toolConfig.toolChoice as JsonObject));
  const thought = encodeThinking(request, family, { messages, isForced }, dropped);
  const { inferenceConfig, additional } = encodeSampling(request.sampling, family, thought, dropped);
  const { outputConfig, instruction } = encodeFormat(request.format, family, dropped);
  const instructions = instruction ? [...system, { text: instruction }] : system;
  const more = { ...own(request.extensions, family, dropped), ...additional, ...thought.additional };
  const body = {
    messages,
    ...(instructions.length > 0 ? { system: instructions } : {}),
    ...(isEmpty(inferenceConfig) ? {} : { inferenceConfig }),
    ...(toolConfig ? { toolConfig } : {}),
    ...(outputConfig ? { outputConfig } : {}),
    ...(isEmpty(more) ? {} : { additionalModelRequestFields: more }),
    ...encodeMeta(request.meta, dropped),
  };
  return { body, dropped: [...dropped] };
}

interface Format {
  readonly outputConfig?: JsonObject;
  readonly instruction?: string;
}

/** Schemas are only taken in a strict form: OpenAI's strict ones have it, any other is asked for in words. */
function encodeFormat(format: OutputFormat | undefined, { structured }: Family, dropped: Set<string>): Format {
  if (!format || format.kind === 'text') return {};
  if (format.kind === 'json' || !format.strict || !structured) {
    dropped.add('format');
    return { instruction: formatInstruction(format) };
  }
  const { name, description, schema } = format;
  const jsonSchema = {
    schema: JSON.stringify(schema),
    ...(name ? { name } : {}),
    ...(description ? { description } : {}),
  };
  return { outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema } } } };
}

/** What only Anthropic's protocol has a field for goes to a Claude as it is. */
function own(extensions: readonly Extension[], { claude }: Family, dropped: Set<string>): JsonObject {
  const fields: Record<string, unknown> = {};
  for (const { issuer, path, value } of extensions) {
    if (issuer === 'anthropic' && claude && !path.includes('.')) fields[path] = value;
    else dropped.add(`extensions.${path}`);
  }
  return fields;
}
