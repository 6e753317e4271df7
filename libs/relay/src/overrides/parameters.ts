import type { ParameterRule, Route } from '@app/channels';
import type { Members } from '@app/providers';
import { isObject, type JsonObject } from '../json';
import type { RelayRequest } from '../relay.types';

/** One change of a body. */
export type BodyRule = Pick<ParameterRule, 'op' | 'path' | 'value'>;

/** The rules of a channel and of its provider for the body of one call; empty for nearly all. */
export function rulesFor(
  { operation, model }: Pick<RelayRequest, 'operation' | 'model'>,
  { channel, upstreamModel, protocol }: Pick<Route, 'channel' | 'upstreamModel' | 'protocol'>,
): readonly BodyRule[] {
  const members = operation === 'chat' ? channel.provider.members?.[protocol] : undefined;
  const fixed = members ? fixedRules(members) : none;
  if (channel.overrides === null) return fixed;
  const names = { requested: model, upstream: upstreamModel };
  const own = channel.overrides.parameters.filter(
    (rule) => rule.operations.includes(operation) && rule.concerns(names),
  );
  // The provider has the last word: without its members it takes no body.
  return [...own, ...fixed];
}

/**
 * The rules for each of the requests in a batch of Gemini's: whoever writes one for `embeddings` means every embedding, however
 * many are asked for at once.
 */
export const rulesForEach = (
  { operation, model }: Pick<RelayRequest, 'operation' | 'model'>,
  route: Pick<Route, 'channel' | 'upstreamModel' | 'protocol'>,
): readonly BodyRule[] =>
  operation === 'batch-embeddings' ? rulesFor({ operation: 'embeddings', model }, route) : none;

const none: readonly BodyRule[] = [];

export const fixedRules = ({ set = {}, remove = [] }: Members): readonly BodyRule[] => [
  ...Object.entries(set).map(([name, value]): BodyRule => ({ op: 'set', path: [name], value })),
  ...remove.map((name): BodyRule => ({ op: 'delete', path: [name], value: undefined })),
];

/** A body made by ourselves with the rules applied; what they do not touch is shared with the old one. */
export const withParameters = (body: JsonObject, rules: readonly BodyRule[]): JsonObject =>
  rules.reduce((result, { path, ...rule }) => changed(result, path, rule), body);

type Change = Pick<ParameterRule, 'op' | 'value'>;

/** The object with the change made at the path; the same object when there is nothing to do. */
export function changed(object: JsonObject, [name = '', ...rest]: readonly string[], change: Change): JsonObject {
  const present = Object.hasOwn(object, name) && object[name] !== undefined;
  const before = present ? object[name] : undefined;
  if (rest.length > 0) {
    if (!isObject(before) && (change.op === 'delete' || (change.op === 'default' && present))) return object;
    const after = changed(isObject(before) ? before : {}, rest, change);
    return after === before ? object : { ...object, [name]: after };
  }
  if (change.op === 'delete') return present ? without(object, name) : object;
  return change.op === 'default' && present ? object : { ...object, [name]: change.value };
}

function without(object: JsonObject, name: string): JsonObject {
  const { [name]: _gone, ...rest } = object;
  return rest;
}
