import type { Block, CacheMark } from '../../chat/blocks';
import { type JsonObject, objectAt, textAt } from '../../json';
import { pictureFile } from '../openai-files';
import { audioType, sourceOf, unbroken } from './media';
import { invalidType, missing, objectOf, stringField } from './request-fields';

/** `content` of a message: one text or a list of parts. Empty text is none. https://platform.openai.com/docs/api-reference/chat/create */
export function decodeContent(content: unknown, path: string): Block[] {
  if (content == null || content === '') return [];
  if (typeof content === 'string') return [{ kind: 'text', text: content }];
  if (!Array.isArray(content)) throw invalidType(path, 'one of an array of objects or string', content);
  return content.flatMap((part, index) => decodePart(part, `${path}[${index}]`));
}

function decodePart(part: unknown, path: string): Block[] {
  if (typeof part === 'string') return part === '' ? [] : [{ kind: 'text', text: part }];
  const fields = objectOf(part, path);
  const type = textAt(fields, 'type');
  if (!type) throw missing(`${path}.type`);
  const decode = Object.hasOwn(parts, type) ? parts[type] : undefined;
  const block = decode ? decode(fields, path) : ({ kind: 'opaque', issuer: 'openai', type, value: fields } as const);
  const cache = cacheOf(fields);
  return block ? [cache && block.kind !== 'opaque' ? ({ ...block, cache } as Block) : block] : [];
}

/** OpenAI's own mark has no lifetime of its own; Anthropic's has, and travels through OpenRouter and its like. */
export function cacheOf(fields: JsonObject): CacheMark | undefined {
  if (objectAt(fields, 'prompt_cache_breakpoint')) return {};
  const control = objectAt(fields, 'cache_control');
  if (!control) return undefined;
  const ttl = textAt(control, 'ttl');
  return ttl === '5m' || ttl === '1h' ? { ttl } : {};
}

type Decode = (part: JsonObject, path: string) => Block | undefined;

const parts: Readonly<Record<string, Decode>> = {
  text: (part, path) => textBlock(stringField(part, 'text', `${path}.text`)),
  refusal: (part, path) => ({ kind: 'refusal', text: stringField(part, 'refusal', `${path}.refusal`) ?? '' }),
  image_url: decodeImage,
  input_audio: decodeAudio,
  file: decodeFile,
  video_url: (part, path) => ({ kind: 'video', source: sourceOf(urlOf(part, 'video_url', path)) }),
  thinking: decodeThinking,
};

const textBlock = (text: string | undefined): Block | undefined => (text ? { kind: 'text', text } : undefined);

function urlOf(part: JsonObject, name: string, path: string): string {
  const url = textAt(part, name) ?? textAt(objectAt(part, name), 'url');
  if (!url) throw missing(`${path}.${name}.url`);
  return url;
}

function decodeImage(part: JsonObject, path: string): Block {
  const detail = textAt(objectAt(part, 'image_url'), 'detail');
  return { kind: 'image', source: sourceOf(urlOf(part, 'image_url', path)), ...(detail ? { detail } : {}) };
}

function decodeAudio(part: JsonObject, path: string): Block {
  const audio = objectAt(part, 'input_audio');
  const data = textAt(audio, 'data');
  if (!data) throw missing(`${path}.input_audio.data`);
  const mediaType = audioType(textAt(audio, 'format') ?? 'wav');
  const source = sourceOf(data);
  if (source.kind === 'data') return { kind: 'audio', source };
  // Some servers take a URL in place of the bytes.
  const isUrl = data.startsWith('http:') || data.startsWith('https:');
  return {
    kind: 'audio',
    source: isUrl ? { ...source, mediaType } : { kind: 'data', mediaType, data: unbroken(data) },
  };
}

function decodeFile(part: JsonObject, path: string): Block {
  const file = objectAt(part, 'file');
  const id = textAt(file, 'file_id');
  const data = textAt(file, 'file_data');
  const name = textAt(file, 'filename');
  const named = name ? { name } : {};
  if (id) return { kind: 'file', source: { kind: 'file', id, issuer: 'openai' }, ...named };
  if (!data) throw missing(`${path}.file.file_data`);
  const source = sourceOf(data);
  if (source.kind === 'data' && source.mediaType.startsWith('image/')) return pictureFile(source, name);
  const isBare = source.kind === 'url' && !/^https?:/.test(data.slice(0, 6));
  return {
    kind: 'file',
    source: isBare ? { kind: 'data', mediaType: 'application/pdf', data: unbroken(data) } : source,
    ...named,
  };
}

/** Mistral's thoughts among the parts of an assistant message. */
function decodeThinking(part: JsonObject): Block | undefined {
  const pieces = Array.isArray(part.thinking) ? part.thinking : [part.thinking];
  const text = pieces.map((piece) => (typeof piece === 'string' ? piece : (textAt(piece, 'text') ?? ''))).join('');
  return text ? { kind: 'reasoning', text } : undefined;
}
