import type { Block, TextBlock } from '../../chat/blocks';
import type { ChatRequest, Extension } from '../../chat/request';
import { defined, isObject, type JsonObject } from '../../json';
import { badRequest } from '../../relay.errors';
import { Calls } from './calls';
import { configExtensions, decodeFormat, decodeModalities, decodeSampling, extensionsOf } from './decode-config';
import { decodeContents, decodeParts } from './decode-contents';
import { decodeToolChoice, decodeTools } from './decode-tools';
import { field, objectField, otherFields, textField } from './fields';
import { neutralTier } from './service-tier';
import { decodeThinking } from './thinking';

const understood: ReadonlySet<string> = new Set([
  ...['model', 'contents', 'systemInstruction', 'tools', 'toolConfig', 'generationConfig', 'serviceTier', 'store'],
]);
const objects = ['toolConfig', 'generationConfig'] as const;

/** A `GenerateContentRequest`; its model and method are in the path. https://ai.google.dev/api/generate-content */
export function decodeRequest(
  body: JsonObject,
  path: { readonly model?: string; readonly stream?: boolean },
): ChatRequest {
  for (const name of objects) {
    const value = field(body, name);
    if (value !== undefined && !isObject(value))
      throw badRequest(`Invalid value at '${name}': expected an object.`, name);
  }
  const config = objectField(body, 'generationConfig');
  const toolConfig = objectField(body, 'toolConfig');
  const { system, unspoken } = decodeSystem(body);
  return defined<ChatRequest>({
    model: path.model ?? (textField(body, 'model') ?? '').replace(/^models\//, ''),
    stream: path.stream ?? false,
    system,
    turns: decodeContents(body),
    tools: decodeTools(body),
    toolChoice: decodeToolChoice(objectField(toolConfig, 'functionCallingConfig')),
    reasoning: decodeThinking(objectField(config, 'thinkingConfig')),
    format: decodeFormat(config),
    sampling: decodeSampling(config),
    meta: decodeMeta(body, config),
    extensions: [
      ...extensionsOf(otherFields(body, understood) ?? {}),
      ...configExtensions(config),
      ...toolExtensions(toolConfig),
      ...unspoken,
    ],
  });
}

/** Instructions are text; what else is in them no other protocol takes there. */
function decodeSystem(body: JsonObject): { readonly system: TextBlock[]; readonly unspoken: Extension[] } {
  const instruction = field(body, 'systemInstruction');
  if (instruction === undefined) return { system: [], unspoken: [] };
  const content =
    isObject(instruction) && field(instruction, 'parts') === undefined ? { parts: [instruction] } : instruction;
  const blocks = decodeParts(Array.isArray(content) ? { parts: content } : content, 'systemInstruction', new Calls());
  const isText = (block: Block): block is TextBlock => block.kind === 'text';
  const rest = blocks.filter((block) => !isText(block));
  return {
    system: blocks.filter(isText).filter(({ text }) => text !== ''),
    unspoken: rest.length > 0 ? extensionsOf({ systemInstruction: instruction }) : [],
  };
}

function decodeMeta(body: JsonObject, config: JsonObject | undefined): ChatRequest['meta'] {
  const tier = textField(body, 'serviceTier');
  const store = field(body, 'store');
  return {
    ...decodeModalities(config),
    ...(tier && tier !== 'unspecified' ? { serviceTier: neutralTier(tier) } : {}),
    ...(typeof store === 'boolean' ? { store } : {}),
  };
}

const choiceFields: ReadonlySet<string> = new Set(['mode', 'allowedFunctionNames']);

function toolExtensions(config: JsonObject | undefined): Extension[] {
  if (!config) return [];
  const calling = objectField(config, 'functionCallingConfig');
  const validated = textField(calling, 'mode')?.toUpperCase() === 'VALIDATED' ? { mode: 'VALIDATED' } : {};
  const unknown = calling ? (otherFields(calling, choiceFields) ?? {}) : {};
  return [
    ...extensionsOf(otherFields(config, new Set(['functionCallingConfig'])) ?? {}, 'toolConfig'),
    ...extensionsOf({ ...validated, ...unknown }, 'toolConfig.functionCallingConfig'),
  ];
}
