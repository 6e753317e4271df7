import Redis from 'ioredis';

/** Deletes what a test has left in the Redis of this machine. */
export async function forgetKeys(redisUrl: string, pattern: string): Promise<void> {
  const redis = new Redis(redisUrl);
  for await (const keys of redis.scanStream({ match: pattern, count: 500 })) {
    if (keys.length > 0) await redis.unlink(...(keys as string[]));
  }
  redis.disconnect();
}
