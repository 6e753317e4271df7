import type { Block, FileBlock, ImageBlock, Source } from '../../chat/blocks';
import type { JsonObject } from '../../json';

export interface Scope {
  readonly dropped: Set<string>;
  /** Where documents go; undefined: they must be told as text. */
  readonly documents: JsonObject[] | undefined;
}

/** Content of the user and of instructions: texts and pictures. https://docs.cohere.com/docs/image-inputs */
export function encodeContent(blocks: readonly Block[], scope: Scope): JsonObject[] {
  return blocks.flatMap((block) => {
    const encode = Object.hasOwn(encoders, block.kind) ? encoders[block.kind] : undefined;
    if ('cache' in block && block.cache) scope.dropped.add('turns.cache');
    // Each handler takes the block of its own kind; the table's type says so, the lookup cannot.
    if (encode) return (encode as Encode<Block>)(block, scope);
    scope.dropped.add(block.kind === 'opaque' ? `turns[${block.type}]` : `turns.${block.kind}`);
    return [];
  });
}

type Encode<B> = (block: B, scope: Scope) => JsonObject[];

const encoders: { readonly [K in Block['kind']]?: Encode<Extract<Block, { kind: K }>> } = {
  text: ({ text }) => textItem(text),
  refusal: ({ text }) => textItem(text),
  image: encodeImage,
  file: encodeFile,
  audio: ({ transcript }, { dropped }) => {
    dropped.add('turns.audio');
    return textItem(transcript ?? '');
  },
};

export const textItem = (text: string): JsonObject[] => (text === '' ? [] : [{ type: 'text', text }]);

function encodeImage({ source, detail }: ImageBlock, { dropped }: Scope): JsonObject[] {
  const url =
    source.kind === 'data'
      ? `data:${source.mediaType};base64,${source.data}`
      : source.kind === 'url'
        ? source.url
        : undefined;
  if (url === undefined) {
    dropped.add('turns.image');
    return [];
  }
  const known = detail === 'original' ? 'high' : detail;
  return [{ type: 'image_url', image_url: { url, ...(known ? { detail: known } : {}) } }];
}

/** A document is fields of text that the model may cite. */
function encodeFile(file: FileBlock, { dropped, documents }: Scope): JsonObject[] {
  const data = documentOf(file);
  if (!data) {
    dropped.add('turns.file');
    return [];
  }
  if (!documents) return textItem(Object.values(data).join('\n'));
  documents.push({ id: `doc:${documents.length}`, data });
  return [];
}

/** Undefined for what is no text: Cohere reads neither PDFs nor files by an address. */
export function documentOf({ source, name, context }: FileBlock): JsonObject | undefined {
  const text = textOf(source);
  if (text === undefined) return undefined;
  return { ...(name ? { title: name } : {}), ...(context ? { context } : {}), text };
}

const textual = /^(text\/|application\/(json|xml|yaml|x-yaml|javascript)\b)/;

function textOf(source: Source): string | undefined {
  if (source.kind === 'text') return source.text;
  const isText = source.kind === 'data' && textual.test(source.mediaType);
  return isText ? Buffer.from(source.data, 'base64').toString('utf8') : undefined;
}
