import { setImmediate as turn } from 'node:timers/promises';
import { Settings } from '@app/config';
import { Recurring } from '@app/platform/schedule';
import { Injectable } from '@nestjs/common';
import { idempotencySettings } from './idempotency.settings';
import { IdempotentCallRepository } from './idempotent-call.repository';

const MIB = 1024 * 1024;
const ROWS_PER_STATEMENT = 200;
/** The longest a run may be; the rest is left to the next. */
const STATEMENTS_PER_RUN = 2_000;

/** Forgets calls whose time is over, and the oldest answers where all together are too much. Safe to run twice. */
@Injectable()
export class IdempotencyJobs {
  constructor(
    private readonly calls: IdempotentCallRepository,
    private readonly settings: Settings,
  ) {}

  @Recurring({ name: 'idempotent-calls.expire', everyMs: 300_000 })
  async expire(): Promise<void> {
    for (let statement = 0; statement < STATEMENTS_PER_RUN; statement += 1) {
      if ((await this.calls.deleteExpired(ROWS_PER_STATEMENT)) < ROWS_PER_STATEMENT) break;
      await turn();
    }
    await this.shrink(this.settings.get(idempotencySettings['idempotency.maxTotalMiB']) * MIB);
  }

  private async shrink(maxBytes: number): Promise<void> {
    let over = (await this.calls.keptBytes()) - maxBytes;
    for (let statement = 0; over > 0 && statement < STATEMENTS_PER_RUN; statement += 1) {
      const dropped = await this.calls.dropContents(ROWS_PER_STATEMENT);
      if (dropped === 0) return;
      over -= dropped;
      await turn();
    }
  }
}
