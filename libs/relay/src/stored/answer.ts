import type { Route } from '@app/channels';
import { type SseEvent, SseParser } from '@app/core';
import { arrayAt, isObject, type JsonObject, numberAt, objectAt, parseJson, textAt } from '../json';
import type { Ending } from '../relay.types';
import { tokensOfBytes } from '../request/estimate';
import type { Origin } from './past';
import type { ResponseStatus } from './stored-response.entity';

/** The response object at the end of a call: the whole body, or in the last event. */
export function answerIn(ending: Ending): JsonObject | undefined {
  if (ending.kind === 'nothing') return undefined;
  if (ending.kind === 'tail') return answerInEvents(ending.bytes);
  if (ending.contentType.includes('event-stream')) return answerInEvents(ending.body);
  const answer = parseJson(ending.body.toString('utf8'));
  return isObject(answer) ? answer : undefined;
}

function answerInEvents(bytes: Buffer): JsonObject | undefined {
  const events: SseEvent[] = [];
  const parser = new SseParser((event) => events.push(event));
  parser.push(bytes);
  parser.end();
  return objectAt(parseJson(events.at(-1)?.data ?? ''), 'response');
}

export const sizeOf = (ending: Ending): number =>
  ending.kind === 'body' ? ending.body.length : ending.kind === 'tail' ? ending.bytes.length : 0;

const ended: ReadonlySet<string> = new Set(['completed', 'incomplete', 'failed', 'cancelled']);

export function statusOf(answer: JsonObject): ResponseStatus {
  const status = textAt(answer, 'status') ?? '';
  // One of ResponseStatus, as the set says.
  return ended.has(status) ? (status as ResponseStatus) : 'completed';
}

/** Who gave an answer, and whether the upstream keeps it under an id of its own. */
export function originOf(route: Route | null, answer: JsonObject): Origin {
  const isKept = route?.protocol === 'openai-responses' && answer.store === true;
  return {
    channelId: route?.channel.id ?? null,
    credentialId: route?.credential.id ?? null,
    upstreamId: isKept ? idOf(answer) : null,
  };
}

/** Ids that fit their column; an answer with another one cannot be asked for. */
export function idOf(answer: JsonObject): string | null {
  const id = textAt(answer, 'id') ?? '';
  return isId(id) ? id : null;
}

/** PostgreSQL refuses some characters, the columns what is too long: neither is anybody's id. */
export const isId = (id: string): boolean => /^[\x21-\x7e]{1,200}$/.test(id);

/** Ids of an answer's items. */
export const itemIdsOf = (answer: JsonObject): readonly string[] =>
  arrayAt(answer, 'output')
    .flatMap((item) => textAt(item, 'id') ?? [])
    .filter(isId);

/** What the next turn has for input besides its own; `otherwise`: estimated from the size where the upstream told nothing. */
export function contextTokens(
  answer: JsonObject,
  otherwise: { readonly bytes: number; readonly past: number },
): number {
  const usage = objectAt(answer, 'usage');
  const total = (numberAt(usage, 'input_tokens') ?? 0) + (numberAt(usage, 'output_tokens') ?? 0);
  return Number.isSafeInteger(total) && total > 0 ? total : tokensOfBytes(otherwise.bytes) + otherwise.past;
}
