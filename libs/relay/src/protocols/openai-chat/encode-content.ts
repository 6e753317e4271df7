import type {
  AudioBlock,
  Block,
  CacheMark,
  FileBlock,
  ImageBlock,
  Source,
  TextBlock,
  VideoBlock,
} from '../../chat/blocks';
import type { JsonObject } from '../../json';
import { fileNameFor } from '../openai-files';
import { audioFormat, dataUrl } from './media';

/** How content is written for one upstream. */
export interface ContentContext {
  /** Content may be a list of parts. */
  readonly parts: boolean;
  readonly video: boolean;
  /** How a mark for the prompt cache is written; undefined: not at all. */
  readonly cache: ((mark: CacheMark) => JsonObject) | undefined;
  /** Adds a path to what cannot be told. */
  drop(path: string): void;
}

/** Anthropic's way, through OpenRouter and Qwen. */
export const cacheControl = ({ ttl }: CacheMark): JsonObject => ({
  cache_control: { type: 'ephemeral', ...(ttl ? { ttl } : {}) },
});
/** https://platform.openai.com/docs/guides/prompt-caching — only with `prompt_cache_options`, which newer models alone know. */
export const cacheBreakpoint = (): JsonObject => ({ prompt_cache_breakpoint: { mode: 'explicit' } });

const PARAGRAPH = '\n\n';

/** Content of a user or system message: one text where that says it all, else parts. `place` begins the paths of what is dropped. */
export function encodeContent(
  blocks: readonly Block[],
  context: ContentContext,
  place: string,
): string | readonly JsonObject[] {
  const parts = blocks.flatMap((block) => encodePart(block, context, place));
  const only = parts.length === 1 ? parts[0] : undefined;
  if (parts.length === 0) return '';
  if (only && typeof only.text === 'string' && Object.keys(only).length === 2) return only.text;
  return context.parts ? parts : joinedText(parts, context, place);
}

function joinedText(parts: readonly JsonObject[], { drop }: ContentContext, place: string): string {
  const texts: string[] = [];
  for (const { type, text } of parts) {
    if (typeof text === 'string') texts.push(text);
    else drop(`${place}.${pathOf[String(type)] ?? String(type)}`);
  }
  return texts.join(PARAGRAPH);
}

const pathOf: Readonly<Record<string, string>> = { image_url: 'image', input_audio: 'audio', video_url: 'video' };

function encodePart(block: Block, context: ContentContext, place: string): JsonObject[] {
  const encode = Object.hasOwn(encoders, block.kind) ? encoders[block.kind] : undefined;
  // Each handler takes the block of its own kind; the table's type says so, the lookup cannot.
  const part = encode ? (encode as Encode<Block>)(block, context, place) : undefined;
  if (!part) {
    context.drop(`${place}${block.kind === 'opaque' ? `[${block.type}]` : `.${block.kind}`}`);
    return [];
  }
  return part.text === '' ? [] : [marked(part, block, context, place)];
}

function marked(part: JsonObject, block: Block, { cache, drop }: ContentContext, place: string): JsonObject {
  const mark = 'cache' in block ? block.cache : undefined;
  if (!mark) return part;
  if (cache) return { ...part, ...cache(mark) };
  drop(`${place}.cache`);
  return part;
}

type Encode<B> = (block: B, context: ContentContext, place: string) => JsonObject | undefined;

const encoders: { readonly [K in Block['kind']]?: Encode<Extract<Block, { kind: K }>> } = {
  text: ({ text }: TextBlock) => ({ type: 'text', text }),
  refusal: ({ text }) => ({ type: 'text', text }),
  image: encodeImage,
  audio: encodeAudio,
  file: encodeFile,
  video: encodeVideo,
  opaque: ({ issuer, type, value }) =>
    issuer === 'openai' && vendorParts.has(type) ? (value as JsonObject) : undefined,
};

/** Parts that only some imitators know; their callers know why. Qwen, vLLM, Zhipu, Mistral. */
const vendorParts: ReadonlySet<string> = new Set(['audio_url', 'video', 'file_url', 'document_url', 'input_video']);

/** `original` is the Responses API's. */
function encodeImage({ source, detail }: ImageBlock): JsonObject | undefined {
  const url = urlOf(source);
  if (url === undefined) return undefined;
  return {
    type: 'image_url',
    image_url: { url, ...(detail ? { detail: detail === 'original' ? 'high' : detail } : {}) },
  };
}

/** Bytes; some servers take a URL in their place. */
function encodeAudio({ source }: AudioBlock): JsonObject | undefined {
  if (source.kind === 'data')
    return { type: 'input_audio', input_audio: { data: source.data, format: audioFormat(source.mediaType) } };
  if (source.kind !== 'url' || !source.mediaType) return undefined;
  return { type: 'input_audio', input_audio: { data: source.url, format: audioFormat(source.mediaType) } };
}

function encodeFile(file: FileBlock, context: ContentContext, place: string): JsonObject | undefined {
  const { source, name } = file;
  if (file.citations) context.drop(`${place}.file.citations`);
  if (source.kind === 'text')
    return { type: 'text', text: [name, file.context, source.text].filter((text) => text).join('\n') };
  if (file.context) context.drop(`${place}.file.context`);
  if (source.kind === 'file') {
    return source.issuer === 'openai'
      ? { type: 'file', file: { file_id: source.id, ...(name ? { filename: name } : {}) } }
      : undefined;
  }
  // OpenAI takes no URL; OpenRouter does, in the place of the bytes.
  if (source.kind === 'url')
    return context.cache === cacheControl
      ? { type: 'file', file: { filename: name ?? 'file', file_data: source.url } }
      : undefined;
  return {
    type: 'file',
    file: { filename: name ?? fileNameFor(source.mediaType), file_data: dataUrl(source.mediaType, source.data) },
  };
}

function encodeVideo({ source }: VideoBlock, { video }: ContentContext): JsonObject | undefined {
  const url = video ? urlOf(source) : undefined;
  return url === undefined ? undefined : { type: 'video_url', video_url: { url } };
}

function urlOf(source: Source): string | undefined {
  if (source.kind === 'url') return source.url;
  return source.kind === 'data' ? dataUrl(source.mediaType, source.data) : undefined;
}
