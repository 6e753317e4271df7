import { messageOf } from '@app/core';
import { Logger } from '@nestjs/common';
import Redis, { type RedisOptions } from 'ioredis';

/** Longest a caller waits for an answer before it goes on without Redis. */
const COMMAND_TIMEOUT_MS = 500;
const PROBE_INTERVAL_MS = 500;
/** After so many unanswered probes the other end has vanished without a word: the connection is replaced. */
const PROBES_PER_CONNECTION = 4;
/** An outage that flaps is logged this often, not at every turn. */
const LOG_INTERVAL_MS = 30_000;

/** No queueing and no resending: a command that cannot be answered now fails now. Reconnects for ever. */
const failFast: RedisOptions = {
  lazyConnect: true,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  commandTimeout: COMMAND_TIMEOUT_MS,
  connectTimeout: 2_000,
  disconnectTimeout: 200,
  keepAlive: 10_000,
  retryStrategy: (times) => Math.min(times * 100, 2_000),
};

/**
 * A connection for work that can be done without Redis: `usable` says whether asking makes sense, a failing command costs at
 * most 500 ms once, then the link counts as away until a probe is answered. Outage and recovery are logged once each.
 */
export class RedisLink {
  readonly client: Redis;
  private readonly log: Logger;
  private away = false;
  private closed = false;
  private loggedAt = -Infinity;
  private outageLogged = false;
  private probe: NodeJS.Timeout | undefined;
  private unanswered = 0;

  /** `purpose` completes "Redis is away: …" in the log: what goes on without it. */
  constructor(
    url: string,
    name: string,
    private readonly purpose: string,
    options: RedisOptions = {},
  ) {
    this.log = new Logger(name);
    this.client = new Redis(url, { ...failFast, connectionName: `one-api-${name}`, ...options });
    this.client.on('error', (error: Error) => this.lost(error));
    this.client.on('ready', () => this.found());
    this.client.connect().catch((error: unknown) => this.lost(error));
  }

  get usable(): boolean {
    return !this.away && this.client.status === 'ready';
  }

  /** Runs a command. Rejects at once while Redis is away. */
  async run<T>(command: (client: Redis) => Promise<T>): Promise<T> {
    if (!this.usable) throw new Error('Redis is away');
    try {
      return await command(this.client);
    } catch (error) {
      this.lost(error);
      throw error;
    }
  }

  /** Resolves when the connection is usable, at the latest after `timeoutMs`. */
  async settled(timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!this.usable && Date.now() < deadline && !this.closed) await new Promise((wake) => setTimeout(wake, 10));
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.probe);
    this.client.disconnect();
  }

  private lost(error: unknown): void {
    if (this.closed) return;
    this.away = true;
    if (!this.outageLogged && Date.now() - this.loggedAt > LOG_INTERVAL_MS) {
      this.outageLogged = true;
      this.loggedAt = Date.now();
      this.log.warn(`Redis is away: ${this.purpose} (${messageOf(error)})`);
    }
    this.probe ??= setTimeout(() => void this.tryAgain(), PROBE_INTERVAL_MS).unref();
  }

  private async tryAgain(): Promise<void> {
    this.probe = undefined;
    if (this.closed) return;
    try {
      await this.client.ping();
      this.found();
    } catch (error) {
      this.unanswered += 1;
      if (this.unanswered % PROBES_PER_CONNECTION === 0 && this.client.status === 'ready') this.client.disconnect(true);
      this.lost(error);
    }
  }

  private found(): void {
    this.away = false;
    this.unanswered = 0;
    if (!this.outageLogged) return;
    this.outageLogged = false;
    this.log.log('Redis is back');
  }
}
