import type { Block, ReasoningBlock, Signature } from '../../chat/blocks';
import type { ReplyContext } from '../../chat/face';
import { wrapFreeText } from '../../chat/free-text';
import type { ChatReply } from '../../chat/reply';
import { seal, shown } from '../../chat/signature';
import { isObject, type JsonObject, parseJson } from '../../json';
import { encodeCitation } from './citations';
import { encodeFinish } from './stop-reason';
import { writeUsage } from './usage';

/** A whole message. The protocol has one answer; of several the first is given. */
export function encodeReply(reply: ChatReply, context: ReplyContext): JsonObject {
  const candidate = reply.candidates[0];
  const blocks = candidate?.blocks ?? [];
  const content = blocks.flatMap((block) => [...encodeAnswer(block)]);
  const calledTools = blocks.some(({ kind }) => kind === 'tool-call');
  const refused = blocks.some(({ kind }) => kind === 'refusal');
  return {
    ...messageHead(reply, context),
    content,
    ...encodeFinish(candidate?.finish ?? { reason: 'other' }, { calledTools, refused }),
    usage: writeUsage(reply.usage, reply.serviceTier),
  };
}

export function messageHead({ id }: Pick<ChatReply, 'id'>, { model, requestId }: ReplyContext): JsonObject {
  const own = id?.startsWith('msg_') ? id : `msg_${requestId.replace(/^req_/, '')}`;
  return { id: own, type: 'message', role: 'assistant', model };
}

function encodeAnswer(block: Block): readonly JsonObject[] {
  switch (block.kind) {
    case 'text':
      return signed(textBlock(block.text, block.citations), block.signature);
    case 'refusal':
      return textBlock(block.text);
    case 'reasoning':
      return encodeReasoning(block);
    case 'tool-call': {
      const input = inputObject(block.type === 'custom' ? wrapFreeText(block.input) : block.input);
      return signed([{ type: 'tool_use', id: block.id, name: block.name, input }], block.signature);
    }
    case 'image':
      return signed(encodeWhole(block), block.signature);
    default:
      return encodeWhole(block);
  }
}

/**
 * Blocks that arrive in one piece. Claude makes no pictures: one made by others takes the form a caller's has, so that it can be
 * sent back as one (as text it would be paid for by the letter). Speech becomes what was said.
 */
export function encodeWhole(block: Block): readonly JsonObject[] {
  if (block.kind === 'opaque') return block.issuer === 'anthropic' && isObject(block.value) ? [block.value] : [];
  if (block.kind === 'audio') return textBlock(block.transcript ?? '');
  if (block.kind !== 'image') return [];
  const { source } = block;
  if (source.kind === 'url') return [{ type: 'image', source: { type: 'url', url: source.url } }];
  if (source.kind !== 'data') return [];
  return [{ type: 'image', source: { type: 'base64', media_type: source.mediaType, data: source.data } }];
}

/** Empty text is no block: sent back in a later request, it would be refused. */
function textBlock(text: string, citations: Extract<Block, { kind: 'text' }>['citations'] = []): readonly JsonObject[] {
  if (text === '') return [];
  const cited = citations.map(encodeCitation).filter((citation) => citation !== undefined);
  return [{ type: 'text', text, ...(cited.length > 0 ? { citations: cited } : {}) }];
}

function encodeReasoning({ text, summary = [], signature, redacted }: ReasoningBlock): readonly JsonObject[] {
  if (redacted && signature) return [{ type: 'redacted_thinking', data: shown(signature, 'anthropic') }];
  const thinking = [text, ...summary].filter((part) => part !== '').join('\n\n');
  if (thinking === '' && !signature) return [];
  return [{ type: 'thinking', thinking, signature: signature ? shown(signature, 'anthropic') : '' }];
}

/**
 * Gemini signs texts, calls and pictures, which have no room for it here: an empty thinking block behind them carries the
 * signature. `decode-turns.ts` puts it back.
 */
const signed = (blocks: readonly JsonObject[], signature: Signature | undefined): readonly JsonObject[] =>
  signature ? [...blocks, { type: 'thinking', thinking: '', signature: seal(signature) }] : blocks;

/** A call's input must be an object; arguments that are none (cut short by the token limit) stay readable in it. */
export function inputObject(text: string): JsonObject {
  const value = text === '' ? {} : parseJson(text);
  return isObject(value) ? value : { partial_json: text };
}
