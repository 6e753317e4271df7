import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { isId } from './answer';
import { PendingTurns } from './pending-turns';
import { reached } from './reached';
import { StoredResponseRepository } from './stored-response.repository';
import type { FreshTurn, StoredTurn } from './stored-turn';
import { TurnSeal } from './turn-seal';

/** How long another node may take to write a turn that its caller already goes on from. */
const OTHER_NODE_MS = 400;

/** Kept turns, each for its owner alone. A turn can be read as soon as it is put, before the database has it. */
@Injectable()
export class ResponseStore {
  constructor(
    private readonly repository: StoredResponseRepository,
    private readonly pending: PendingTurns,
    private readonly seal: TurnSeal,
  ) {}

  /** Never throws: the answer is more important than its copy. */
  put(turn: FreshTurn): void {
    this.pending.put(turn);
  }

  /** Resolves when what has been put is written, or cannot be for long. */
  flush(): Promise<void> {
    return this.pending.beforeApplicationShutdown();
  }

  /** Throws RelayError 503 while the database is away. */
  async find(userId: string, id: string): Promise<StoredTurn | null> {
    if (!isId(id)) return null;
    const fresh = this.pending.get(id);
    if (fresh) return fresh.userId === userId ? fresh : null;
    const row = await reached(this.repository.find(userId, id));
    return row && this.seal.turnOf(row);
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
    const fresh = this.pending.findByItem(userId, itemId);
    if (fresh) return fresh;
    const row = await reached(this.repository.findByItem(userId, itemId));
    return row && this.seal.turnOf(row);
  }

  async delete(userId: string, id: string): Promise<boolean> {
    if (!isId(id)) return false;
    const fresh = this.pending.get(id);
    if (fresh && fresh.userId !== userId) return false;
    if (fresh) await this.pending.withdraw(fresh);
    const deleted = await reached(this.repository.delete(userId, id));
    return deleted || fresh !== undefined;
  }
}
