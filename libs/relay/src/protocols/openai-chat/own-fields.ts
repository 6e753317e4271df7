import type { Block, Extra } from '../../chat/blocks';
import type { JsonObject } from '../../json';

/** Fields of a message that are understood, or that only number and repeat what the message says. */
export const messageFields: ReadonlySet<string> = new Set([
  ...['role', 'content', 'name', 'tool_calls', 'function_call', 'tool_call_id', 'refusal', 'audio', 'annotations'],
  ...['reasoning', 'reasoning_content', 'reasoning_details', 'images', 'extra_content'],
  ...['id', 'type', 'status', 'parsed'],
]);

/** Fields of a tool and of the function in it that are understood. */
export const toolFields: ReadonlySet<string> = new Set([
  ...['type', 'function', 'name', 'description', 'parameters', 'strict', 'cache_control', 'prompt_cache_breakpoint'],
]);

export const customToolFields: ReadonlySet<string> = new Set(['type', 'custom', 'name', 'description', 'format']);

/** Fields of an entry of `tool_calls` and of what is called in it; who sends back what was streamed sends the `index` along. */
export const callFields: ReadonlySet<string> = new Set([
  ...['id', 'type', 'index', 'function', 'custom', 'extra_content', 'name', 'arguments', 'input'],
]);

/** What only servers of chat completions are told (DeepSeek's `prefix`, `input_examples`): others are not, and it is named. */
export function ownFields(source: JsonObject, known: ReadonlySet<string>): { readonly extra?: Extra } {
  const fields = Object.entries(source).filter(([name, value]) => value != null && !known.has(name));
  return fields.length > 0 ? { extra: { issuer: 'openai', fields: Object.fromEntries(fields) } } : {};
}

/** A message's blocks, the first that can hold them with the message's own fields; `unheld` gets them where none can. */
export function withOwnFields(blocks: Block[], message: JsonObject, unheld: Extra[]): Block[] {
  const { extra } = ownFields(message, messageFields);
  if (!extra) return blocks;
  const holder = blocks.findIndex(({ kind }) => kind !== 'reasoning' && kind !== 'refusal' && kind !== 'opaque');
  if (holder < 0) unheld.push(extra);
  return blocks.map((block, index) => (index === holder ? withExtra(block, extra) : block));
}

function withExtra(block: Block, { issuer, fields }: Extra): Block {
  const held = 'extra' in block ? block.extra?.fields : undefined;
  return { ...block, extra: { issuer, fields: { ...held, ...fields } } } as Block; // the caller has looked whether it can hold them
}
