import { Settings } from '@app/config';
import { Recurring } from '@app/platform/schedule';
import { Injectable, Logger } from '@nestjs/common';
import { setImmediate as turn } from 'node:timers/promises';
import { ConversationRepository } from './conversation.repository';
import { storedSettings } from './stored.settings';
import { StoredResponseRepository } from './stored-response.repository';

const DAY_MS = 86_400_000;
const ROWS_PER_STATEMENT = 200;
/** The longest a run may be; the rest is left to the next. */
const STATEMENTS_PER_RUN = 2_000;

/** Deletes what has been kept long enough, in short statements, and ends what nobody works on. Safe to run twice or on several nodes at once. */
@Injectable()
export class StoredJobs {
  private readonly log = new Logger('Responses');

  constructor(
    private readonly responses: StoredResponseRepository,
    private readonly conversations: ConversationRepository,
    private readonly settings: Settings,
  ) {}

  @Recurring({ name: 'responses.fail-lapsed', everyMs: 10_000 })
  async failLapsed(): Promise<void> {
    const failed = await this.responses.failLapsed(Date.now());
    if (failed > 0) this.log.warn(`${failed} background answers failed: the process that made them is gone`);
  }

  @Recurring({ name: 'responses.expire', everyMs: 3_600_000 })
  async expire(now = Date.now()): Promise<void> {
    const before = now - this.settings.get(storedSettings['responses.retentionDays']) * DAY_MS;
    for (const rows of [this.responses, this.conversations]) await shorten(rows, before);
  }
}

interface Deletable {
  deleteBefore(time: number, limit: number): Promise<number>;
}

async function shorten(rows: Deletable, before: number): Promise<void> {
  for (let statement = 0; statement < STATEMENTS_PER_RUN; statement += 1) {
    const deleted = await rows.deleteBefore(before, ROWS_PER_STATEMENT);
    if (deleted < ROWS_PER_STATEMENT) return;
    await turn();
  }
}
