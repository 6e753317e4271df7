/**
 * Answers kept for a while: in memory, and behind that in Redis where there is one. Values are JSON (what Redis gives back);
 * callers own what they get and may change it. `ttlMs` above 0. Nothing here fails or waits long because Redis is away.
 *
 * A cache may forget at any time. For paths that cannot afford a promise (keys, routes, prices) keep a map and listen to the bus.
 */
export abstract class AppCache {
  /**
   * The kept value, or what `load` gives, kept from then on. One load at a time per key and process, shared by all who ask
   * meanwhile; its error goes to all of them and is not kept. `undefined` is not kept, `null` is. A value loaded while the key
   * was deleted or set is handed out but not kept.
   */
  abstract wrap<T>(key: string, ttlMs: number, load: () => Promise<T>): Promise<T>;

  abstract get<T>(key: string): Promise<T | undefined>;

  /** Other nodes forget what they had in memory. Costs a row on the bus: not for every request. */
  abstract set<T>(key: string, value: T, ttlMs: number): Promise<void>;

  /** On every node and in Redis. */
  abstract del(key: string): Promise<void>;
}
