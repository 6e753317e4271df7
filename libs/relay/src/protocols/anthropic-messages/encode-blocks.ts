import type { Block, BlockKind, ReasoningBlock, TextBlock, ToolCallBlock, ToolResultBlock } from '../../chat/blocks';
import { wrapFreeText } from '../../chat/free-text';
import type { Turn } from '../../chat/request';
import { isObject, type JsonObject } from '../../json';
import { ownCitations } from './citations';
import { encodeFile, encodeImage } from './encode-media';
import { inputObject } from './encode-reply';
import { encodeCache } from './fields';

export interface Scope {
  readonly role: Turn['role'];
  readonly dropped: Set<string>;
  /** The upstream (no Claude) wants thoughts back even if nobody signed them. */
  readonly keepsThoughts: boolean;
}

/** A block of a message; undefined where it has no place, which `dropped` then says. */
export function encodeBlock(block: Block, scope: Scope): JsonObject | undefined {
  // Each handler takes the block of its own kind; the table's type says so, the lookup cannot.
  return (handlers[block.kind] as (block: Block, scope: Scope) => JsonObject | undefined)(block, scope);
}

const handlers: {
  readonly [K in BlockKind]: (block: Extract<Block, { kind: K }>, scope: Scope) => JsonObject | undefined;
} = {
  text: encodeText,
  refusal: ({ text }) => (isBlank(text) ? undefined : { type: 'text', text }),
  image: (block, scope) => (scope.role === 'user' ? encodeImage(block, scope.dropped) : lose('image', scope)),
  file: (block, scope) => (scope.role === 'user' ? encodeFile(block, scope.dropped) : lose('file', scope)),
  audio: (block, scope) => {
    lose('audio', scope);
    return block.transcript && !isBlank(block.transcript) ? { type: 'text', text: block.transcript } : undefined;
  },
  video: (_block, scope) => lose('video', scope),
  'tool-call': encodeToolUse,
  'tool-result': encodeToolResult,
  reasoning: encodeThoughts,
  opaque: (block, scope) =>
    block.issuer === 'anthropic' && isObject(block.value) ? block.value : lose(block.type, scope),
};

function lose(what: string, { dropped }: Scope): undefined {
  dropped.add(`turns.${what}`);
  return undefined;
}

/** "text content blocks must contain non-whitespace text" */
const isBlank = (text: string): boolean => text.trim() === '';

function encodeText(block: TextBlock, scope: Scope): JsonObject | undefined {
  if (block.signature) lose('signature', scope);
  if (block.phase) lose('phase', scope);
  if (isBlank(block.text)) return undefined;
  const citations = ownCitations(block.citations ?? []);
  if (citations.length < (block.citations?.length ?? 0)) lose('citations', scope);
  return withOwn(block, { type: 'text', text: block.text, ...(citations.length > 0 ? { citations } : {}) });
}

function encodeToolUse(block: ToolCallBlock, scope: Scope): JsonObject {
  if (block.signature) lose('signature', scope);
  if (block.namespace) lose('namespace', scope);
  const input = inputObject(block.type === 'custom' ? wrapFreeText(block.input) : block.input);
  return withOwn(block, { type: 'tool_use', id: safeId(block.id), name: block.name, input });
}

function encodeToolResult(block: ToolResultBlock, scope: Scope): JsonObject {
  const inner: Scope = { ...scope, role: 'user' };
  const content = block.content.map((item) => encodeBlock(item, inner)).filter((item) => item !== undefined);
  return withOwn(block, {
    type: 'tool_result',
    tool_use_id: safeId(block.callId),
    ...(content.length > 0 ? { content } : {}),
    ...(block.isError === undefined ? {} : { is_error: block.isError }),
  });
}

/** Other vendors put colons and dots into ids (`functions.get_weather:0`); Anthropic refuses those. */
const safeId = (id: string): string => id.replace(/[^a-zA-Z0-9_-]/g, '_');

/** Claude refuses thoughts it has not signed itself. */
function encodeThoughts(block: ReasoningBlock, scope: Scope): JsonObject | undefined {
  const { signature, redacted, text, summary = [] } = block;
  if (scope.role !== 'assistant') return lose('reasoning', scope);
  if (signature?.issuer === 'anthropic') {
    return redacted
      ? { type: 'redacted_thinking', data: signature.value }
      : { type: 'thinking', thinking: text, signature: signature.value };
  }
  const thoughts = [text, ...summary].filter((part) => part !== '').join('\n\n');
  if (!scope.keepsThoughts || thoughts === '') return lose('reasoning', scope);
  if (signature) lose('signature', scope);
  return { type: 'thinking', thinking: thoughts, signature: '' };
}

/** A block with its cache mark and the fields its Anthropic caller gave it. */
export function withOwn({ cache, extra }: Pick<TextBlock, 'cache' | 'extra'>, encoded: JsonObject): JsonObject {
  return { ...encoded, ...(extra?.issuer === 'anthropic' ? extra.fields : {}), ...encodeCache(cache) };
}
