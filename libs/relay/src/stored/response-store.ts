import { messageOf } from '@app/core';
import { isUnreachable } from '@app/platform/database';
import { SecretBox } from '@app/platform/secrets';
import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { isId } from './answer';
import { reached } from './reached';
import { type FreshTurn, type Plain, type ResponseContent, storedItems, type StoredTurn } from './stored-turn';
import { contentContext, eventsContext, type StoredResponse } from './stored-response.entity';
import { StoredResponseRepository } from './stored-response.repository';

const BATCH_ROWS = 50;
const BATCH_BYTES = 4 * 1024 * 1024;
/** Beyond this, turns are not kept until the database has taken those before. */
const MAX_PENDING_ROWS = 2_000;
const MAX_PENDING_BYTES = 64 * 1024 * 1024;
const RETRY_MS = 1_000;
const CLOSE_MS = 5_000;
/** How long another node may take to write a turn that its caller already goes on from. */
const OTHER_NODE_MS = 400;

/**
 * Kept turns. A turn can be read as soon as it is put; it reaches the database right after, together with those that came while
 * the one before was being written. What a crash catches on this short way is lost.
 */
@Injectable()
export class ResponseStore implements BeforeApplicationShutdown {
  private readonly log = new Logger('Responses');
  private readonly pending = new Map<string, FreshTurn>();
  private pendingBytes = 0;
  private writing: Promise<void> | null = null;
  /** The rows that are being written. */
  private batch: Promise<void> | null = null;
  private closesBy = Infinity;
  private dropped = 0;

  constructor(
    private readonly repository: StoredResponseRepository,
    private readonly secrets: SecretBox,
  ) {}

  get pendingCount(): number {
    return this.pending.size;
  }

  /** Answers that should have been kept and are not. */
  get droppedCount(): number {
    return this.dropped;
  }

  /** Never throws: the answer is more important than its copy. */
  put(turn: FreshTurn): void {
    if (this.pending.size >= MAX_PENDING_ROWS || this.pendingBytes + turn.bytes > MAX_PENDING_BYTES) {
      this.dropped += 1;
      this.log.warn(`the database is behind: the answer ${turn.id} is not kept`);
      return;
    }
    this.pending.set(turn.id, turn);
    this.pendingBytes += turn.bytes;
    this.writing ??= this.write();
  }

  /** Throws RelayError 503 while the database is away. */
  async find(userId: string, id: string): Promise<StoredTurn | null> {
    if (!isId(id)) return null;
    const fresh = this.pending.get(id);
    if (fresh) return fresh.userId === userId ? fresh : null;
    const row = await reached(this.repository.find(userId, id));
    return row && this.opened(row);
  }

  /** As `find`, for a turn that should be there, maybe written by another node this moment. */
  async findSoon(userId: string, id: string): Promise<StoredTurn | null> {
    const found = await this.find(userId, id);
    if (found || !isId(id)) return found;
    await sleep(OTHER_NODE_MS);
    return this.find(userId, id);
  }

  /** The answer in which an item was said. */
  async findByItem(userId: string, itemId: string): Promise<StoredTurn | null> {
    if (!isId(itemId)) return null;
    for (const turn of this.pending.values()) if (turn.userId === userId && turn.itemIds.includes(itemId)) return turn;
    const row = await reached(this.repository.findByItem(userId, itemId));
    return row && this.opened(row);
  }

  async delete(userId: string, id: string): Promise<boolean> {
    if (!isId(id)) return false;
    const fresh = this.pending.get(id);
    if (fresh && fresh.userId !== userId) return false;
    if (fresh) this.written(fresh);
    // It may be among the rows that are being written this moment.
    await this.batch?.catch(() => undefined);
    const deleted = await reached(this.repository.delete(userId, id));
    return deleted || fresh !== undefined;
  }

  /** What is still on its way is written, if the database takes it in time. */
  async beforeApplicationShutdown(): Promise<void> {
    this.closesBy = Date.now() + CLOSE_MS;
    await this.writing;
  }

  seal({ id }: Pick<Plain, 'id'>, content: ResponseContent): string {
    return this.secrets.seal(JSON.stringify(content), contentContext(id));
  }

  sealEvents({ id }: Pick<Plain, 'id'>, events: readonly string[]): string {
    return this.secrets.seal(JSON.stringify(events), eventsContext(id));
  }

  private opened({ content, events, ...row }: StoredResponse): StoredTurn {
    const { id } = row;
    // Sealed here, and unchanged since, else it would not open.
    const open = <T>(text: string, context: string): T => JSON.parse(this.secrets.open(text, context)) as T;
    return {
      ...row,
      content: () => open<ResponseContent>(content, contentContext(id)),
      events: () => (events === null ? null : open<readonly string[]>(events, eventsContext(id))),
    };
  }

  private sealed({ content, bytes: _bytes, itemIds: _ids, ...row }: FreshTurn): StoredResponse {
    return { ...row, content: this.seal(row, content()), events: null };
  }

  private async write(): Promise<void> {
    await Promise.resolve();
    while (this.pending.size > 0) {
      const batch = this.nextBatch();
      try {
        await (this.batch = this.writeBatch(batch));
      } catch (error) {
        this.log.error(`answers wait in memory to be kept: ${messageOf(error)}`);
        if (Date.now() + RETRY_MS > this.closesBy) break;
        await sleep(RETRY_MS);
      }
    }
    this.writing = null;
  }

  private nextBatch(): FreshTurn[] {
    const batch: FreshTurn[] = [];
    let bytes = 0;
    for (const turn of this.pending.values()) {
      if (batch.length === BATCH_ROWS || (batch.length > 0 && bytes + turn.bytes > BATCH_BYTES)) break;
      batch.push(turn);
      bytes += turn.bytes;
    }
    return batch;
  }

  /** Together, or, where one of them cannot be written, one by one. Throws where trying again helps. */
  private async writeBatch(batch: readonly FreshTurn[]): Promise<void> {
    try {
      await this.repository.insert(batch.map((turn) => this.sealed(turn)));
    } catch (error) {
      if (isUnreachable(error)) throw error;
      for (const turn of batch) if (!(await this.writeOne(turn))) this.written(turn);
    }
    await this.index(batch.filter((turn) => this.pending.get(turn.id) === turn));
    for (const turn of batch) this.written(turn);
  }

  private async index(turns: readonly FreshTurn[]): Promise<void> {
    try {
      await this.repository.index(turns.flatMap(({ id, itemIds }) => storedItems(id, itemIds)));
    } catch (error) {
      if (isUnreachable(error)) throw error;
      this.log.error(`items of ${turns.length} answers cannot be referred to: ${messageOf(error)}`);
    }
  }

  /** False: it cannot be kept. */
  private async writeOne(turn: FreshTurn): Promise<boolean> {
    try {
      const kept = await this.repository.put(this.sealed(turn));
      if (!kept) this.log.warn(`the answer ${turn.id} is not kept: somebody else has one with this id`);
      return kept;
    } catch (error) {
      if (isUnreachable(error)) throw error;
      this.dropped += 1;
      this.log.error(`the answer ${turn.id} cannot be kept: ${messageOf(error)}`);
      return false;
    }
  }

  private written(turn: FreshTurn): void {
    if (this.pending.get(turn.id) !== turn) return;
    this.pending.delete(turn.id);
    this.pendingBytes -= turn.bytes;
  }
}
