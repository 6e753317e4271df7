import type { Block, ReasoningBlock, Signature, ToolCallBlock } from '../../chat/blocks';
import type { Finish } from '../../chat/reply';
import { isObject, type JsonObject } from '../../json';
import { argsOf } from './calls';
import { writeFinish } from './finish';
import { carriedOf, shownSignature, SUMMARY_BREAK } from './signatures';
import { partOfSource } from './sources';

export const signaturePart = (signature: Signature): JsonObject => ({ thoughtSignature: shownSignature(signature) });

const signedBy = (signature: Signature | undefined): JsonObject => (signature ? signaturePart(signature) : {});

/** Undefined for a call whose input was cut off: nobody may run a tool with half its arguments. */
export function callPart(call: ToolCallBlock): JsonObject | undefined {
  const args = argsOf(call);
  return args && { functionCall: { id: call.id, name: call.name, args }, ...signedBy(call.signature) };
}

export function thoughtPart(block: ReasoningBlock): JsonObject | undefined {
  const text = block.text || (block.summary ?? []).join(SUMMARY_BREAK);
  if (text === '' && !block.signature) return undefined;
  const signature = block.signature ? { thoughtSignature: shownSignature(block.signature, carriedOf(block)) } : {};
  return { text, thought: true, ...signature };
}

/** A block that is no text as a part of an answer; undefined where Gemini has none for it. */
export function wholePart(block: Block): JsonObject | undefined {
  switch (block.kind) {
    case 'image':
      return signedMedia(partOfSource(block), block.signature);
    case 'file':
    case 'video':
      return partOfSource(block);
    case 'audio':
      return partOfSource(block) ?? (block.transcript ? { text: block.transcript } : undefined);
    case 'opaque':
      return block.issuer === 'gemini' && isObject(block.value) ? block.value : undefined;
    case 'tool-call':
      return callPart(block);
    case 'reasoning':
      return thoughtPart(block);
    case 'text':
    case 'refusal':
      return textPart(block.text, block.kind === 'text' ? block.signature : undefined);
    default:
      return undefined;
  }
}

export const textPart = (text: string, signature?: Signature): JsonObject | undefined =>
  text === '' && !signature ? undefined : { text, ...signedBy(signature) };

const signedMedia = (part: JsonObject | undefined, signature: Signature | undefined): JsonObject | undefined =>
  part && { ...part, ...signedBy(signature) };

/** How an answer ended, where one of its calls had to be left out. */
export function endOf(finish: Finish, broken: readonly ToolCallBlock[]): JsonObject {
  const [call] = broken;
  if (!call) return { ...writeFinish(finish) };
  const finishMessage = `Malformed function call: ${call.name}(${call.input})`;
  const { finishReason } = writeFinish(finish);
  return { finishReason: finishReason === 'STOP' ? 'MALFORMED_FUNCTION_CALL' : finishReason, finishMessage };
}
