import type { Route } from '@app/channels';
import { arrayAt, isObject, type JsonObject, textAt } from '../json';
import { isCarrier } from '../protocols/openai-responses/carriers';
import { isNameless } from '../protocols/openai-responses/ids';
import { outputItemsToInput } from '../protocols/openai-responses/stored';
import type { ResponseContent } from './stored-turn';

/** One turn that was kept: what was asked and answered, and by whom. */
export interface Turn {
  readonly id: string;
  readonly channelId: string | null;
  readonly content: ResponseContent;
}

/** `input` as a list of items. */
export function itemsOf(input: unknown): readonly JsonObject[] {
  const items = typeof input === 'string' ? [{ type: 'message', role: 'user', content: input }] : input;
  return Array.isArray(items) ? items.filter(isObject) : [];
}

/** The turns, oldest first, as input for an upstream that knows nothing of them. */
export function historyItems(turns: readonly Turn[], route: Route): readonly JsonObject[] {
  return turns.flatMap(({ channelId, content }) => {
    const answered = outputItemsToInput(arrayAt(content.response, 'output'));
    const isForeign = channelId !== route.channel.id;
    const readable = answered.filter((item) => isReadable(item, route, isForeign));
    return [...itemsOf(content.input), ...readable.map(withoutId)];
  });
}

/**
 * A Responses API refuses thoughts it cannot decrypt, and those it should look up under an id of another store. Other protocols
 * get them all: translating, each upstream's own signatures find back to it.
 */
function isReadable(item: JsonObject, { protocol }: Route, isForeign: boolean): boolean {
  if (item.type !== 'reasoning' || protocol !== 'openai-responses') return true;
  const encrypted = textAt(item, 'encrypted_content');
  return encrypted !== undefined && !isForeign && !isCarrier(encrypted);
}

export function withoutId(item: JsonObject): JsonObject {
  if (!isNameless(item.type)) return item;
  const { id: _id, ...rest } = item;
  return rest;
}
