import { newId } from '@app/core';
import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import type { Keyv } from 'keyv';
import type { ChangeBus, Json } from '../bus';
import { AppCache } from './app-cache';

/** A load under way. `outdated` once the key changed after it began. */
class Flight {
  readonly since = performance.now();
  outdated = false;
  value: Promise<unknown>;
}

/** Nobody joins a load older than this: it may never end. */
const JOIN_WITHIN_MS = 10_000;

/** What `cache.changed` says. `from` is the node that has set a new value; a deletion concerns everybody. */
interface Change {
  readonly key: string;
  readonly from?: string;
}

/** Memory in front of an optional shared tier; the bus keeps the memories of all nodes in step. */
export class TieredCache extends AppCache implements OnModuleInit, OnModuleDestroy {
  private readonly id = newId();
  private readonly flights = new Map<string, Flight>();
  /** Counts the changes of any key. */
  private changes = 0;
  private unsubscribe: () => void = () => undefined;

  constructor(
    private readonly bus: ChangeBus,
    private readonly memory: Keyv,
    private readonly shared: Keyv | undefined,
  ) {
    super();
  }

  onModuleInit(): void {
    this.unsubscribe = this.bus.subscribe('cache.changed', (payload) => this.hear(payload));
  }

  onModuleDestroy(): void {
    this.unsubscribe();
  }

  override async wrap<T>(key: string, ttlMs: number, load: () => Promise<T>): Promise<T> {
    const kept = await this.memory.get<T>(key);
    if (kept !== undefined) return kept;
    const flight = this.flights.get(key);
    if (flight !== undefined && performance.now() - flight.since < JOIN_WITHIN_MS) return flight.value as Promise<T>;
    return this.takeOff(key, ttlMs, load);
  }

  override async get<T>(key: string): Promise<T | undefined> {
    const kept = await this.memory.get<T>(key);
    if (kept !== undefined || this.shared === undefined) return kept;
    const { changes } = this;
    return this.fromShared<T>(key, () => this.changes !== changes);
  }

  override async set<T>(key: string, value: T, ttlMs: number): Promise<void> {
    this.outdate(key);
    await Promise.all([this.memory.set(key, value, ttlMs), this.shared?.set(key, value, ttlMs)]);
    await this.bus.publish('cache.changed', { key, from: this.id });
  }

  /** This node hears itself: the bus calls `hear` before `publish` resolves. */
  override async del(key: string): Promise<void> {
    await this.bus.publish('cache.changed', { key });
  }

  private takeOff<T>(key: string, ttlMs: number, load: () => Promise<T>): Promise<T> {
    const flight = new Flight();
    const value = this.obtain(key, ttlMs, load, flight).finally(() => {
      if (this.flights.get(key) === flight) this.flights.delete(key);
    });
    flight.value = value;
    this.flights.set(key, flight);
    return value;
  }

  private async obtain<T>(key: string, ttlMs: number, load: () => Promise<T>, flight: Flight): Promise<T> {
    const shared = await this.fromShared<T>(key, () => flight.outdated);
    if (shared !== undefined && !flight.outdated) return shared;
    const value = await load();
    if (value === undefined || flight.outdated) return value;
    await Promise.all([this.memory.set(key, value, ttlMs), this.shared?.set(key, value, ttlMs)]);
    // The key changed while the value was on its way to the stores.
    if (flight.outdated) await this.forget(key);
    return value;
  }

  /** Fills memory with what Redis has, for the rest of its time; unless it is outdated meanwhile. */
  private async fromShared<T>(key: string, isOutdated: () => boolean): Promise<T | undefined> {
    const found = await this.shared?.getRaw<T>(key);
    if (found?.value === undefined || isOutdated()) return found?.value;
    const rest = found.expires == null ? undefined : found.expires - Date.now();
    if (rest === undefined || rest > 0) await this.memory.set(key, found.value, rest);
    if (isOutdated()) await this.memory.delete(key);
    return found.value;
  }

  private async hear(payload: Json): Promise<void> {
    const { key, from } = payload as unknown as Change;
    if (from === this.id) return;
    this.outdate(key);
    // A deletion also clears Redis on every node: one of them may just have put the old value back.
    await (from === undefined ? this.forget(key) : this.memory.delete(key));
  }

  private outdate(key: string): void {
    this.changes += 1;
    const flight = this.flights.get(key);
    if (flight === undefined) return;
    flight.outdated = true;
    this.flights.delete(key);
  }

  private async forget(key: string): Promise<void> {
    await Promise.all([this.memory.delete(key), this.shared?.delete(key)]);
  }
}
