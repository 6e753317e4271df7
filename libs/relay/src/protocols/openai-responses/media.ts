import type { AudioBlock, FileBlock, ImageBlock, Source } from '../../chat/blocks';
import { defined, type JsonObject, objectAt, textAt } from '../../json';
import { fileNameFor, pictureFile } from '../openai-files';

/** A URL as content parts have it: bytes when it is a `data:` URL. */
export function sourceOf(url: string): Source {
  const comma = url.startsWith('data:') ? url.indexOf(',') : -1;
  if (comma < 0) return { kind: 'url', url };
  const [mediaType, ...parameters] = url.slice('data:'.length, comma).split(';');
  const body = url.slice(comma + 1);
  const data = parameters.includes('base64') ? unbroken(body) : Buffer.from(unescaped(body), 'utf8').toString('base64');
  return { kind: 'data', mediaType: mediaType || 'text/plain', data };
}

const unbroken = (data: string): string => (data.includes('\n') ? data.replace(/\s+/g, '') : data);

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const dataUrl = (mediaType: string, data: string): string => `data:${mediaType};base64,${data}`;

/** `input_image`: `image_url` (some send chat's object) or `file_id`. */
export function decodeImage(part: JsonObject): ImageBlock | undefined {
  const url = textAt(part, 'image_url') ?? textAt(objectAt(part, 'image_url'), 'url');
  const file = textAt(part, 'file_id');
  const detail = textAt(part, 'detail') ?? textAt(objectAt(part, 'image_url'), 'detail');
  const source: Source | undefined = url
    ? sourceOf(url)
    : file
      ? { kind: 'file', id: file, issuer: 'openai' }
      : undefined;
  return source && { kind: 'image', source, ...(detail ? { detail } : {}) };
}

/** `input_file`: `file_data` (a data URL; bare base64 means a PDF), `file_url` or `file_id`. */
export function decodeFile(part: JsonObject): FileBlock | ImageBlock | undefined {
  const data = textAt(part, 'file_data');
  const url = textAt(part, 'file_url');
  const id = textAt(part, 'file_id');
  const name = textAt(part, 'filename');
  const source = data ? fileData(data) : url ? sourceOf(url) : id ? fileId(id) : undefined;
  if (source?.kind === 'data' && source.mediaType.startsWith('image/')) return pictureFile(source, name);
  return source && { kind: 'file', source, ...(name ? { name } : {}) };
}

const fileData = (data: string): Source =>
  data.startsWith('data:') ? sourceOf(data) : { kind: 'data', mediaType: 'application/pdf', data: unbroken(data) };

const fileId = (id: string): Source => ({ kind: 'file', id, issuer: 'openai' });

/** `format` of `input_audio`. */
const audioTypes: ReadonlyMap<string, string> = new Map([
  ['mp3', 'audio/mpeg'],
  ['pcm16', 'audio/pcm'],
]);
const audioFormats: Readonly<Record<string, string>> = {
  'audio/mpeg': 'mp3',
  'audio/x-wav': 'wav',
  'audio/wave': 'wav',
  'audio/vnd.wave': 'wav',
  'audio/pcm': 'pcm16',
};

export function decodeAudio(part: JsonObject): AudioBlock | undefined {
  const audio = objectAt(part, 'input_audio') ?? part;
  const data = textAt(audio, 'data');
  const format = textAt(audio, 'format') ?? 'wav';
  const mediaType = audioTypes.get(format) ?? `audio/${format}`;
  return data ? { kind: 'audio', source: { kind: 'data', mediaType, data: unbroken(data) } } : undefined;
}

export function encodeImage({ source, detail = 'auto' }: ImageBlock): JsonObject | undefined {
  switch (source.kind) {
    case 'url':
      return { type: 'input_image', detail, image_url: source.url };
    case 'data':
      return { type: 'input_image', detail, image_url: dataUrl(source.mediaType, source.data) };
    case 'file':
      return source.issuer === 'openai' ? { type: 'input_image', detail, file_id: source.id } : undefined;
    case 'text':
      return undefined;
  }
}

export function encodeFile({ source, name }: FileBlock): JsonObject | undefined {
  switch (source.kind) {
    case 'url':
      return defined({ type: 'input_file', filename: name, file_url: source.url });
    case 'data':
      return fileOf(name ?? fileNameFor(source.mediaType), source.mediaType, source.data);
    case 'text': {
      const mediaType = source.mediaType ?? 'text/plain';
      return fileOf(name ?? fileNameFor(mediaType), mediaType, Buffer.from(source.text, 'utf8').toString('base64'));
    }
    case 'file':
      return source.issuer === 'openai' ? { type: 'input_file', file_id: source.id } : undefined;
  }
}

const fileOf = (filename: string, mediaType: string, data: string): JsonObject => ({
  type: 'input_file',
  filename,
  file_data: dataUrl(mediaType, data),
});

export function encodeAudio({ source }: AudioBlock): JsonObject | undefined {
  if (source.kind !== 'data') return undefined;
  const [type = ''] = source.mediaType.split(';');
  const format = audioFormats[type] ?? type.slice(type.indexOf('/') + 1);
  return { type: 'input_audio', input_audio: { data: source.data, format } };
}
