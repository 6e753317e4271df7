import { messageOf } from '@app/core';
import { RedisLink } from '@app/platform/redis';
import { type Check, fail, ok } from './check';

const name = 'redis';
const WAIT_MS = 3_000;

export const checkRedis: Check = async ({ redisUrl }) => {
  if (redisUrl === undefined) return ok(name, 'not used: cache, counters and queue are embedded');
  let reason = `no answer within ${WAIT_MS} ms`;
  const link = new RedisLink(redisUrl, 'doctor', 'checking');
  link.client.on('error', (error: Error) => (reason = messageOf(error)));
  try {
    await link.settled(WAIT_MS);
    const started = Date.now();
    await link.run((client) => client.ping());
    return ok(name, `answered in ${Date.now() - started} ms`);
  } catch {
    const { host } = new URL(redisUrl);
    return fail(name, `${host}: ${reason}`, 'Start Redis, correct REDIS_URL, or unset it for a single server.');
  } finally {
    link.close();
  }
};
