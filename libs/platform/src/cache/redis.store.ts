import { EventEmitter } from 'node:events';
import type { KeyvStoreAdapter, StoredData } from 'keyv';
import type { RedisLink } from '../redis';

const SCAN_COUNT = 500;

/**
 * Keyv's store on the connection of this program. @keyv/redis would bring a second Redis client, and its commands wait for ever
 * on a connection that is open but silent; here an operation takes 500 ms at most and then counts as a miss.
 */
export class RedisStore extends EventEmitter implements KeyvStoreAdapter {
  readonly opts = { dialect: 'redis' };
  namespace?: string;

  constructor(
    private readonly link: RedisLink,
    private readonly prefix = 'one-api:cache:',
  ) {
    super();
  }

  async get<T>(key: string): Promise<StoredData<T> | undefined> {
    // Keyv decodes what it has encoded in `set`.
    const text = await this.orMiss(this.link.run((client) => client.get(this.prefix + key)));
    return (text ?? undefined) as StoredData<T> | undefined;
  }

  async set(key: string, value: string, ttl?: number): Promise<void> {
    const name = this.prefix + key;
    await this.orMiss(
      this.link.run((client) =>
        ttl === undefined ? client.set(name, value) : client.set(name, value, 'PX', Math.ceil(ttl)),
      ),
    );
  }

  async delete(key: string): Promise<boolean> {
    return (await this.orMiss(this.link.run((client) => client.del(this.prefix + key)))) === 1;
  }

  async clear(): Promise<void> {
    let cursor = '0';
    do {
      const scan = this.link.run((client) => client.scan(cursor, 'MATCH', `${this.prefix}*`, 'COUNT', SCAN_COUNT));
      const [next, keys] = (await this.orMiss(scan)) ?? ['0', []];
      if (keys.length > 0) await this.orMiss(this.link.run((client) => client.unlink(...keys)));
      cursor = next;
    } while (cursor !== '0');
  }

  async disconnect(): Promise<void> {
    this.link.close();
  }

  /** The link has logged the outage. */
  private async orMiss<T>(answer: Promise<T>): Promise<T | undefined> {
    try {
      return await answer;
    } catch {
      return undefined;
    }
  }
}
