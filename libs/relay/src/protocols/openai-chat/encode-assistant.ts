import type { Block, ReasoningBlock, ToolCallBlock } from '../../chat/blocks';
import { wrapFreeText } from '../../chat/free-text';
import type { Turn } from '../../chat/request';
import type { JsonObject } from '../../json';
import { fittingId } from './call-id';
import { extraContent } from './media';
import { detailsOf } from './reasoning-details';
import type { RequestWriter } from './request-writer';

type Kind = Block['kind'];
const only = <K extends Kind>(blocks: readonly Block[], kind: K) =>
  blocks.filter((block): block is Extract<Block, { kind: K }> => block.kind === kind);

const understood: ReadonlySet<Kind> = new Set(['text', 'refusal', 'reasoning', 'tool-call', 'audio']);

/** An assistant message of the history. */
export function encodeAssistant({ blocks, name }: Turn, writer: RequestWriter): JsonObject {
  for (const block of blocks) noteUnknown(block, writer);
  const text = only(blocks, 'text')
    .map((block) => block.text)
    .join('');
  const refusal = only(blocks, 'refusal')
    .map((block) => block.text)
    .join('');
  const calls = only(blocks, 'tool-call');
  const audio = only(blocks, 'audio').find(({ id }) => id);
  const message: Record<string, unknown> = {
    role: 'assistant',
    content: text === '' && (calls.length > 0 || refusal || audio) ? null : text,
    ...(refusal ? { refusal } : {}),
    ...(audio ? { audio: { id: audio.id } } : {}),
    ...(name && writer.takes('name') ? { name } : {}),
  };
  if (name && !writer.takes('name')) writer.dropped.add('turns.name');
  addReasoning(message, only(blocks, 'reasoning'), calls, writer);
  addTextSignature(message, blocks, writer);
  if (calls.length > 0) message.tool_calls = calls.map((call) => encodeCall(call, writer));
  return message;
}

function noteUnknown(block: Block, { dropped }: RequestWriter): void {
  if (block.kind === 'opaque') dropped.add(`turns[${block.type}]`);
  else if (!understood.has(block.kind) || (block.kind === 'audio' && !block.id)) dropped.add(`turns.${block.kind}`);
  else if ('cache' in block && block.cache) dropped.add('turns.cache');
  if (block.kind === 'text' && block.citations?.length) dropped.add('turns.citations');
  if (block.kind === 'text' && block.phase) dropped.add('turns.phase');
  if (block.kind === 'tool-call' && block.namespace) dropped.add('turns.namespace');
}

function encodeCall(call: ToolCallBlock, writer: RequestWriter): JsonObject {
  const { id, name, type, input, signature } = call;
  const { quirks, dropped } = writer;
  const isGemini = signature?.issuer === 'gemini';
  const takesBack = isGemini && (quirks.thoughtSignatures || quirks.reasoningField === 'reasoning_details');
  if (signature && !takesBack) dropped.add('turns.reasoning');
  const fields = {
    id: fittingId(id, quirks.callIds),
    ...(isGemini && quirks.thoughtSignatures ? extraContent(signature) : {}),
  };
  if (type === 'custom' && quirks.customTools) return { ...fields, type, custom: { name, input } };
  const args = type === 'custom' ? wrapFreeText(input) : input || '{}';
  return { ...fields, type: 'function', function: { name, arguments: args } };
}

function addTextSignature(
  message: Record<string, unknown>,
  blocks: readonly Block[],
  { quirks, dropped }: RequestWriter,
): void {
  const signature = only(blocks, 'text').findLast((block) => block.signature)?.signature;
  if (!signature) return;
  if (quirks.thoughtSignatures && signature.issuer === 'gemini') Object.assign(message, extraContent(signature));
  else dropped.add('turns.reasoning');
}

type AddReasoning = (
  message: Record<string, unknown>,
  text: string,
  thoughts: readonly ReasoningBlock[],
  calls: readonly ToolCallBlock[],
) => void;

/** How each spelling of thoughts takes them back. */
const adders: Readonly<Record<'reasoning_content' | 'reasoning' | 'reasoning_details' | 'content', AddReasoning>> = {
  reasoning_content: (message, text) => text && (message.reasoning_content = text),
  reasoning: (message, text) => text && (message.reasoning = text),
  content: (message, text) => {
    if (!text) return;
    const said =
      typeof message.content === 'string' && message.content !== '' ? [{ type: 'text', text: message.content }] : [];
    message.content = [{ type: 'thinking', thinking: [{ type: 'text', text }] }, ...said];
  },
  reasoning_details: (message, text, thoughts, calls) => {
    const signed = calls.flatMap(({ id, signature }) =>
      signature?.issuer === 'gemini' ? detailsOf({ kind: 'reasoning', text: '', signature, id }) : [],
    );
    const details = [...thoughts.flatMap(detailsOf), ...signed];
    if (details.some(({ signature, data }) => signature ?? data))
      message.reasoning_details = details.map((detail, index) => ({ ...detail, index }));
    else if (text) message.reasoning = text;
  },
};

/** DeepSeek and Moonshot refuse a turn with tool calls that has no thoughts; a blank stands for those the client has lost. */
const LOST = ' ';

function addReasoning(
  message: Record<string, unknown>,
  thoughts: readonly ReasoningBlock[],
  calls: readonly ToolCallBlock[],
  writer: RequestWriter,
): void {
  const { reasoningField, needsReasoningBack } = writer.quirks;
  const text = thoughts
    .map((block) => block.text || (block.summary ?? []).join('\n\n'))
    .filter((part) => part)
    .join('\n\n');
  const isLost = needsReasoningBack && calls.length > 0 && text === '';
  const keepsSignatures = reasoningField === 'reasoning_details';
  const isSigned = thoughts.some(({ signature }) => signature);
  if ((isSigned && !keepsSignatures) || (text && reasoningField === null)) writer.dropped.add('turns.reasoning');
  if (reasoningField !== null) adders[reasoningField](message, isLost ? LOST : text, thoughts, calls);
}
