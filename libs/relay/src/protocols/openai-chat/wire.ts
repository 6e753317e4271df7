import type { Quirks } from '@app/providers';
import { sseFrame } from '@app/core';
import { arrayAt, isObject, objectAt, textAt } from '../../json';
import { choicesOf } from '../../lanes/open-choices';
import { type Glimpse, nothing, type Wire } from '../../lanes/wire';
import { checkFields, type Expected, withArticle } from '../../operations/check';
import { setMember } from '../../request/edits';
import type { Body } from '../../request/members';
import { choiceFailure, failureOf } from './failure';
import { usageOf } from './usage';
import { signedIds } from './foreign';

/** The request fields that OpenAI's clients most often get wrong. Everything else is the upstream's to judge. */
const expected: Expected = {
  required: ['messages'],
  types: {
    messages: ['array'],
    tools: ['array'],
    stream: ['boolean'],
    stream_options: ['object'],
    max_tokens: ['number'],
    max_completion_tokens: ['number'],
    n: ['number'],
    temperature: ['number'],
    top_p: ['number'],
  },
};

/** Parts of a delta or message that hold generated text. `reasoning*` are the vendors' spellings of thoughts. */
const textFields = ['content', 'refusal', 'reasoning_content', 'reasoning'] as const;

const otherFields = ['tool_calls', 'function_call', 'audio', 'reasoning_details', 'images'] as const;

export const openaiChatWire: Wire = {
  protocol: 'openai-chat',
  foreign: signedIds,
  repeats: { text: [...textFields, 'arguments', 'text'], strings: ['id', 'obfuscation'], numbers: ['created'] },

  check: (body) => checkFields(body, expected, withArticle),

  outputLimit(body) {
    // Upstreams differ in which of the two they read: the larger one counts.
    const named = [body.value('max_completion_tokens'), body.value('max_tokens')];
    const limit = Math.max(...named.map((value) => (typeof value === 'number' ? value : 0)));
    const choices = body.value('n');
    if (limit <= 0) return undefined;
    return limit * (typeof choices === 'number' && choices > 1 ? choices : 1);
  },

  wantsUsage: (body) => isObject(body.value('stream_options')) && objectAtMember(body).include_usage === true,

  askForUsage(body) {
    const options = objectAtMember(body);
    return options.include_usage === true
      ? []
      : [setMember(body, 'stream_options', { ...options, include_usage: true })];
  },

  event: (data, name, quirks) => (data === DONE ? done : look(data, quirks, inDelta, name)),

  whole: (answer, quirks) => look(answer, quirks, inMessage),

  terminator: sseFrame('[DONE]'),

  failureFrame: (message, code) =>
    sseFrame(JSON.stringify({ error: { message, type: 'upstream_error', param: null, code } })),
};

const DONE = '[DONE]';
const done: Glimpse = { ...nothing, terminal: true };

function objectAtMember(body: Body): Record<string, unknown> {
  const options = body.value('stream_options');
  return isObject(options) ? options : {};
}

const inDelta = (choice: unknown): number => generatedBytes(objectAt(choice, 'delta'));
const inMessage = (choice: unknown): number => generatedBytes(objectAt(choice, 'message'));

/** One chunk or one whole answer with `choices`; `bytesIn` says how much of a choice was generated. */
export function look(data: unknown, quirks: Quirks, bytesIn: (choice: unknown) => number, name?: string): Glimpse {
  const error = failureOf(data, name);
  if (!isObject(data)) return error === undefined ? nothing : { ...nothing, error };
  const usage = usageOf(data, quirks);
  const choices = arrayAt(data, 'choices');
  const failed = error ?? choices.map(choiceFailure).find((failure) => failure !== undefined);
  if (failed !== undefined) return { ...nothing, error: failed, usage };
  const textBytes = choices.reduce<number>((sum, choice) => sum + bytesIn(choice), 0);
  const finish = choices.map(finishOf).find((reason) => reason);
  return {
    meaningful: textBytes > 0 || finish !== undefined,
    usage,
    finish,
    choices: choicesOf(choices, hasFinish),
    textBytes,
    terminal: false,
    usageOnly: usage !== undefined && choices.length === 0,
  };
}

const finishOf = (choice: unknown): string | undefined => textAt(choice, 'finish_reason');

const hasFinish = (choice: unknown): boolean => Boolean(finishOf(choice));

function generatedBytes(part: unknown): number {
  if (!isObject(part)) return 0;
  let bytes = 0;
  for (const field of textFields) {
    const value = part[field];
    if (typeof value === 'string') bytes += Buffer.byteLength(value);
    else if (Array.isArray(value) && value.length > 0) bytes += Buffer.byteLength(JSON.stringify(value));
  }
  for (const field of otherFields) {
    const value = part[field];
    if (value != null && !(Array.isArray(value) && value.length === 0))
      bytes += Buffer.byteLength(JSON.stringify(value));
  }
  return bytes;
}
