import type { FileBlock, ImageBlock, Source } from '../../chat/blocks';
import type { JsonObject } from '../../json';
import { encodeCache } from './fields';

const dataUrl = /^data:([^;,]+)[^,]*;base64,/;

/** `image`: base64, a URL, or a file at Anthropic. */
export function encodeImage(block: ImageBlock, dropped: Set<string>): JsonObject | undefined {
  const source = encodeSource(block.source);
  if (block.detail && block.detail !== 'auto') dropped.add('turns.image.detail');
  if (!source || source.type === 'text') {
    dropped.add('turns.image');
    return undefined;
  }
  return { type: 'image', source, ...own(block), ...encodeCache(block.cache) };
}

/** `document`: a PDF or plain text; other formats are not read. */
export function encodeFile(block: FileBlock, dropped: Set<string>): JsonObject | undefined {
  const { name, context, citations } = block;
  const source = encodeSource(block.source);
  if (!source || (source.type === 'base64' && source.media_type !== 'application/pdf')) {
    dropped.add('turns.file');
    return undefined;
  }
  return {
    type: 'document',
    source,
    ...(name ? { title: name } : {}),
    ...(context ? { context } : {}),
    ...(citations === undefined ? {} : { citations: { enabled: citations } }),
    ...own(block),
    ...encodeCache(block.cache),
  };
}

const own = ({ extra }: ImageBlock | FileBlock): JsonObject => (extra?.issuer === 'anthropic' ? extra.fields : {});

function encodeSource(source: Source): JsonObject | undefined {
  switch (source.kind) {
    case 'data':
      return encodeData(source.mediaType, source.data);
    case 'text':
      return { type: 'text', media_type: 'text/plain', data: source.text };
    case 'file':
      return source.issuer === 'anthropic' ? { type: 'file', file_id: source.id } : undefined;
    case 'url': {
      const mediaType = dataUrl.exec(source.url)?.[1];
      return mediaType === undefined
        ? { type: 'url', url: source.url }
        : encodeData(mediaType, source.url.slice(source.url.indexOf(',') + 1));
    }
  }
}

const textual = /^(text\/|application\/(json|xml|yaml|x-yaml|javascript)\b)/;

const encodeData = (mediaType: string, data: string): JsonObject =>
  textual.test(mediaType)
    ? { type: 'text', media_type: 'text/plain', data: Buffer.from(data, 'base64').toString('utf8') }
    : { type: 'base64', media_type: mediaType, data };
