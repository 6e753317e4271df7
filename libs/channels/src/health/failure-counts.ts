import { LRUCache } from 'lru-cache';

interface Count {
  failures: number;
  firstAt: number;
  lastAt: number;
}

const mostKeys = 20_000;

/** Failures by key, each count within one window of time. */
export class FailureCounts {
  readonly #counts = new LRUCache<string, Count>({ max: mostKeys });

  get size(): number {
    return this.#counts.size;
  }

  /** Counts one more and tells how many there are; a window that has passed begins anew. */
  note(key: string, now: number, windowMs: number): number {
    const count = this.#counts.get(key);
    if (!count || now - count.firstAt > windowMs) {
      this.#counts.set(key, { failures: 1, firstAt: now, lastAt: now });
      return 1;
    }
    count.lastAt = now;
    return ++count.failures;
  }

  /**
   * As `note`, but calls that were under way together count once: a minute's trouble at the vendor fails a hundred of them, and
   * is one piece of evidence. `startedAt`: when the failed call was sent.
   */
  noteBurst(key: string, startedAt: number, now: number, windowMs: number): number {
    const count = this.#counts.peek(key);
    if (count && now - count.firstAt <= windowMs && startedAt < count.lastAt) return count.failures;
    return this.note(key, now, windowMs);
  }

  has(key: string): boolean {
    return this.#counts.has(key);
  }

  clear(key: string): void {
    if (this.#counts.size > 0) this.#counts.delete(key);
  }

  clearAll(): void {
    this.#counts.clear();
  }
}
