import { KeyvCacheableMemory } from 'cacheable';
import { Keyv } from 'keyv';
import { RedisLink } from '../redis';
import { RedisStore } from './redis.store';

/** Entries in memory; beyond that the least recently used go. */
const MEMORY_ENTRIES = 10_000;

export function memoryTier(entries = MEMORY_ENTRIES): Keyv {
  const keyv = new Keyv({ store: new KeyvCacheableMemory({ lruSize: entries }) });
  // The store clones what goes in and out: no need to encode it too.
  keyv.serialize = undefined;
  keyv.deserialize = undefined;
  return keyv;
}

export function redisTier(url: string, prefix?: string): Keyv {
  const link = new RedisLink(url, 'cache', 'answers are kept in memory only');
  return new Keyv({ store: new RedisStore(link, prefix), useKeyPrefix: false });
}
