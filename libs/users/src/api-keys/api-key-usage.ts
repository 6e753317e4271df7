import { Inject, Injectable, Logger, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { CLOCK, type Clock, messageOf } from '@app/core';
import { ApiKeyRepository } from './api-key.repository';

const FLUSH_MS = 3_000;
const BATCH = 500;
const MAX_PENDING = 50_000;

/** Notes when keys were last used, to a few seconds, off the way of the requests. */
@Injectable()
export class ApiKeyUsage implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger('ApiKeyUsage');
  private pending = new Set<string>();
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly repository: ApiKeyRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => void this.flush(), FLUSH_MS).unref();
  }

  /** Before, because after it the database is closed. */
  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  /** Call it per request: it costs a set insertion. */
  touch(keyId: string): void {
    if (this.pending.size < MAX_PENDING) this.pending.add(keyId);
  }

  /** Writes what was noted. What cannot be written is noted again for the next time. */
  async flush(): Promise<void> {
    if (this.pending.size === 0) return;
    const ids = [...this.pending].sort();
    this.pending = new Set();
    try {
      for (let start = 0; start < ids.length; start += BATCH) {
        await this.repository.markUsed(ids.slice(start, start + BATCH), this.clock.now());
      }
    } catch (error) {
      for (const id of ids) this.touch(id);
      this.logger.warn(`last use of ${ids.length} keys not written yet: ${messageOf(error)}`);
    }
  }
}
