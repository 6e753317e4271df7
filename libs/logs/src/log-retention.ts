import { setImmediate as turn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { type Setting, Settings } from '@app/config';
import { AuditLog } from './audit-log';
import { logSettings } from './logs.settings';
import { UsageLogRepository } from './usage-log.repository';

const DAY_MS = 86_400_000;
const ROWS_PER_STATEMENT = 500;
/** The longest a run may be; the rest is left to the next. */
const STATEMENTS_PER_RUN = 2_000;

interface Deletable {
  deleteBefore(time: number, limit: number): Promise<number>;
}

/** Deletes log entries older than the settings say, in short statements, so that writers never wait long. */
@Injectable()
export class LogRetention {
  constructor(
    private readonly usage: UsageLogRepository,
    private readonly audit: AuditLog,
    private readonly settings: Settings,
  ) {}

  /** Safe to run twice or on several nodes at once. Returns how many rows this run deleted. */
  async run(now = Date.now()): Promise<{ readonly usage: number; readonly audit: number }> {
    return {
      usage: await this.#shorten(this.usage, logSettings.retentionDays, now),
      audit: await this.#shorten(this.audit, logSettings.auditRetentionDays, now),
    };
  }

  async #shorten(log: Deletable, setting: Setting<number>, now: number): Promise<number> {
    const days = this.settings.get(setting);
    let deleted = 0;
    if (days === 0) return deleted;
    for (let statement = 0; statement < STATEMENTS_PER_RUN; statement++) {
      const rows = await log.deleteBefore(now - days * DAY_MS, ROWS_PER_STATEMENT);
      deleted += rows;
      if (rows < ROWS_PER_STATEMENT) break;
      await turn();
    }
    return deleted;
  }
}
