import type { Quirks } from '@app/providers';
import type { Block, ReasoningBlock, TextBlock, ToolCallBlock } from '../../chat/blocks';
import { unwrapFreeText } from '../../chat/free-text';
import type { ChatReply } from '../../chat/reply';
import { arrayAt, isObject, type JsonObject, objectAt, textAt } from '../../json';
import { decodeCitation } from './citations';
import { redactedOf, signatureOf } from './reasoning';
import { decodeFinish } from './stop-reason';
import { usageOf } from './usage';

/** An answer of Converse. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_ResponseSyntax */
export function decodeReply(answer: JsonObject, quirks: Quirks): ChatReply {
  const content = arrayAt(objectAt(objectAt(answer, 'output'), 'message'), 'content').filter(isObject);
  const blocks = content.map(decodeBlock);
  const calledTools = blocks.some(({ kind }) => kind === 'tool-call');
  const usage = usageOf(answer, quirks);
  const serviceTier = textAt(objectAt(answer, 'serviceTier'), 'type');
  return {
    ...(serviceTier ? { serviceTier } : {}),
    candidates: [{ index: 0, blocks, finish: decodeFinish(textAt(answer, 'stopReason'), calledTools) }],
    ...(usage ? { usage } : {}),
  };
}

/** A union: each block has one member. What ran at AWS (`server_tool_use` and its result) stays as it is. */
function decodeBlock(block: JsonObject, index: number): Block {
  if (typeof block.text === 'string') return { kind: 'text', text: block.text };
  if (isObject(block.reasoningContent)) return decodeReasoning(block.reasoningContent);
  if (isObject(block.toolUse) && isClientTool(block.toolUse)) return decodeToolUse(block.toolUse, index);
  if (isObject(block.citationsContent)) return decodeCited(block.citationsContent);
  if (isObject(block.image)) return decodeImage(block.image) ?? opaque(block);
  return opaque(block);
}

export const isClientTool = ({ type }: JsonObject): boolean =>
  type === undefined || type === null || type === 'tool_use';

const opaque = (block: JsonObject): Block => ({
  kind: 'opaque',
  issuer: 'bedrock',
  type: Object.keys(block)[0] ?? '',
  value: block,
});

function decodeReasoning({ reasoningText, redactedContent }: JsonObject): ReasoningBlock {
  if (typeof redactedContent === 'string') {
    const signature = redactedOf(Buffer.from(redactedContent, 'base64'));
    return { kind: 'reasoning', text: '', signature, redacted: true };
  }
  const signature = textAt(reasoningText, 'signature');
  return {
    kind: 'reasoning',
    text: textAt(reasoningText, 'text') ?? '',
    ...(signature ? { signature: signatureOf(signature) } : {}),
  };
}

function decodeToolUse(call: JsonObject, index: number): ToolCallBlock {
  const input = JSON.stringify(call.input ?? {});
  const text = unwrapFreeText(input);
  return {
    kind: 'tool-call',
    id: textAt(call, 'toolUseId') || madeUpId(index),
    name: textAt(call, 'name') ?? '',
    type: text === undefined ? 'function' : 'custom',
    input: text ?? input,
  };
}

export const madeUpId = (index: number): string => `call_${index}`;

function decodeCited(cited: JsonObject): TextBlock {
  const text = arrayAt(cited, 'content')
    .map((part) => textAt(part, 'text') ?? '')
    .join('');
  const citations = arrayAt(cited, 'citations')
    .map(decodeCitation)
    .filter((citation) => citation !== undefined);
  return { kind: 'text', text, ...(citations.length > 0 ? { citations } : {}) };
}

export function decodeImage({ format, source }: JsonObject): Block | undefined {
  const data = textAt(source, 'bytes');
  if (data === undefined) return undefined;
  const mediaType = `image/${typeof format === 'string' ? format : 'png'}`;
  return { kind: 'image', source: { kind: 'data', mediaType, data } };
}
