import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '@app/core';
import { ENV, type Env } from '@app/platform/env';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { EndRecord } from './records';

/** In the data folder: one line for each. */
export const DEAD_LETTERS = 'dead-letters.jsonl';

/** Ended calls no database takes, whatever is tried: one of them must not stop all that come after it. Kept for a person to look at. */
@Injectable()
export class DeadLetters {
  private readonly log = new Logger('Settlement');
  private count = 0;

  constructor(@Inject(ENV) private readonly env: Env) {}

  /** How many were set aside since the start. */
  get size(): number {
    return this.count;
  }

  put(record: EndRecord, error: unknown): void {
    this.count += 1;
    const file = join(this.env.dataDir, DEAD_LETTERS);
    this.log.error(`call ${record.row.id} cannot be settled and is kept in ${file}: ${messageOf(error)}`);
    appendFileSync(file, `${JSON.stringify({ error: messageOf(error), ...record })}\n`, { mode: 0o600 });
  }
}
