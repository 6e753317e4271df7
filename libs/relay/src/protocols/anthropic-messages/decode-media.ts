import type { FileBlock, ImageBlock, Source } from '../../chat/blocks';
import { arrayAt, isObject, type JsonObject, objectAt, textAt } from '../../json';
import { badRequest } from '../../relay.errors';
import { required } from './fields';

const media: Readonly<Record<string, (block: JsonObject, path: string) => ImageBlock | FileBlock>> = {
  image: decodeImage,
  document: decodeDocument,
  search_result: decodeSearchResult,
};

export const isMediaType = (type: string): boolean => Object.hasOwn(media, type);

/** `image`, `document`, `search_result`. */
export function decodeMedia(block: JsonObject, path: string): ImageBlock | FileBlock {
  const decode = media[textAt(block, 'type') ?? ''];
  if (!decode) throw badRequest(`${path}.type: Input should be an image, document or search_result`, `${path}.type`);
  return decode(block, path);
}

function decodeImage(block: JsonObject, path: string): ImageBlock {
  return { kind: 'image', source: decodeSource(block.source, `${path}.source`) };
}

function decodeDocument(block: JsonObject, path: string): FileBlock {
  const title = textAt(block, 'title');
  const context = textAt(block, 'context');
  const citations = objectAt(block, 'citations')?.enabled;
  const source = objectAt(block, 'source');
  return {
    kind: 'file',
    source: decodeSource(source, `${path}.source`),
    ...(title ? { name: title } : {}),
    ...(context ? { context } : {}),
    ...(typeof citations === 'boolean' ? { citations } : {}),
    // A document made of blocks reads as one text elsewhere; Anthropic gets its blocks, which citations count.
    ...(source?.type === 'content' ? { extra: { issuer: 'anthropic', fields: { source } } } : {}),
  };
}

/** A search result is a text with a title to others, where it is from above it; Anthropic gets it as it was. */
function decodeSearchResult(block: JsonObject): FileBlock {
  const { type, source, content, citations } = block;
  const title = textAt(block, 'title');
  return {
    kind: 'file',
    source: { kind: 'text', text: [source, textOf(content)].filter((text) => text).join('\n\n') },
    ...(title ? { name: title } : {}),
    ...(isObject(citations) && typeof citations.enabled === 'boolean' ? { citations: citations.enabled } : {}),
    extra: { issuer: 'anthropic', fields: { type, source, content } },
  };
}

function decodeSource(source: unknown, path: string): Source {
  if (!isObject(source)) throw required(path);
  const mediaType = textAt(source, 'media_type');
  switch (source.type) {
    case 'base64':
      return { kind: 'data', mediaType: mediaType ?? 'application/octet-stream', data: told(source, 'data', path) };
    case 'url':
      return { kind: 'url', url: told(source, 'url', path) };
    case 'file':
      return { kind: 'file', id: told(source, 'file_id', path), issuer: 'anthropic' };
    case 'text':
      return { kind: 'text', text: told(source, 'data', path, true), mediaType: mediaType ?? 'text/plain' };
    case 'content':
      return { kind: 'text', text: textOf(source.content) };
    default:
      throw badRequest(`${path}.type: Input should be 'base64', 'url', 'file', 'text' or 'content'`, `${path}.type`);
  }
}

function told(source: JsonObject, name: string, path: string, mayBeEmpty = false): string {
  const value = textAt(source, name);
  if (value === undefined || (value === '' && !mayBeEmpty)) throw required(`${path}.${name}`);
  return value;
}

const textOf = (content: unknown): string =>
  typeof content === 'string'
    ? content
    : arrayAt({ content }, 'content')
        .map((block) => textAt(block, 'text'))
        .filter((text) => text)
        .join('\n\n');
