import type { FileBlock, ImageBlock, Source, VideoBlock } from '../../chat/blocks';
import type { JsonObject } from '../../json';
import type { Scope } from './encode-blocks';

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ImageBlock.html, …_DocumentBlock.html, …_VideoBlock.html */
const imageFormats: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpeg',
  'image/jpg': 'jpeg',
  'image/gif': 'gif',
  'image/webp': 'webp',
};
const documentFormats: Readonly<Record<string, string>> = {
  'application/pdf': 'pdf',
  'text/csv': 'csv',
  'application/msword': 'doc',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.ms-excel': 'xls',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'text/html': 'html',
  'text/markdown': 'md',
};
const videoFormats: Readonly<Record<string, string>> = {
  'video/mp4': 'mp4',
  'video/quicktime': 'mov',
  'video/x-matroska': 'mkv',
  'video/webm': 'webm',
  'video/x-flv': 'flv',
  'video/mpeg': 'mpeg',
  'video/x-ms-wmv': 'wmv',
  'video/3gpp': 'three_gp',
};

export function encodeImage({ source, detail }: ImageBlock, { dropped }: Scope): JsonObject | undefined {
  if (detail && detail !== 'auto') dropped.add('turns.image.detail');
  return medium('image', source, imageFormats, dropped);
}

export const encodeVideo = ({ source }: VideoBlock, { dropped }: Scope): JsonObject | undefined =>
  medium('video', source, videoFormats, dropped);

function medium(
  kind: 'image' | 'video',
  source: Source,
  formats: Readonly<Record<string, string>>,
  dropped: Set<string>,
): JsonObject | undefined {
  const found = bytesOf(source);
  const format = found && formats[found.mediaType];
  if (format === undefined) {
    dropped.add(`turns.${kind}`);
    return undefined;
  }
  return { [kind]: { format, source: found?.source } };
}

const textual = /^(text\/|application\/(json|xml|yaml|x-yaml|javascript)\b)/;

/** Every document has a name, no two the same, of letters, digits, single spaces and `-()[]`. */
export function encodeFile(block: FileBlock, { dropped, names }: Scope): JsonObject | undefined {
  const found = bytesOf(block.source);
  const format = found && (documentFormats[found.mediaType] ?? (textual.test(found.mediaType) ? 'txt' : undefined));
  if (format === undefined) {
    dropped.add('turns.file');
    return undefined;
  }
  const { context, citations } = block;
  return {
    document: {
      format,
      name: nameOf(block.name, names),
      source: found?.source,
      ...(context ? { context } : {}),
      ...(citations === undefined ? {} : { citations: { enabled: citations } }),
    },
  };
}

function nameOf(given: string | undefined, names: Set<string>): string {
  const plain = (given ?? '')
    .replace(/\.\w{1,5}$/, '')
    .replace(/[^A-Za-z0-9\-()[\]]+/g, ' ')
    .trim()
    .slice(0, 190);
  const base = plain || 'document';
  let name = base;
  for (let copy = 2; names.has(name); copy += 1) name = `${base} ${copy}`;
  names.add(name);
  return name;
}

interface Found {
  readonly mediaType: string;
  readonly source: JsonObject;
}

const dataUrl = /^data:([^;,]+)[^,]*;base64,/;

/** Converse takes bytes or an object in S3; it fetches nothing from the web. */
function bytesOf(source: Source): Found | undefined {
  switch (source.kind) {
    case 'data':
      return { mediaType: source.mediaType, source: { bytes: source.data } };
    case 'text':
      return {
        mediaType: source.mediaType ?? 'text/plain',
        source: { bytes: Buffer.from(source.text, 'utf8').toString('base64') },
      };
    case 'url': {
      const mediaType = dataUrl.exec(source.url)?.[1];
      if (mediaType) return { mediaType, source: { bytes: source.url.slice(source.url.indexOf(',') + 1) } };
      return source.url.startsWith('s3://') && source.mediaType
        ? { mediaType: source.mediaType, source: { s3Location: { uri: source.url } } }
        : undefined;
    }
    case 'file':
      return undefined;
  }
}
