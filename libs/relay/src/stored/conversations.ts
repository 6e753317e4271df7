import { newId } from '@app/core';
import { SecretBox } from '@app/platform/secrets';
import { Injectable } from '@nestjs/common';
import { isObject, type JsonObject, textAt } from '../json';
import { inputItems } from '../protocols/openai-responses/stored';
import { badRequest, RelayError } from '../relay.errors';
import { tokensOfBytes } from '../request/estimate';
import { isId } from './answer';
import { type Conversation, type ConversationItem, itemContext, metadataContext } from './conversation.entity';
import { ConversationRepository } from './conversation.repository';
import type { Turn } from './history';
import type { Origin } from './past';
import { reached } from './reached';

/** The longest conversation that is put together. */
const MAX_ITEMS = 5_000;
const MAX_BYTES = 64 * 1024 * 1024;

/** What one turn adds. */
export interface Addition {
  readonly input: readonly JsonObject[];
  readonly output: readonly JsonObject[];
  readonly origin: Pick<Origin, 'channelId' | 'credentialId'>;
  readonly contextTokens: number;
}

/** Conversations with their items, sealed, each for its owner alone. */
@Injectable()
export class Conversations {
  constructor(
    private readonly repository: ConversationRepository,
    private readonly secrets: SecretBox,
  ) {}

  async create(userId: string, metadata: JsonObject, items: readonly JsonObject[]): Promise<Conversation> {
    const id = `conv_${newId().replaceAll('-', '')}`;
    const now = Date.now();
    const sealed = this.secrets.seal(JSON.stringify(metadata), metadataContext(id));
    const unanswered = { channelId: null, credentialId: null, contextTokens: 0 };
    const conversation = { id, userId, createdAt: now, usedAt: now, ...unanswered, metadata: sealed };
    await reached(this.repository.insert(conversation));
    if (items.length > 0) await this.add(conversation, items);
    return conversation;
  }

  /** Throws RelayError 404, also for what is somebody else's. */
  async get(userId: string, id: string): Promise<Conversation> {
    const found = isId(id) ? await reached(this.repository.find(userId, id)) : null;
    if (!found) throw missing('Conversation', id);
    return found;
  }

  metadataOf({ id, metadata }: Conversation): JsonObject {
    // Sealed here, as an object.
    return JSON.parse(this.secrets.open(metadata, metadataContext(id))) as JsonObject;
  }

  async update(conversation: Conversation, metadata: JsonObject): Promise<Conversation> {
    const sealed = this.secrets.seal(JSON.stringify(metadata), metadataContext(conversation.id));
    await reached(this.repository.append(conversation, [], { metadata: sealed }));
    return { ...conversation, metadata: sealed };
  }

  async delete(userId: string, id: string): Promise<void> {
    if (!isId(id) || !(await reached(this.repository.delete(userId, id)))) throw missing('Conversation', id);
  }

  /** Items as they are listed, oldest first. */
  async items({ id }: Conversation): Promise<readonly JsonObject[]> {
    const rows = await reached(this.repository.items(id, MAX_ITEMS));
    return rows.map((row) => this.opened(row));
  }

  async item({ id }: Conversation, itemId: string): Promise<JsonObject> {
    const row = isId(itemId) ? await reached(this.repository.item(id, itemId)) : null;
    if (!row) throw missing('Item', itemId);
    return this.opened(row);
  }

  async deleteItem({ id }: Conversation, itemId: string): Promise<void> {
    if (!isId(itemId) || !(await reached(this.repository.deleteItem(id, itemId)))) throw missing('Item', itemId);
  }

  /** What the caller says without asking for an answer. Gives the items as they are listed. */
  async add(conversation: Conversation, items: readonly JsonObject[]): Promise<readonly JsonObject[]> {
    const listed = inputItems({ input: items }, newId());
    const size = Buffer.byteLength(JSON.stringify(listed));
    const contextTokens = conversation.contextTokens + tokensOfBytes(size);
    const rows = this.rows(conversation.id, listed, null);
    if (!(await reached(this.repository.append(conversation, rows, { usedAt: Date.now(), contextTokens }))))
      throw missing('Conversation', conversation.id);
    return listed;
  }

  /** A turn with its answer. */
  async append(conversation: Conversation, { input, output, origin, contextTokens }: Addition): Promise<void> {
    const { channelId, credentialId } = origin;
    const rows = [
      ...this.rows(conversation.id, input, null),
      ...this.rows(conversation.id, output, channelId ?? UNKNOWN_CHANNEL),
    ];
    await this.repository.append(conversation, rows, { usedAt: Date.now(), channelId, credentialId, contextTokens });
  }

  /** What was said, as turns: each item by itself. Throws RelayError where there is too much of it. */
  async history({ id }: Conversation): Promise<readonly Turn[]> {
    const rows = await reached(this.repository.items(id, MAX_ITEMS + 1));
    const bytes = rows.reduce((sum, { content }) => sum + content.length, 0);
    if (rows.length > MAX_ITEMS || bytes > MAX_BYTES)
      throw badRequest('The conversation is too long to be put together.', 'conversation');
    return rows.map((row) => {
      const content = { input: null, response: { output: [this.opened(row)] } };
      return { id, channelId: row.channelId, content };
    });
  }

  private rows(conversationId: string, items: readonly JsonObject[], channelId: string | null): ConversationItem[] {
    return items.map((item) => {
      const id = newId();
      const given = textAt(item, 'id') ?? '';
      const itemId = isId(given) ? given : id;
      const content = this.secrets.seal(JSON.stringify({ ...item, id: itemId }), itemContext(id));
      return { id, conversationId, itemId, channelId, content };
    });
  }

  private opened({ id, content }: ConversationItem): JsonObject {
    const item: unknown = JSON.parse(this.secrets.open(content, itemContext(id)));
    return isObject(item) ? item : {};
  }
}

const MAX_ID_LENGTH = 200;
/** The model's, though nobody knows whose: nobody gets its encrypted thoughts. */
const UNKNOWN_CHANNEL = 'unknown';

const missing = (what: string, id: string): RelayError =>
  new RelayError('not_found', `${what} with id '${id.slice(0, MAX_ID_LENGTH)}' not found.`, {
    upstream: { type: 'invalid_request_error', code: null },
  });
