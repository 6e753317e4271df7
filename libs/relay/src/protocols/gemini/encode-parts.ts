import type {
  Block,
  BlockKind,
  Extra,
  ReasoningBlock,
  Signature,
  ToolCallBlock,
  ToolResultBlock,
} from '../../chat/blocks';
import { plainText } from '../../chat/blocks';
import { isObject, type JsonObject, parseJson } from '../../json';
import { argsOf, isMadeUp } from './calls';
import type { Family } from './family';
import { SUMMARY_BREAK } from './signatures';
import { partOfSource } from './sources';

export type Part = Record<string, unknown>;

/** What encoding a block needs to know of the request. */
export interface PartContext {
  readonly family: Family;
  readonly dropped: Set<string>;
  /** Names of the calls by their ids: a function response must repeat them. */
  readonly names: ReadonlyMap<string, string>;
}

type BlockOf<K extends BlockKind> = Extract<Block, { kind: K }>;
type Encoders = { readonly [K in BlockKind]: (block: BlockOf<K>, context: PartContext) => readonly Part[] };

const encoders: Encoders = {
  text: (block, context) => {
    if (block.citations) context.dropped.add('turns.citations');
    if (block.phase) context.dropped.add('turns.phase');
    const part = signed({ text: block.text }, block.signature, context);
    return block.text === '' && !part.thoughtSignature ? [] : [part];
  },
  image: (block, context) => {
    if (block.detail && block.detail !== 'auto') context.dropped.add('turns.image.detail');
    return media(block, context).map((part) => signed(part, block.signature, context));
  },
  file: (block, context) => {
    for (const name of ['name', 'context', 'citations'] as const)
      if (block[name]) context.dropped.add(`turns.file.${name}`);
    return media(block, context);
  },
  audio: (block, context) => media(block, context),
  video: (block, context) => media(block, context),
  'tool-call': (block, context) => [signed({ functionCall: callOf(block) }, block.signature, context)],
  'tool-result': (block, context) => encodeResult(block, context),
  reasoning: (block, context) => encodeThought(block, context),
  refusal: (block) => (block.text === '' ? [] : [{ text: block.text }]),
  opaque: (block, { dropped }) => {
    if (block.issuer === 'gemini' && isObject(block.value)) return [block.value];
    dropped.add(`turns.${block.type}`);
    return [];
  },
};

/** The parts one block becomes; what is lost is named in `dropped`. */
export function encodeBlock(block: Block, context: PartContext): readonly Part[] {
  if ('cache' in block && block.cache) context.dropped.add('turns.cache');
  // The table's type says that each encoder takes the block of its own kind; the lookup cannot.
  const parts = (encoders[block.kind] as (block: Block, context: PartContext) => readonly Part[])(block, context);
  const extra = 'extra' in block ? ownFields(block.extra) : undefined;
  return extra && parts[0] ? [merged(parts[0], extra), ...parts.slice(1)] : parts;
}

export const ownFields = (extra: Extra | undefined): JsonObject | undefined =>
  extra?.issuer === 'gemini' ? extra.fields : undefined;

/** Fields of a part's data lie one level deeper. */
function merged(part: Part, fields: JsonObject): Part {
  const result = { ...part };
  for (const [name, value] of Object.entries(fields)) {
    const before = result[name];
    result[name] = isObject(before) && isObject(value) ? { ...before, ...value } : value;
  }
  return result;
}

/** A signature goes back to its issuer only. */
function signed(part: Part, signature: Signature | undefined, { dropped }: PartContext): Part {
  if (!signature) return part;
  if (signature.issuer === 'gemini') part.thoughtSignature = signature.value;
  else dropped.add('turns.reasoning');
  return part;
}

function media(block: BlockOf<'image' | 'file' | 'audio' | 'video'>, { dropped }: PartContext): Part[] {
  const part = partOfSource(block);
  if (part) return [{ ...part }];
  dropped.add(`turns.${block.kind}`);
  return block.kind === 'audio' && block.transcript ? [{ text: block.transcript }] : [];
}

function callOf(block: ToolCallBlock): JsonObject {
  const { id, name, input } = block;
  return { ...(isMadeUp(id) ? {} : { id }), name, args: argsOf(block) ?? { input } };
}

/** Thoughts come without a wall between them and the caller's: unsigned ones are taken, foreign signatures are not. */
function encodeThought(block: ReasoningBlock, context: PartContext): Part[] {
  const text = block.text || (block.summary ?? []).join(SUMMARY_BREAK);
  if (text === '') {
    const part = signed({ text: '' }, block.signature, context);
    return part.thoughtSignature ? [part] : [];
  }
  return [signed({ text, thought: true }, block.signature, context)];
}

const isMedia = ({ kind }: Block): boolean =>
  kind === 'image' || kind === 'file' || kind === 'audio' || kind === 'video';

/** Models before Gemini 3 take media only beside a function response. */
function encodeResult(block: ToolResultBlock, context: PartContext): Part[] {
  const { callId, content, isError } = block;
  const name = context.names.get(callId) ?? block.name ?? callId;
  const parts = content.filter(isMedia).flatMap((item) => encodeBlock(item, context));
  for (const { kind } of content)
    if (kind !== 'text' && !isMedia({ kind } as Block)) context.dropped.add(`turns.tool-result.${kind}`);
  const inside = context.family.mediaInResponses && parts.length > 0;
  const functionResponse = {
    ...(isMadeUp(callId) ? {} : { id: callId }),
    name,
    response: responseOf(content, isError ?? false, parts.length > 0),
    ...(inside ? { parts } : {}),
  };
  return [{ functionResponse }, ...(inside ? [] : parts)];
}

/** Digits beyond what a double holds would change on the way through `JSON.parse`. */
const LONG_NUMBER = /\d{16}/;

function responseOf(content: readonly Block[], isError: boolean, hasMedia: boolean): JsonObject {
  const texts = content.filter(({ kind }) => kind === 'text');
  const text = texts.length > 1 ? texts.map((block) => plainText([block])).join('\n') : plainText(texts);
  if (text === '' && hasMedia && !isError) return {};
  const value = /^\s*[[{]/.test(text) && !LONG_NUMBER.test(text) ? (parseJson(text) ?? text) : text;
  if (isError) return { error: value };
  return isObject(value) ? value : { output: value };
}
