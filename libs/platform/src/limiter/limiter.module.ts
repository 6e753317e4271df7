import { ENV, type Env } from '../env';
import { RedisLink } from '../redis';
import { Global, Module } from '@nestjs/common';
import { Limiter } from './limiter';
import { MemoryLimiter } from './memory.limiter';
import { RedisLimiter } from './redis.limiter';

/** Memory alone, or Redis with memory behind it when REDIS_URL is set. */
function openLimiter({ redisUrl }: Env): Limiter {
  const local = new MemoryLimiter();
  if (redisUrl === undefined) return local;
  return new RedisLimiter(new RedisLink(redisUrl, 'limiter', 'every node counts its own requests meanwhile'), local);
}

/** Provides `Limiter` everywhere. */
@Global()
@Module({ providers: [{ provide: Limiter, inject: [ENV], useFactory: openLimiter }], exports: [Limiter] })
export class LimiterModule {}
