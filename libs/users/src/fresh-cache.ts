import { LRUCache } from 'lru-cache';
import { type Clock, DomainError } from '@app/core';

export interface FreshCacheOptions<V> {
  /** Most values kept; the least used goes first. */
  readonly max: number;
  /** An older value is still used, while it is loaded anew: a lost invalidation heals within this time. */
  readonly refreshAfterMs: number;
  /** How long "there is none" is remembered. */
  readonly absentForMs: number;
  readonly clock: Clock;
  load(key: string): Promise<V | null>;
}

interface Held<V> {
  readonly value: V;
  /** When it was loaded; moved on when a refresh begins, so that only one does. */
  since: number;
}

const MAX_ABSENT = 10_000;
const MAX_LOADING = 1_000;

/**
 * Values read on every request and changed rarely: answered from memory without a promise, loaded once however many ask, and
 * dropped by `invalidate`. A load that was under way when its key was invalidated is never kept. When the store is down,
 * what is held stays in use.
 */
export class FreshCache<V extends object> {
  private readonly held: LRUCache<string, Held<V>>;
  private readonly absent: LRUCache<string, number>;
  private readonly loading = new Map<string, Promise<V | null>>();

  constructor(private readonly options: FreshCacheOptions<V>) {
    this.held = new LRUCache({ max: options.max });
    this.absent = new LRUCache({ max: MAX_ABSENT });
  }

  /** The value, null when there is none, undefined when nobody knows yet: `load` it. */
  peek(key: string): V | null | undefined {
    const held = this.held.get(key);
    if (held === undefined) return this.isAbsent(key) ? null : undefined;
    const now = this.options.clock.now();
    if (now - held.since > this.options.refreshAfterMs) {
      held.since = now;
      // A failed refresh keeps the old value; the next one is due in `refreshAfterMs`.
      if (!this.loading.has(key)) this.load(key).catch(() => undefined);
    }
    return held.value;
  }

  /** As `peek`, loading what is not known. Throws what the loader throws. */
  async get(key: string): Promise<V | null> {
    const known = this.peek(key);
    return known === undefined ? this.load(key) : known;
  }

  load(key: string): Promise<V | null> {
    const current = this.loading.get(key);
    if (current !== undefined) return current;
    if (this.loading.size >= MAX_LOADING) {
      return Promise.reject(
        new DomainError('unavailable', 'too many unknown credentials at once', { retryAfterMs: 1_000 }),
      );
    }
    const started: Promise<V | null> = this.options.load(key).then(
      (value) => this.settle(key, started, value),
      (error: unknown) => {
        this.forget(key, started);
        throw error;
      },
    );
    this.loading.set(key, started);
    return started;
  }

  invalidate(key: string): void {
    this.held.delete(key);
    this.absent.delete(key);
    this.loading.delete(key);
  }

  /** Drops every value `matches` says yes to. What is being loaded cannot be asked, so none of it is kept. */
  invalidateWhere(matches: (value: V) => boolean): void {
    for (const [key, { value }] of this.held.entries()) if (matches(value)) this.held.delete(key);
    this.loading.clear();
  }

  private settle(key: string, started: Promise<V | null>, value: V | null): V | null {
    if (!this.forget(key, started)) return value;
    if (value !== null) {
      this.absent.delete(key);
      this.held.set(key, { value, since: this.options.clock.now() });
    } else {
      this.held.delete(key);
      this.absent.set(key, this.options.clock.now() + this.options.absentForMs);
    }
    return value;
  }

  /** False when the load was overtaken by an invalidation. */
  private forget(key: string, started: Promise<V | null>): boolean {
    return this.loading.get(key) === started && this.loading.delete(key);
  }

  private isAbsent(key: string): boolean {
    const until = this.absent.get(key);
    return until !== undefined && until > this.options.clock.now();
  }
}
