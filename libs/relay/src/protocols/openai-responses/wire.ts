import { sseFrame } from '@app/core';
import type { Quirks } from '@app/providers';
import { arrayAt, isObject, type JsonObject, objectAt, textAt } from '../../json';
import { type Glimpse, nothing, type Wire } from '../../lanes/wire';
import { checkFields, type Expected, withArticle } from '../../operations/check';
import { badRequest } from '../../relay.errors';
import { errorFields, streamError } from './errors';
import { usageOf } from './usage';
import { foreignItems } from './foreign';

/** The request fields that callers most often get wrong. Everything else is the upstream's to judge. */
const expected: Expected = {
  required: [],
  types: {
    input: ['string', 'array'],
    instructions: ['string'],
    tools: ['array'],
    include: ['array'],
    stream: ['boolean'],
    store: ['boolean'],
    background: ['boolean'],
    max_output_tokens: ['number'],
    temperature: ['number'],
    top_p: ['number'],
    reasoning: ['object'],
    text: ['object'],
  },
};

/** Without `input`, one of these must say what is to be answered. */
const instead = ['prompt', 'previous_response_id', 'conversation'] as const;

export const openaiResponsesWire: Wire = {
  protocol: 'openai-responses',
  foreign: foreignItems,
  repeats: { text: ['delta'], strings: ['obfuscation'], numbers: ['sequence_number'] },

  check(body) {
    checkFields(body, expected, withArticle);
    if (!['input', ...instead].some((name) => (body.get(name)?.type ?? 'null') !== 'null'))
      throw badRequest("Missing required parameter: 'input'.", 'input');
  },

  outputLimit(body) {
    const limit = body.value('max_output_tokens');
    return typeof limit === 'number' && limit > 0 ? limit : undefined;
  },

  // Usage comes without asking.
  wantsUsage: () => true,
  askForUsage: () => [],

  event(data, name, quirks) {
    if (data === '[DONE]') return { ...nothing, terminal: true };
    if (!isObject(data)) return nothing;
    const type = textAt(data, 'type') ?? name ?? '';
    if (type.endsWith('.delta')) return grown(data, type);
    const look = Object.hasOwn(events, type) ? events[type] : undefined;
    if (look) return look(data, quirks);
    return isObject(data.error) ? { ...nothing, error: data.error } : nothing;
  },

  whole(answer, quirks) {
    if (!isObject(answer)) return nothing;
    if (isObject(answer.error)) return { ...nothing, error: answer.error, usage: usageOf(answer, quirks) };
    const textBytes = arrayAt(answer, 'output').reduce<number>((sum, item) => sum + itemBytes(item), 0);
    const finish = finishOf(answer);
    return {
      ...nothing,
      meaningful: textBytes > 0 || finish !== undefined,
      textBytes,
      finish,
      usage: usageOf(answer, quirks),
    };
  },

  // The last event says all; a stream that lacks it was cut.
  terminator: '',

  failureFrame: (message, code) =>
    sseFrame(
      JSON.stringify({ type: 'error', ...errorFields(streamError({ message, code, type: 'upstream_error' })) }),
      'error',
    ),
};

type Look = (event: JsonObject, quirks: Quirks) => Glimpse;

function ended(event: JsonObject, quirks: Quirks): Glimpse {
  const response = objectAt(event, 'response') ?? {};
  return {
    ...nothing,
    meaningful: true,
    terminal: true,
    finish: finishOf(response) ?? 'completed',
    usage: usageOf(response, quirks),
  };
}

/** https://platform.openai.com/docs/api-reference/responses-streaming — deltas apart, which `grown` reads. */
const events: Readonly<Record<string, Look>> = {
  'response.completed': ended,
  'response.incomplete': ended,
  'response.done': ended,
  'response.cancelled': ended,
  'response.failed': (event, quirks) => {
    const response = objectAt(event, 'response');
    return { ...nothing, error: response?.error ?? event, usage: usageOf(response, quirks) };
  },
  error: (event) => ({ ...nothing, error: isObject(event.error) ? event.error : event }),
  'response.output_item.added': (event) => {
    const type = textAt(objectAt(event, 'item'), 'type');
    return { ...nothing, meaningful: type !== 'message' && type !== 'reasoning' };
  },
};

/** Audio and partial pictures are no text, but an answer. */
function grown(event: JsonObject, type: string): Glimpse {
  const delta = textAt(event, 'delta') ?? '';
  return delta === ''
    ? nothing
    : { ...nothing, meaningful: true, textBytes: type.startsWith('response.audio.') ? 0 : Buffer.byteLength(delta) };
}

const over: ReadonlySet<string> = new Set(['completed', 'incomplete', 'cancelled', 'queued', 'in_progress']);

function finishOf(response: JsonObject): string | undefined {
  const status = textAt(response, 'status');
  if (status === 'incomplete') return textAt(objectAt(response, 'incomplete_details'), 'reason') ?? status;
  return status !== undefined && over.has(status) ? status : undefined;
}

const generated = ['text', 'refusal', 'arguments', 'input'] as const;

function itemBytes(item: unknown): number {
  const parts = [item, ...arrayAt(item, 'content'), ...arrayAt(item, 'summary')];
  return parts.reduce<number>(
    (sum, part) => sum + generated.reduce((bytes, field) => bytes + Buffer.byteLength(textAt(part, field) ?? ''), 0),
    0,
  );
}
