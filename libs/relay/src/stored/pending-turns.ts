import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '@app/core';
import { isUnreachable } from '@app/platform/database';
import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { StoredResponseRepository } from './stored-response.repository';
import { type FreshTurn, storedItems } from './stored-turn';
import { TurnSeal } from './turn-seal';

const BATCH_ROWS = 50;
const BATCH_BYTES = 4 * 1024 * 1024;
/** Beyond this, turns are not kept until the database has taken those before. */
const MAX_PENDING_ROWS = 2_000;
const MAX_PENDING_BYTES = 64 * 1024 * 1024;
const RETRY_MS = 1_000;
const CLOSE_MS = 5_000;

/**
 * Turns on their way to the database: each goes right after it is put, together with those that came while the one before was being
 * written. What a crash catches on this short way is lost.
 */
@Injectable()
export class PendingTurns implements BeforeApplicationShutdown {
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
    private readonly seal: TurnSeal,
  ) {}

  get count(): number {
    return this.pending.size;
  }

  /** Turns that should have been kept and are not. */
  get droppedCount(): number {
    return this.dropped;
  }

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

  get(id: string): FreshTurn | undefined {
    return this.pending.get(id);
  }

  findByItem(userId: string, itemId: string): FreshTurn | undefined {
    for (const turn of this.pending.values()) if (turn.userId === userId && turn.itemIds.includes(itemId)) return turn;
    return undefined;
  }

  /** It need not be written any more. If it is among the rows that are being written this moment, its row is there afterwards. */
  async withdraw(turn: FreshTurn): Promise<void> {
    this.written(turn);
    await this.batch?.catch(() => undefined);
  }

  /** What is still on its way is written, if the database takes it in time. */
  async beforeApplicationShutdown(): Promise<void> {
    this.closesBy = Date.now() + CLOSE_MS;
    await this.writing;
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
      await this.repository.insert(batch.map((turn) => this.seal.rowOf(turn)));
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
      const kept = await this.repository.put(this.seal.rowOf(turn));
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
