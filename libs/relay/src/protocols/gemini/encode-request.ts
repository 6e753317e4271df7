import type { Quirks } from '@app/providers';
import type { Encoded } from '../../chat/face';
import type { ChatRequest, Extension } from '../../chat/request';
import { defined, isObject, type JsonObject } from '../../json';
import { encodeConfig, encodeMeta } from './encode-config';
import { encodeContents } from './encode-contents';
import { encodeTools } from './encode-tools';
import { familyOf } from './family';

/** The model and whether it streams are in the URL. https://ai.google.dev/api/generate-content */
export function encodeRequest(request: ChatRequest, _quirks: Quirks): Encoded {
  const dropped = new Set<string>();
  const family = familyOf(request.model);
  const { tools, toolConfig } = encodeTools(request, family, dropped);
  const config = encodeConfig(request, family, dropped);
  if (request.parallelToolCalls === false && tools.length > 0) dropped.add('parallelToolCalls');
  const body = defined<Record<string, unknown>>({
    ...encodeConversation(request, family, dropped),
    tools: tools.length > 0 ? tools : undefined,
    toolConfig,
    generationConfig: Object.keys(config).length > 0 ? config : undefined,
    ...encodeMeta(request.meta, dropped),
  });
  extend(body, request.extensions, dropped);
  return { body, dropped: [...dropped] };
}

/** A conversation of instructions alone is put to the model as what the user says: without contents a request is refused. */
function encodeConversation(
  { system, turns }: ChatRequest,
  family: ReturnType<typeof familyOf>,
  dropped: Set<string>,
): JsonObject {
  if (system.some(({ cache }) => cache)) dropped.add('system.cache');
  const instructions = system.filter(({ text }) => text !== '').map(({ text }) => ({ text }));
  const contents = encodeContents(turns, family, dropped);
  if (contents.length === 0 && instructions.length > 0) return { contents: [{ role: 'user', parts: instructions }] };
  return { contents, ...(instructions.length > 0 ? { systemInstruction: { parts: instructions } } : {}) };
}

/** Fields only Gemini knows go back to their places, `generationConfig.speechConfig` into the object of that name. */
function extend(body: Record<string, unknown>, extensions: readonly Extension[], dropped: Set<string>): void {
  const copies = new Set<unknown>();
  for (const { issuer, path, value } of extensions) {
    if (issuer !== 'gemini') {
      dropped.add(`extensions.${path}`);
      continue;
    }
    const names = path.split('.');
    const last = names.pop() ?? path;
    names.reduce((at, name) => copyAt(at, name, copies), body)[last] = value;
  }
}

/** The object under a name, copied once so that it may be added to. */
function copyAt(parent: Record<string, unknown>, name: string, copies: Set<unknown>): Record<string, unknown> {
  const found = parent[name];
  if (copies.has(found)) return found as Record<string, unknown>;
  const copy = isObject(found) ? { ...found } : {};
  copies.add(copy);
  parent[name] = copy;
  return copy;
}
