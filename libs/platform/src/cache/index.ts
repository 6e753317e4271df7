/** cache: answers kept in memory and, where there is one, in Redis; all nodes forget together. */
export * from './app-cache';
export * from './cache.module';
export { RedisStore } from './redis.store';
export { memoryTier, redisTier } from './stores';
export { TieredCache } from './tiered.cache';
