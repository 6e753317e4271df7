import { createHash } from 'node:crypto';
import type {
  Block,
  BlockKind,
  CacheMark,
  ReasoningBlock,
  TextBlock,
  ToolCallBlock,
  ToolResultBlock,
} from '../../chat/blocks';
import { wrapFreeText } from '../../chat/free-text';
import type { Turn } from '../../chat/request';
import { isObject, type JsonObject, parseJson } from '../../json';
import { encodeFile, encodeImage, encodeVideo } from './encode-media';
import type { Family } from './family';

export interface Scope {
  readonly role: Turn['role'];
  readonly family: Family;
  readonly dropped: Set<string>;
  /** Names of documents so far. */
  readonly names: Set<string>;
}

/** A block of a message with the cache point behind it; empty where it has no place, which `dropped` then says. */
export function encodeBlock(block: Block, scope: Scope): readonly JsonObject[] {
  // Each handler takes the block of its own kind; the table's type says so, the lookup cannot.
  const encoded = (handlers[block.kind] as (block: Block, scope: Scope) => JsonObject | undefined)(block, scope);
  if (!encoded) return [];
  const cache = 'cache' in block ? block.cache : undefined;
  return cache ? [encoded, ...cachePoint(cache, scope)] : [encoded];
}

export function cachePoint({ ttl }: CacheMark, { family, dropped }: Pick<Scope, 'family' | 'dropped'>): JsonObject[] {
  if (family.cachePoints) return [{ cachePoint: { type: 'default', ...(ttl ? { ttl } : {}) } }];
  dropped.add('cache');
  return [];
}

const handlers: {
  readonly [K in BlockKind]: (block: Extract<Block, { kind: K }>, scope: Scope) => JsonObject | undefined;
} = {
  text: encodeText,
  refusal: ({ text }) => (isBlank(text) ? undefined : { text }),
  image: (block, scope) => (scope.role === 'user' ? encodeImage(block, scope) : lose('image', scope)),
  file: (block, scope) => (scope.role === 'user' ? encodeFile(block, scope) : lose('file', scope)),
  video: (block, scope) => (scope.role === 'user' ? encodeVideo(block, scope) : lose('video', scope)),
  audio: (block, scope) => {
    lose('audio', scope);
    return block.transcript && !isBlank(block.transcript) ? { text: block.transcript } : undefined;
  },
  'tool-call': encodeToolUse,
  'tool-result': encodeToolResult,
  reasoning: encodeThoughts,
  opaque: (block, scope) =>
    block.issuer === 'bedrock' && isObject(block.value) ? block.value : lose(block.type, scope),
};

function lose(what: string, { dropped }: Scope): undefined {
  dropped.add(`turns.${what}`);
  return undefined;
}

/** "The text field in the ContentBlock object is blank." */
const isBlank = (text: string): boolean => text.trim() === '';

function encodeText(block: TextBlock, scope: Scope): JsonObject | undefined {
  if (block.signature) lose('signature', scope);
  if (block.phase) lose('phase', scope);
  if (block.citations?.length) lose('citations', scope);
  return isBlank(block.text) ? undefined : { text: block.text };
}

function encodeToolUse(block: ToolCallBlock, scope: Scope): JsonObject {
  if (block.signature) lose('signature', scope);
  if (block.namespace) lose('namespace', scope);
  const value = parseJson(block.type === 'custom' ? wrapFreeText(block.input) : block.input);
  const input = isObject(value) ? value : { value: block.input };
  return { toolUse: { toolUseId: safeId(block.id), name: block.name, input } };
}

function encodeToolResult(block: ToolResultBlock, scope: Scope): JsonObject {
  const inner: Scope = { ...scope, role: 'user' };
  const content = block.content.flatMap((item) => encodeBlock(item, inner)).filter((item) => !('cachePoint' in item));
  const tells = block.isError !== undefined && scope.family.resultStatus;
  if (block.isError && !tells) lose('tool-result.isError', scope);
  return {
    toolResult: {
      toolUseId: safeId(block.callId),
      content,
      ...(tells ? { status: block.isError ? 'error' : 'success' } : {}),
    },
  };
}

/** 1 to 64 of `A-Za-z0-9_-`; other vendors' ids are longer or hold colons and dots. */
function safeId(id: string): string {
  const safe = id.replace(/[^a-zA-Z0-9_-]/g, '_');
  return safe.length <= 64
    ? safe
    : `${safe.slice(0, 31)}_${createHash('sha256').update(id).digest('hex').slice(0, 32)}`;
}

/** Only Claude takes its thoughts back, and only those it has signed. */
function encodeThoughts({ signature, redacted, text }: ReasoningBlock, scope: Scope): JsonObject | undefined {
  const isOwn = signature?.issuer === 'anthropic' || signature?.issuer === 'bedrock';
  if (scope.role !== 'assistant' || !isOwn || (signature.issuer === 'anthropic' && !scope.family.claude))
    return lose('reasoning', scope);
  if (!redacted) return { reasoningContent: { reasoningText: { text, signature: signature.value } } };
  // AWS encodes what Anthropic calls `data` once more.
  const bytes = signature.issuer === 'anthropic' ? Buffer.from(signature.value).toString('base64') : signature.value;
  return { reasoningContent: { redactedContent: bytes } };
}
