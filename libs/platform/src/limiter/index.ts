/** limiter: requests and tokens per minute and requests at a time, over several rules in one atomic step; in memory or on Redis. */
export { type Admission, type Granted, Limiter, type LimiterOptions, type LimitRule, type LimitState } from './limiter';
export { type Refused, type RefusalReason } from './limiter';
export * from './limiter.module';
export { MemoryLimiter } from './memory.limiter';
export { RedisLimiter } from './redis.limiter';
