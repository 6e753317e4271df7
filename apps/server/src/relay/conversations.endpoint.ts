import { Settings } from '@app/config';
import {
  badRequest,
  Body,
  type Conversation,
  Conversations,
  isObject,
  type JsonObject,
  RelayError,
  storedSettings,
} from '@app/relay';
import { Injectable } from '@nestjs/common';
import type { KnownCaller } from './authenticator';
import { GenerateEndpoint } from './generate.endpoint';
import { itemList, wholeList } from './item-list';
import type { Call } from './relay.listener';
import { sendJson } from './send';

const MAX_ITEMS = 20;
const MAX_PAIRS = 16;
const MAX_NAME_LENGTH = 64;
const MAX_VALUE_LENGTH = 512;

/** https://platform.openai.com/docs/api-reference/conversations */
@Injectable()
export class ConversationsEndpoint {
  constructor(
    private readonly generate: GenerateEndpoint,
    private readonly conversations: Conversations,
    private readonly settings: Settings,
  ) {}

  readonly create = async (call: Call, { caller }: KnownCaller): Promise<void> => {
    if (!this.settings.get(storedSettings['responses.store']))
      throw new RelayError('not_found', 'Conversations are not kept here.');
    const body = isEmpty(call) ? nothing : await this.generate.read(call);
    const made = await this.conversations.create(caller.userId, metadataIn(body), itemsIn(body, { mayBeAbsent: true }));
    sendJson(call, 200, this.shown(made));
  };

  /** A conversation, its items, or one of them. */
  readonly get = async (call: Call, { caller }: KnownCaller): Promise<void> => {
    const { id, isItems, itemId } = pathOf(call);
    const conversation = await this.conversations.get(caller.userId, id);
    if (!isItems) return sendJson(call, 200, this.shown(conversation));
    if (itemId !== undefined) return sendJson(call, 200, await this.conversations.item(conversation, itemId));
    sendJson(call, 200, itemList(await this.conversations.items(conversation), call.location.query));
  };

  /** Other metadata, or more items. */
  readonly change = async (call: Call, { caller }: KnownCaller): Promise<void> => {
    const { id, isItems, itemId } = pathOf(call);
    if (itemId !== undefined) throw unknownUrl(call);
    const body = await this.generate.read(call);
    const conversation = await this.conversations.get(caller.userId, id);
    if (!isItems)
      return sendJson(call, 200, this.shown(await this.conversations.update(conversation, metadataIn(body))));
    const added = await this.conversations.add(conversation, itemsIn(body, { mayBeAbsent: false }));
    sendJson(call, 200, wholeList(added));
  };

  readonly delete = async (call: Call, { caller }: KnownCaller): Promise<void> => {
    const { id, isItems, itemId } = pathOf(call);
    if (!isItems) {
      await this.conversations.delete(caller.userId, id);
      return sendJson(call, 200, { id, object: 'conversation.deleted', deleted: true });
    }
    if (itemId === undefined) throw unknownUrl(call);
    const conversation = await this.conversations.get(caller.userId, id);
    await this.conversations.deleteItem(conversation, itemId);
    sendJson(call, 200, this.shown(conversation));
  };

  private shown(conversation: Conversation): object {
    const { id, createdAt } = conversation;
    const created = Math.floor(createdAt / 1000);
    return { id, object: 'conversation', created_at: created, metadata: this.conversations.metadataOf(conversation) };
  }
}

/** `/v1/conversations/{id}[/items[/{item}]]` */
function pathOf(call: Call): { readonly id: string; readonly isItems: boolean; readonly itemId: string | undefined } {
  const [id = '', items, itemId, ...more] = call.location.path.slice('/v1/conversations/'.length).split('/');
  if (id === '' || itemId === '' || more.length > 0 || (items ?? 'items') !== 'items') throw unknownUrl(call);
  return { id, isItems: items !== undefined, itemId };
}

const unknownUrl = ({ req }: Call): RelayError => new RelayError('not_found', `Unknown request URL: ${req.method}.`);

const nothing = Body.parse(Buffer.from('{}'));

const isEmpty = ({ req: { headers } }: Call): boolean =>
  headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;

function itemsIn(body: Body, { mayBeAbsent }: { readonly mayBeAbsent: boolean }): readonly JsonObject[] {
  const items = body.value('items') ?? null;
  if (items === null && mayBeAbsent) return [];
  if (!Array.isArray(items) || !items.every(isObject))
    throw badRequest("Invalid type for 'items': expected an array of items.", 'items');
  if (items.length > MAX_ITEMS) throw badRequest(`At most ${MAX_ITEMS} items can be added at a time.`, 'items');
  return items;
}

function metadataIn(body: Body): JsonObject {
  const metadata = body.value('metadata') ?? {};
  if (!isObject(metadata)) throw badRequest("Invalid type for 'metadata': expected an object.", 'metadata');
  const pairs = Object.entries(metadata);
  const fits = ([name, value]: [string, unknown]): boolean =>
    name.length <= MAX_NAME_LENGTH && typeof value === 'string' && value.length <= MAX_VALUE_LENGTH;
  if (pairs.length > MAX_PAIRS || !pairs.every(fits))
    throw badRequest(
      `'metadata' takes ${MAX_PAIRS} texts of ${MAX_VALUE_LENGTH} characters, under names of ${MAX_NAME_LENGTH}.`,
      'metadata',
    );
  return metadata;
}
