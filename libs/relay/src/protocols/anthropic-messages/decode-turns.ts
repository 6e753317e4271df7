import type { Block, ImageBlock, OpaqueBlock, TextBlock, ToolCallBlock, ToolResultBlock } from '../../chat/blocks';
import type { Turn } from '../../chat/request';
import { isObject, type JsonObject, textAt } from '../../json';
import { badRequest } from '../../relay.errors';
import { decodeMedia, isMediaType } from './decode-media';
import { answered, isAnswerType } from './decode-reply';
import { decodeCache, required, unknownFields } from './fields';

const roles: ReadonlySet<string> = new Set(['user', 'assistant', 'system']);

/** What a message says besides its role and content (`clear_at`, `output_config`), kept in a block of this type. */
export const MESSAGE_FIELDS = 'message_fields';

/** `system`: a text, or text blocks. */
export function decodeSystem(system: unknown): readonly TextBlock[] {
  return contentOf(system ?? [], 'system').map((block, index) => {
    const path = `system.${index}.type`;
    if (block.kind !== 'text') throw badRequest(`${path}: Input should be 'text'`, path);
    return block;
  });
}

/** `messages`; results get the name of the tool that was called, which other protocols want repeated. */
export function decodeTurns(messages: readonly unknown[]): readonly Turn[] {
  const names = new Map<string, string>();
  return messages.map((message, index) => {
    const turn = decodeTurn(message, index);
    for (const block of turn.blocks) if (block.kind === 'tool-call') names.set(block.id, block.name);
    return { ...turn, blocks: turn.blocks.map((block) => withName(block, names)) };
  });
}

function withName(block: Block, names: ReadonlyMap<string, string>): Block {
  if (block.kind !== 'tool-result') return block;
  const name = names.get(block.callId);
  return name === undefined ? block : { ...block, name };
}

function decodeTurn(message: unknown, index: number): Turn {
  const path = `messages.${index}`;
  if (!isObject(message)) throw badRequest(`${path}: Input should be an object`, path);
  const role = textAt(message, 'role') ?? '';
  if (!roles.has(role))
    throw badRequest(`${path}.role: Input should be 'user', 'assistant' or 'system'`, `${path}.role`);
  const blocks = contentOf(message.content ?? [], `${path}.content`);
  return { role: role as Turn['role'], blocks: [...withCarriedSignatures(blocks), ...messageFields(message)] };
}

function messageFields(message: JsonObject): readonly OpaqueBlock[] {
  const value = unknownFields(message, new Set(['role', 'content']));
  return value ? [{ kind: 'opaque', issuer: 'anthropic', type: MESSAGE_FIELDS, value }] : [];
}

function contentOf(content: unknown, path: string): readonly Block[] {
  if (typeof content === 'string') return [{ kind: 'text', text: content }];
  if (!Array.isArray(content)) throw badRequest(`${path}: Input should be a valid string or list`, path);
  return content.map((block, index) => decodeBlock(block, `${path}.${index}`, index));
}

function decodeBlock(block: unknown, path: string, index: number): Block {
  if (typeof block === 'string') return { kind: 'text', text: block };
  if (!isObject(block)) throw badRequest(`${path}: Input should be an object`, path);
  const type = textAt(block, 'type');
  if (!type) throw required(`${path}.type`);
  if (type === 'tool_result') return marked(decodeToolResult(block, path), block);
  if (type === 'tool_use' && !textAt(block, 'name')) throw required(`${path}.name`);
  if (isMediaType(type)) return marked(decodeMedia(block, path), block);
  const decoded = answered(block, index);
  return isAnswerType(type) ? marked(decoded, block) : decoded;
}

function decodeToolResult(block: JsonObject, path: string): ToolResultBlock {
  const callId = textAt(block, 'tool_use_id');
  if (!callId) throw required(`${path}.tool_use_id`);
  return {
    kind: 'tool-result',
    callId,
    type: 'function',
    content: contentOf(block.content ?? [], `${path}.content`),
    ...(typeof block.is_error === 'boolean' ? { isError: block.is_error } : {}),
  };
}

/** Fields of each block that the neutral form says itself. */
const understood: Readonly<Record<string, ReadonlySet<string>>> = {
  text: new Set(['type', 'text', 'citations', 'cache_control']),
  tool_use: new Set(['type', 'id', 'name', 'input', 'cache_control']),
  tool_result: new Set(['type', 'tool_use_id', 'content', 'is_error', 'cache_control']),
  image: new Set(['type', 'source', 'cache_control']),
  document: new Set(['type', 'source', 'title', 'context', 'citations', 'cache_control']),
};

/** The block with its cache mark, and with the fields only Anthropic knows (`caller`, `toolset_name`, `transformations` …). */
function marked(decoded: Block, block: JsonObject): Block {
  const cache = decodeCache(block.cache_control);
  const known = understood[textAt(block, 'type') ?? ''];
  const fields = known && unknownFields(block, known);
  if (decoded.kind === 'reasoning' || decoded.kind === 'refusal' || decoded.kind === 'opaque') return decoded;
  return {
    ...decoded,
    ...(cache ? { cache } : {}),
    ...(fields ? { extra: { issuer: 'anthropic' as const, fields: { ...decoded.extra?.fields, ...fields } } } : {}),
  };
}

/** Signatures Gemini gave to a text, a call or a picture came to the caller in an empty thinking block behind it (encode-reply.ts). */
function withCarriedSignatures(blocks: readonly Block[]): readonly Block[] {
  const result: Block[] = [];
  for (const block of blocks) {
    const before = result.at(-1);
    const carries =
      block.kind === 'reasoning' && block.text === '' && !block.redacted && block.signature?.issuer === 'gemini';
    if (carries && before && isUnsigned(before)) result[result.length - 1] = { ...before, signature: block.signature };
    else result.push(block);
  }
  return result;
}

const isUnsigned = (block: Block): block is TextBlock | ToolCallBlock | ImageBlock =>
  (block.kind === 'text' || block.kind === 'tool-call' || block.kind === 'image') && !block.signature;
