import type { FieldError } from '@app/core';
import { isOperation } from '@app/providers';
import { channelLimits } from './channel-limits';

type Rule = (value: unknown) => Iterable<FieldError>;

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What the gateway itself decides: without these a call could not be metered, or would not be the one that was priced. */
const metered = new Set(['model', 'stream', 'stream_options', 'background']);

/** Where the conversation stands in any of the protocols. */
const conversation = new Set(
  (
    'messages contents content input prompt query documents requests instances ' +
    'system instructions systemInstruction system_instruction'
  ).split(' '),
);

/** Names that mean something else to JavaScript than to JSON. */
const unsafe = new Set(['__proto__', 'constructor', 'prototype']);

const ops: ReadonlySet<unknown> = new Set(['set', 'delete', 'default']);
const modes: ReadonlySet<unknown> = new Set(['prepend', 'append', 'replace', 'default']);

/** What is wrong with the overrides among a channel's settings, by the setting's name. */
export const overrideRules: Readonly<Record<'parameters' | 'systemPrompt' | 'paths', Rule>> = {
  *parameters(value) {
    const path = 'settings.parameters';
    if (!Array.isArray(value)) return yield { path, message: 'must be a list of {op, path, value?, models?}' };
    const { parameters: most } = channelLimits;
    if (value.length > most) return yield { path, message: `must be at most ${most}` };
    for (const [index, each] of value.entries()) yield* parameterProblems(`${path}.${index}`, each);
  },

  *systemPrompt(value) {
    const path = 'settings.systemPrompt';
    if (!isPlainObject(value)) return yield { path, message: 'must be an object of text and mode' };
    yield* unknownFields(path, value, ['text', 'mode', 'models']);
    const { promptLength: most } = channelLimits;
    if (typeof value.text !== 'string' || value.text.trim() === '' || value.text.length > most) {
      yield { path: `${path}.text`, message: `must be 1 to ${most} characters` };
    }
    if (!modes.has(value.mode)) yield { path: `${path}.mode`, message: `must be one of ${[...modes].join(', ')}` };
    yield* modelProblems(path, value.models);
  },

  *paths(value) {
    const path = 'settings.paths';
    if (!isPlainObject(value)) return yield { path, message: 'must be an object of texts' };
    for (const [operation, address] of Object.entries(value)) {
      const at = `${path}.${operation.slice(0, 64)}`;
      if (!isOperation(operation)) yield { path: at, message: 'is not an operation such as chat or embeddings' };
      else if (!isPath(address)) yield { path: at, message: 'must be a path such as /v2/chat, without spaces or `..`' };
    }
  },
};

function* parameterProblems(path: string, value: unknown): Iterable<FieldError> {
  if (!isPlainObject(value)) return yield { path, message: 'must be an object of op, path and value' };
  yield* unknownFields(path, value, ['op', 'path', 'value', 'models', 'operations']);
  if (!ops.has(value.op)) yield { path: `${path}.op`, message: `must be one of ${[...ops].join(', ')}` };
  const message = pathProblem(value.path);
  if (message) yield { path: `${path}.path`, message };
  if (value.op !== 'delete' && value.value === undefined) yield { path: `${path}.value`, message: 'must be given' };
  yield* modelProblems(path, value.models);
  const { operations } = value;
  if (operations === undefined) return;
  if (!Array.isArray(operations) || operations.length === 0 || operations.length > 32 || !operations.every(isOperation))
    yield { path: `${path}.operations`, message: 'must be a list of operations such as chat or embeddings' };
}

function pathProblem(path: unknown): string | undefined {
  const { pathDepth } = channelLimits;
  if (typeof path !== 'string' || !/^[\w-]{1,64}(\.[\w-]{1,64})*$/.test(path))
    return 'must be names joined by dots, such as generationConfig.topK';
  const names = path.split('.');
  if (names.length > pathDepth) return `must be at most ${pathDepth} names deep`;
  if (names.some((name) => unsafe.has(name))) return 'is not a name that can be set';
  const first = names[0]!; // the pattern asks for one
  if (metered.has(first.toLowerCase()))
    return `${first} is the gateway's to decide: calls are priced and metered by it`;
  return conversation.has(first) ? `${first} is the conversation; instructions are added by systemPrompt` : undefined;
}

function* modelProblems(path: string, models: unknown): Iterable<FieldError> {
  if (models === undefined) return;
  const { patterns, modelLength } = channelLimits;
  const isPattern = (text: unknown) => typeof text === 'string' && /^[A-Za-z0-9._:/@+*-]+$/.test(text);
  const isShort = (text: string) => text.length <= modelLength;
  if (!Array.isArray(models) || models.length === 0 || models.length > patterns)
    yield { path: `${path}.models`, message: `must be a list of 1 to ${patterns} names, * for anything` };
  else if (!models.every((model) => isPattern(model) && isShort(model)))
    yield { path: `${path}.models`, message: 'must be names of models, with * for anything' };
}

function* unknownFields(path: string, value: object, known: readonly string[]): Iterable<FieldError> {
  for (const name of Object.keys(value)) {
    if (!known.includes(name))
      yield { path: `${path}.${name.slice(0, 64)}`, message: `is not one of ${known.join(', ')}` };
  }
}

const isPath = (value: unknown): boolean =>
  typeof value === 'string' &&
  value.length <= channelLimits.pathLength &&
  /^\/(?!\/)(?:[\w\-./~:@!$&'()*+,;=?%]|\{model\})*$/.test(value) &&
  !/(^|\/)\.{1,2}(\/|\?|$)/.test(value);
