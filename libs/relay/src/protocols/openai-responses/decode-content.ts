import type { Block, OpaqueBlock, ReasoningBlock, TextBlock } from '../../chat/blocks';
import { arrayAt, isObject, type JsonObject, textAt } from '../../json';
import { decodeAnnotations } from './annotations';
import { carriedIn, type Target } from './carriers';
import { invalidType, listField, stringField } from './fields';
import { isMadeUp } from './ids';
import { decodeAudio, decodeFile, decodeImage } from './media';

/** `content` of a message or `output` of a tool: a text, or parts. */
export function contentOf(content: unknown, path: string): readonly Block[] {
  if (content == null) return [];
  if (typeof content === 'string') return [{ kind: 'text', text: content }];
  if (!Array.isArray(content)) throw invalidType(path, 'a string or an array');
  return content.map((part, index) => decodePart(part, `${path}[${index}]`));
}

type Decode = (part: JsonObject, path: string) => Block | undefined;

const texts: Decode = (part, path) => decodeText(part, path);

/** Parts of content, by `type`. */
const parts: Readonly<Record<string, Decode>> = {
  input_text: texts,
  output_text: texts,
  text: texts,
  summary_text: texts,
  refusal: (part, path) => ({ kind: 'refusal', text: stringField(part, 'refusal', `${path}.refusal`) ?? '' }),
  input_image: decodeImage,
  image_url: decodeImage,
  input_file: decodeFile,
  input_audio: decodeAudio,
};

function decodePart(part: unknown, path: string): Block {
  if (typeof part === 'string') return { kind: 'text', text: part };
  if (!isObject(part)) throw invalidType(path, 'an object');
  const type = textAt(part, 'type') ?? '';
  const decode = Object.hasOwn(parts, type) ? parts[type] : undefined;
  const block = decode?.(part, path);
  if (!block) return opaque(type, part);
  return isObject(part.prompt_cache_breakpoint) && block.kind !== 'refusal' ? marked(block) : block;
}

const marked = (block: Block): Block =>
  block.kind === 'text' || block.kind === 'image' || block.kind === 'file' ? { ...block, cache: {} } : block;

function decodeText(part: JsonObject, path: string): TextBlock {
  const citations = decodeAnnotations(arrayAt(part, 'annotations'));
  return {
    kind: 'text',
    text: stringField(part, 'text', `${path}.text`) ?? '',
    ...(citations.length > 0 ? { citations } : {}),
  };
}

export const opaque = (type: string, value: unknown): OpaqueBlock => ({
  kind: 'opaque',
  issuer: 'openai',
  type,
  value,
});

/** A reasoning item: the thoughts, or what it carries for something else. */
export interface Reasoning {
  readonly block: ReasoningBlock;
  readonly target: Target;
}

export function decodeReasoning(item: JsonObject, path: string): Reasoning {
  const told = listField(item, 'summary', `${path}.summary`)
    .map(textOf)
    .filter((text) => text !== '');
  const text = listField(item, 'content', `${path}.content`).map(textOf).join('');
  const id = textAt(item, 'id');
  const encrypted = textAt(item, 'encrypted_content');
  const { target, signature } = encrypted ? carriedIn(encrypted) : noCarrier;
  // Thoughts that an upstream shows in full were shown as a summary if the caller asked for one.
  const isForeign = signature ? foreign.has(signature.issuer) : id !== undefined && isMadeUp(id);
  const inFull = isForeign && text === '' && told.length === 1 ? told[0] : undefined;
  const block: ReasoningBlock = {
    kind: 'reasoning',
    text: inFull ?? text,
    ...(told.length > 0 && inFull === undefined ? { summary: told } : {}),
    ...(signature ? { signature } : {}),
    ...(target.kind === 'redacted' ? { redacted: true } : {}),
    ...(id && !isMadeUp(id) ? { id } : {}),
  };
  return { block, target };
}

const noCarrier = { target: { kind: 'reasoning' }, signature: undefined } as const;
/** Issuers that show thoughts in full and never a summary in OpenAI's sense. */
const foreign: ReadonlySet<string> = new Set(['anthropic', 'gemini', 'bedrock']);

const textOf = (part: unknown): string => (typeof part === 'string' ? part : (textAt(part, 'text') ?? ''));
