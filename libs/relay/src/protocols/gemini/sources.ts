import type { AudioBlock, Extra, FileBlock, ImageBlock, Source, VideoBlock } from '../../chat/blocks';
import type { JsonObject } from '../../json';
import { entryOf, invalidValue, textField } from './fields';

type MediaBlock = ImageBlock | AudioBlock | VideoBlock | FileBlock;

const byExtension: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  heic: 'image/heic',
  heif: 'image/heif',
  pdf: 'application/pdf',
  txt: 'text/plain',
  md: 'text/md',
  csv: 'text/csv',
  html: 'text/html',
  json: 'application/json',
  mp3: 'audio/mp3',
  wav: 'audio/wav',
  flac: 'audio/flac',
  ogg: 'audio/ogg',
  mp4: 'video/mp4',
  mov: 'video/quicktime',
  webm: 'video/webm',
};

const fallback: Readonly<Record<MediaBlock['kind'], string>> = {
  image: 'image/jpeg',
  audio: 'audio/wav',
  video: 'video/mp4',
  file: 'application/pdf',
};

/** What a URL's ending tells of its content. */
function typeOfUrl(url: string): string | undefined {
  const path = url.split(/[?#]/, 1)[0] ?? '';
  return entryOf(byExtension, path.slice(path.lastIndexOf('.') + 1).toLowerCase());
}

const isYouTube = (url: string): boolean => /^https?:\/\/(?:www\.|m\.)?(?:youtube\.com|youtu\.be)\//.test(url);

/** Google's own stores; everything else is a page of the web. */
const isStored = (uri: string): boolean =>
  uri.startsWith('gs://') || uri.startsWith('files/') || /^https:\/\/generativelanguage\.googleapis\.com\//.test(uri);

/** Python's SDK sends base64 in the alphabet for URLs. */
const standardBase64 = (data: string): string =>
  data.includes('-') || data.includes('_') ? data.replaceAll('-', '+').replaceAll('_', '/') : data;

/** `path` is that of the blob in the caller's request. */
export function inlineSource(blob: JsonObject, path: string): Source {
  const data = textField(blob, 'data');
  if (!data) throw invalidValue(`${path}.data`, 'base64');
  const mediaType = textField(blob, 'mimeType') ?? 'application/octet-stream';
  return { kind: 'data', mediaType, data: standardBase64(data) };
}

export function fileSource(file: JsonObject, path: string): Source {
  const uri = textField(file, 'fileUri');
  if (!uri) throw invalidValue(`${path}.fileUri`, 'a URI');
  const mediaType = textField(file, 'mimeType') ?? (isYouTube(uri) ? 'video/mp4' : typeOfUrl(uri));
  const typed = mediaType ? { mediaType } : {};
  return isStored(uri) ? { kind: 'file', id: uri, issuer: 'gemini', ...typed } : { kind: 'url', url: uri, ...typed };
}

/** The block a source makes, by its media type. */
export function mediaBlock(source: Source, name: string | undefined, extra: Extra | undefined): MediaBlock {
  const kind = kindOf(('mediaType' in source && source.mediaType) || '');
  const isFile = kind === 'file';
  const field = source.kind === 'data' ? 'inlineData' : 'fileData';
  // Only files have names elsewhere.
  const named = !isFile && name ? { [field]: { displayName: name } } : undefined;
  const fields = named || extra ? { ...extra?.fields, ...named } : undefined;
  return {
    kind,
    source,
    ...(isFile && name ? { name } : {}),
    ...(fields ? { extra: { issuer: 'gemini', fields } } : {}),
  } as MediaBlock;
}

function kindOf(mediaType: string): MediaBlock['kind'] {
  const kind = mediaType.split('/', 1)[0];
  return kind === 'image' || kind === 'audio' || kind === 'video' ? kind : 'file';
}

/** A source as a part; undefined where it lies in another vendor's store. */
export function partOfSource({ kind, source }: MediaBlock): JsonObject | undefined {
  switch (source.kind) {
    case 'data':
      return { inlineData: { mimeType: source.mediaType, data: source.data } };
    case 'text':
      return {
        inlineData: {
          mimeType: source.mediaType ?? 'text/plain',
          data: Buffer.from(source.text, 'utf8').toString('base64'),
        },
      };
    case 'url':
      return {
        fileData: { fileUri: source.url, mimeType: source.mediaType ?? typeOfUrl(source.url) ?? fallback[kind] },
      };
    case 'file':
      if (source.issuer !== 'gemini') return undefined;
      return { fileData: { fileUri: source.id, ...(source.mediaType ? { mimeType: source.mediaType } : {}) } };
  }
}
