import { sseFrame } from '@app/core';
import type { Quirks } from '@app/providers';
import type { Usage } from '../../chat/usage';
import { arrayAt, isObject, type JsonObject, objectAt, textAt } from '../../json';
import { type Glimpse, nothing, type Wire } from '../../lanes/wire';
import { badRequest } from '../../relay.errors';
import type { JsonType } from '../../request/members';
import { streamError } from './errors';
import { readUsage } from './usage';
import { foreignThoughts } from './foreign';

/** Types of the request fields that callers most often get wrong. Everything else is the upstream's to judge. */
const expected: Readonly<Record<string, readonly [JsonType, words: string]>> = {
  messages: ['array', 'list'],
  tools: ['array', 'list'],
  stop_sequences: ['array', 'list'],
  stream: ['boolean', 'boolean'],
  max_tokens: ['number', 'integer'],
  temperature: ['number', 'number'],
  top_p: ['number', 'number'],
  top_k: ['number', 'integer'],
  thinking: ['object', 'dictionary'],
  tool_choice: ['object', 'dictionary'],
  metadata: ['object', 'dictionary'],
};

export const anthropicMessagesWire: Wire = {
  protocol: 'anthropic-messages',
  foreign: foreignThoughts,
  repeats: { text: ['text', 'thinking', 'partial_json'], strings: [], numbers: [] },

  check(body) {
    if ((body.get('messages')?.type ?? 'null') === 'null') throw badRequest('messages: Field required', 'messages');
    for (const [name, [type, words]] of Object.entries(expected)) {
      const member = body.get(name);
      if (member && member.type !== type && member.type !== 'null') {
        throw badRequest(`${name}: Input should be a valid ${words}`, name);
      }
    }
  },

  outputLimit(body) {
    const limit = body.value('max_tokens');
    return typeof limit === 'number' && limit > 0 ? limit : undefined;
  },

  // Usage comes without asking.
  wantsUsage: () => true,
  askForUsage: () => [],

  event(data, name, quirks, before) {
    if (!isObject(data)) return nothing;
    const type = textAt(data, 'type') ?? name ?? '';
    const look = Object.hasOwn(events, type) ? events[type] : undefined;
    if (look) return look(data, quirks, before);
    return isObject(data.error) ? { ...nothing, error: data.error } : nothing;
  },

  whole(answer, quirks) {
    if (!isObject(answer)) return nothing;
    if (answer.type === 'error' || isObject(answer.error)) return { ...nothing, error: answer.error ?? answer };
    const textBytes = arrayAt(answer, 'content').reduce<number>((sum, block) => sum + blockBytes(block), 0);
    const finish = textAt(answer, 'stop_reason') || undefined;
    return {
      ...nothing,
      meaningful: textBytes > 0 || finish !== undefined,
      textBytes,
      finish,
      usage: readUsage(answer.usage, quirks),
    };
  },

  terminator: sseFrame('{"type":"message_stop"}', 'message_stop'),

  failureFrame: (message, code) => sseFrame(JSON.stringify(streamError({ message, code })), 'error'),
};

type Look = (event: JsonObject, quirks: Quirks, before: Usage | undefined) => Glimpse;

/** https://platform.claude.com/docs/en/build-with-claude/streaming */
const events: Readonly<Record<string, Look>> = {
  message_start: (event, quirks, before) => ({
    ...nothing,
    opens: true,
    usage: readUsage(objectAt(event, 'message')?.usage, quirks, before),
  }),
  content_block_start: (event) => {
    const block = objectAt(event, 'content_block');
    const isEmpty = block?.type === 'text' || block?.type === 'thinking';
    const textBytes = isEmpty ? generatedBytes(block) : blockBytes(block);
    return { ...nothing, meaningful: !isEmpty || textBytes > 0, textBytes };
  },
  content_block_delta: (event) => {
    const delta = objectAt(event, 'delta');
    const textBytes = generatedBytes(delta);
    return { ...nothing, meaningful: textBytes > 0 || Boolean(textAt(delta, 'signature')), textBytes };
  },
  content_block_stop: () => nothing,
  ping: () => nothing,
  message_delta: (event, quirks, before) => {
    const finish = textAt(objectAt(event, 'delta'), 'stop_reason') || undefined;
    return { ...nothing, meaningful: finish !== undefined, finish, usage: readUsage(event.usage, quirks, before) };
  },
  message_stop: () => ({ ...nothing, terminal: true }),
  error: (event) => ({ ...nothing, error: event.error ?? event }),
};

const generated = ['text', 'thinking', 'partial_json'] as const;

/** Bytes of what a delta adds. */
function generatedBytes(delta: unknown): number {
  return generated.reduce((sum, field) => sum + Buffer.byteLength(textAt(delta, field) ?? ''), 0);
}

function blockBytes(block: unknown): number {
  if (!isObject(block)) return 0;
  if (block.type === 'text' || block.type === 'thinking') return generatedBytes(block);
  if (block.type === 'redacted_thinking') return Buffer.byteLength(textAt(block, 'data') ?? '');
  const called = objectAt(block, 'input');
  return called ? Buffer.byteLength(JSON.stringify(called)) : 0;
}
