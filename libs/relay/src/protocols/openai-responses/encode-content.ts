import type { Block, Citation } from '../../chat/blocks';
import { isObject, type JsonObject } from '../../json';
import { encodeAnnotation } from './annotations';
import { encodeAudio, encodeFile, encodeImage } from './media';

/** Notes what has no place, as `turns.<what>`. */
export type Lose = (what: string) => undefined;

/** Parts of what the caller says, and of what its tools answer. */
export function inputPart(block: Block, lose: Lose): JsonObject | undefined {
  if ('cache' in block && block.cache) lose('cache');
  switch (block.kind) {
    case 'text':
      if (block.citations?.length) lose('citations');
      if (block.signature) lose('signature');
      return { type: 'input_text', text: block.text };
    case 'refusal':
      return { type: 'input_text', text: block.text };
    case 'image':
      return encodeImage(block) ?? lose('image');
    case 'file':
      if (block.context !== undefined || block.citations !== undefined) lose('file.context');
      return encodeFile(block) ?? lose('file');
    case 'audio':
      return encodeAudio(block) ?? lose('audio');
    case 'opaque':
      return isContentPart(block.type) && block.issuer === 'openai' && isObject(block.value)
        ? block.value
        : lose(block.type);
    default:
      return lose(block.kind);
  }
}

/** A content part only OpenAI knows, told from an item of the input by its name. */
const isContentPart = (type: string): boolean => /^(input|output)_|screenshot$/.test(type);

/** An item of the input only OpenAI knows. Opaque parts of chat messages have the same issuer, but no place here. */
export const isItem = (type: string): boolean =>
  /(_call|_output|_response)$|^mcp_|compaction|^(item_reference|program)$/.test(type);

export const outputText = (text: string, citations: readonly Citation[] = []): JsonObject => ({
  type: 'output_text',
  text,
  annotations: citations.map((citation) => encodeAnnotation(citation, text.length)),
});
