import { CACHE_MANAGER, type Cache, CacheModule as CacheManagerModule } from '@nestjs/cache-manager';
import { Global, Module } from '@nestjs/common';
import { ChangeBus } from '../bus';
import { ENV, type Env } from '../env';
import { AppCache } from './app-cache';
import { memoryTier, redisTier } from './stores';
import { TieredCache } from './tiered.cache';

const openStores = ({ redisUrl }: Env) => ({
  stores: redisUrl === undefined ? [memoryTier()] : [memoryTier(), redisTier(redisUrl)],
});

function openCache(bus: ChangeBus, manager: Cache): AppCache {
  const [memory, shared] = manager.stores;
  if (memory === undefined) throw new Error('the cache manager has no store');
  return new TieredCache(bus, memory, shared);
}

/**
 * Provides `AppCache` everywhere, and Nest's `CACHE_MANAGER` over the same stores for what Nest itself caches: through that one
 * other nodes are not told of changes.
 */
@Global()
@Module({
  imports: [CacheManagerModule.registerAsync({ isGlobal: true, inject: [ENV], useFactory: openStores })],
  providers: [{ provide: AppCache, inject: [ChangeBus, CACHE_MANAGER], useFactory: openCache }],
  exports: [AppCache],
})
export class CacheModule {}
