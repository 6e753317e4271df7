import { sseFrame } from '@app/core';
import type { Quirks } from '@app/providers';
import type { Usage } from '../../chat/usage';
import { arrayAt, isObject, type JsonObject, textAt } from '../../json';
import { choicesOf } from '../../lanes/open-choices';
import { type Glimpse, nothing, type Wire } from '../../lanes/wire';
import { badRequest } from '../../relay.errors';
import type { Body, JsonType, Member } from '../../request/members';
import { geminiStreamError } from './errors';
import { numberField } from './fields';
import { UNSPECIFIED } from './finish';
import { usageOf } from './usage';
import { foreignSignatures } from './foreign';

/** Types of the request's fields in both spellings. Everything else is the upstream's to judge. */
const expected: readonly (readonly [names: readonly string[], type: JsonType])[] = [
  [['contents'], 'array'],
  [['tools'], 'array'],
  [['generationConfig', 'generation_config'], 'object'],
  [['toolConfig', 'tool_config'], 'object'],
  [['safetySettings', 'safety_settings'], 'array'],
];

export const geminiWire: Wire = {
  protocol: 'gemini',
  foreign: foreignSignatures,
  // No `repeats`: each event tells the usage so far anew, and an answer that is cut off is charged by the last one.

  check(body) {
    for (const [names, type] of expected) {
      for (const name of names) checkType(name, body.get(name), type);
    }
    if (isEmpty(body.get('contents')))
      throw badRequest('GenerateContentRequest.contents: contents is not specified', 'contents');
  },

  outputLimit(body) {
    const config = configOf(body);
    const limit = numberField(config, 'maxOutputTokens');
    const candidates = numberField(config, 'candidateCount') ?? 1;
    return limit === undefined || limit <= 0 ? undefined : limit * Math.max(1, candidates);
  },

  /** Usage comes without asking. */
  wantsUsage: () => true,
  askForUsage: () => [],

  event: (data, _name, quirks, before) => look(data, quirks, before),
  whole: (answer, quirks) => look(answer, quirks),

  terminator: '',
  failureFrame: (message, code) => sseFrame(JSON.stringify(geminiStreamError({ message, code }))),
};

function checkType(name: string, member: Member | undefined, type: JsonType): void {
  // A single content or tool is taken for a list of one.
  if (!member || member.type === type || member.type === 'null' || (type === 'array' && member.type === 'object'))
    return;
  throw badRequest(`Invalid value at '${name}': expected ${type === 'array' ? 'a list' : 'an object'}.`, name);
}

const isEmpty = (member: Member | undefined): boolean => !member || member.type === 'null';

const configOf = (body: Body): unknown => body.value('generationConfig') ?? body.value('generation_config');

/** A stream without `alt=sse` is one array of answers; an error may come inside an array of its own. */
function look(data: unknown, quirks: Quirks, before?: Usage): Glimpse {
  if (Array.isArray(data)) return data.map((answer) => look(answer, quirks, before)).reduce(joined, nothing);
  if (!isObject(data)) return nothing;
  if (data.error != null) return { ...nothing, error: data.error };
  const candidates = arrayAt(data, 'candidates');
  const glimpse: Growing = {
    meaningful: false,
    usage: usageOf(data, quirks, before),
    finish: textAt(data.promptFeedback, 'blockReason'),
    choices: choicesOf(candidates, (candidate) => finishOf(candidate) !== undefined),
    textBytes: 0,
    terminal: false,
    usageOnly: false,
  };
  for (const candidate of candidates) if (isObject(candidate)) add(candidate, glimpse);
  glimpse.meaningful ||= glimpse.finish !== undefined;
  return glimpse;
}

type Growing = { -readonly [K in keyof Glimpse]: Glimpse[K] };

function finishOf(candidate: unknown): string | undefined {
  const reason = textAt(candidate, 'finishReason');
  return reason === '' || reason === UNSPECIFIED ? undefined : reason;
}

function add(candidate: JsonObject, glimpse: Growing): void {
  glimpse.finish ??= finishOf(candidate);
  for (const part of arrayAt(candidate.content, 'parts')) {
    if (!isObject(part)) continue;
    const bytes = generatedBytes(part);
    glimpse.textBytes += bytes;
    if (bytes > 0 || part.inlineData != null || part.fileData != null) glimpse.meaningful = true;
  }
}

function joined(before: Glimpse, next: Glimpse): Glimpse {
  return {
    ...before,
    meaningful: before.meaningful || next.meaningful,
    error: before.error ?? next.error,
    usage: next.usage ?? before.usage,
    finish: next.finish ?? before.finish,
    choices: [...(before.choices ?? []), ...(next.choices ?? [])],
    textBytes: before.textBytes + next.textBytes,
  };
}

function generatedBytes(part: JsonObject): number {
  if (typeof part.text === 'string') return Buffer.byteLength(part.text);
  const value = part.functionCall ?? part.executableCode ?? part.codeExecutionResult ?? part.toolCall;
  return value == null ? 0 : Buffer.byteLength(JSON.stringify(value));
}
