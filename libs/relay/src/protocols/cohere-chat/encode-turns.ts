import type { Block, ToolCallBlock, ToolResultBlock } from '../../chat/blocks';
import { wrapFreeText } from '../../chat/free-text';
import type { ChatRequest, Turn } from '../../chat/request';
import type { JsonObject } from '../../json';
import { documentOf, encodeContent, type Scope, textItem } from './encode-content';

/** `messages`, instructions first. https://docs.cohere.com/reference/chat#request.body.messages */
export function encodeTurns({ system, turns }: ChatRequest, instruction: string | undefined, scope: Scope) {
  const first: readonly Block[] = instruction ? [...system, { kind: 'text', text: instruction }] : system;
  const messages = first.length > 0 ? said('system', first, scope) : [];
  for (const turn of turns) {
    if (turn.name) scope.dropped.add('turns.name');
    messages.push(...encoders[turn.role](turn.blocks, scope));
  }
  return messages;
}

const encoders: Readonly<Record<Turn['role'], (blocks: readonly Block[], scope: Scope) => JsonObject[]>> = {
  system: (blocks, scope) => said('system', blocks, scope),
  user: encodeUser,
  assistant: encodeAssistant,
};

/** An empty message would be refused; a user who gave only documents asks about them. */
function said(role: 'system' | 'user', blocks: readonly Block[], scope: Scope): JsonObject[] {
  const content = encodeContent(blocks, scope);
  if (content.length === 0 && blocks.some(({ kind }) => kind === 'file') && role === 'user')
    content.push({ type: 'text', text: '(See the documents.)' });
  return content.length > 0 ? [{ role, content: plainest(content) }] : [];
}

/** A single text needs no list. */
const plainest = (content: readonly JsonObject[]): unknown =>
  content.length === 1 && content[0]?.type === 'text' ? content[0].text : content;

/** Results answer the calls right before them, so they come first; pictures in them follow as the user's. */
function encodeUser(blocks: readonly Block[], scope: Scope): JsonObject[] {
  const results = blocks.filter((block) => block.kind === 'tool-result');
  const messages = results.map((result) => encodeResult(result, scope));
  const attached = results.flatMap(({ callId, content }): Block[] => {
    const others = content.filter((block) => !isInResult(block));
    return others.length > 0 ? [{ kind: 'text', text: `Result of the tool call ${callId}:` }, ...others] : [];
  });
  const rest = [...attached, ...blocks.filter((block) => block.kind !== 'tool-result')];
  return [...messages, ...said('user', rest, scope)];
}

const isInResult = (block: Block): boolean =>
  block.kind === 'text' || block.kind === 'refusal' || (block.kind === 'file' && documentOf(block) !== undefined);

/** Texts and documents, both of which the model may cite. There is no mark for a failure. */
function encodeResult({ callId, content, isError, cache }: ToolResultBlock, { dropped }: Scope): JsonObject {
  if (isError) dropped.add('turns.tool-result.isError');
  if (cache) dropped.add('turns.cache');
  const items = content.filter(isInResult).flatMap((block) => {
    if (block.kind === 'file') return [{ type: 'document', document: { data: documentOf(block) } }];
    return textItem(block.kind === 'text' || block.kind === 'refusal' ? block.text : '');
  });
  const elsewhere = content.some((block) => !isInResult(block));
  const stand = elsewhere ? 'The result follows in the next message.' : isError ? 'The tool failed.' : '(No output.)';
  return { role: 'tool', tool_call_id: callId, content: items.length > 0 ? plainest(items) : stand };
}

/** What was said before a call is its plan. Thoughts go back as far as they can be read. */
function encodeAssistant(blocks: readonly Block[], scope: Scope): JsonObject[] {
  const calls = blocks.filter((block) => block.kind === 'tool-call');
  const thoughts = blocks.flatMap((block) => encodeThoughts(block, scope));
  const words = blocks.flatMap((block) => (block.kind === 'text' || block.kind === 'refusal' ? [block.text] : []));
  for (const block of blocks) noteLosses(block, scope);
  const content = [...thoughts, ...(calls.length > 0 ? [] : words.flatMap(textItem))];
  const plan = calls.length > 0 ? words.join('') : '';
  if (content.length === 0 && calls.length === 0) return [];
  return [
    {
      role: 'assistant',
      ...(content.length > 0 ? { content: plainest(content) } : {}),
      ...(plan ? { tool_plan: plan } : {}),
      ...(calls.length > 0 ? { tool_calls: calls.map(encodeCall) } : {}),
    },
  ];
}

/** A signature is some other vendor's; thoughts that only it stands for cannot be told. */
function encodeThoughts(block: Block, { dropped }: Scope): JsonObject[] {
  if (block.kind !== 'reasoning') return [];
  const thinking = block.text || (block.summary ?? []).join('\n\n');
  if (block.signature || thinking === '') dropped.add('turns.reasoning');
  return thinking === '' ? [] : [{ type: 'thinking', thinking }];
}

const understood: ReadonlySet<Block['kind']> = new Set(['text', 'refusal', 'reasoning', 'tool-call']);

function noteLosses(block: Block, { dropped }: Scope): void {
  if (!understood.has(block.kind))
    dropped.add(block.kind === 'opaque' ? `turns[${block.type}]` : `turns.${block.kind}`);
  if ('cache' in block && block.cache) dropped.add('turns.cache');
  if (block.kind === 'tool-call' && block.signature) dropped.add('turns.reasoning');
  if (block.kind === 'text' && block.citations?.length) dropped.add('turns.citations');
}

const encodeCall = ({ id, name, type, input }: ToolCallBlock): JsonObject => ({
  id,
  type: 'function',
  function: { name, arguments: type === 'custom' ? wrapFreeText(input) : input || '{}' },
});
