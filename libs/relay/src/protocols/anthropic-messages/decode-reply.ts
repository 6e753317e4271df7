import type { Quirks } from '@app/providers';
import type { Block, ReasoningBlock, TextBlock, ToolCallBlock } from '../../chat/blocks';
import { unwrapFreeText } from '../../chat/free-text';
import type { ChatReply } from '../../chat/reply';
import { unseal } from '../../chat/signature';
import { arrayAt, isObject, type JsonObject, objectAt, parseJson, textAt } from '../../json';
import { decodeCitations } from './citations';
import { decodeFinish } from './stop-reason';
import { readUsage } from './usage';

/** A message. https://platform.claude.com/docs/en/api/messages */
export function decodeReply(answer: JsonObject, quirks: Quirks): ChatReply {
  const content = arrayAt(answer, 'content').filter(isObject);
  const blocks = content.map((block, index) => asCustom(answered(block, index)));
  const usage = readUsage(answer.usage, quirks);
  const calledTools = blocks.some(({ kind }) => kind === 'tool-call');
  const finish =
    blocks.length === 0 && !textAt(answer, 'stop_reason')
      ? { reason: 'other' as const }
      : decodeFinish(answer, calledTools);
  return {
    id: textAt(answer, 'id'),
    model: textAt(answer, 'model'),
    serviceTier: textAt(objectAt(answer, 'usage'), 'service_tier'),
    candidates: [{ index: 0, blocks, finish }],
    ...(usage ? { usage } : {}),
  };
}

/** Blocks an answer consists of. What runs at Anthropic's (`server_tool_use`, `*_tool_result`, `mcp_*`, `compaction`) stays as it is. */
const answers: Readonly<Record<string, (block: JsonObject, index: number) => Block>> = {
  text: decodeText,
  thinking: decodeThinkingBlock,
  redacted_thinking: decodeRedacted,
  tool_use: decodeToolUse,
};

export const isAnswerType = (type: string): boolean => Object.hasOwn(answers, type);

export function answered(block: JsonObject, index: number): Block {
  const type = textAt(block, 'type') ?? '';
  const decode = isAnswerType(type) ? answers[type] : undefined;
  return decode ? decode(block, index) : { kind: 'opaque', issuer: 'anthropic', type, value: block };
}

function decodeText(block: JsonObject): TextBlock {
  const citations = decodeCitations(block.citations);
  return { kind: 'text', text: textAt(block, 'text') ?? '', ...(citations.length > 0 ? { citations } : {}) };
}

function decodeThinkingBlock(block: JsonObject): ReasoningBlock {
  const signature = textAt(block, 'signature');
  return {
    kind: 'reasoning',
    text: textAt(block, 'thinking') ?? '',
    ...(signature ? { signature: unseal(signature, 'anthropic') } : {}),
  };
}

function decodeRedacted(block: JsonObject): ReasoningBlock {
  return { kind: 'reasoning', text: '', signature: unseal(textAt(block, 'data') ?? '', 'anthropic'), redacted: true };
}

function decodeToolUse(block: JsonObject, index: number): ToolCallBlock {
  return {
    kind: 'tool-call',
    id: textAt(block, 'id') || madeUpId(index),
    name: textAt(block, 'name') ?? '',
    input: inputText(block.input),
    type: 'function',
  };
}

export const madeUpId = (index: number): string => `call_${index}`;

/** `input` is an object; some imitators send its JSON text. */
export const inputText = (input: unknown): string =>
  typeof input === 'string' && isObject(parseJson(input)) ? input : JSON.stringify(input ?? {});

/** The call of a stand-in for a tool that takes free text. */
function asCustom(block: Block): Block {
  if (block.kind !== 'tool-call') return block;
  const text = unwrapFreeText(block.input);
  return text === undefined ? block : { ...block, type: 'custom', input: text };
}
