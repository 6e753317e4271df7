import { Injectable, Logger } from '@nestjs/common';
import { Recurring } from '@app/platform/schedule';
import { LogRetention } from './log-retention';

@Injectable()
export class LogsJobs {
  readonly #logger = new Logger('Logs');

  constructor(private readonly retention: LogRetention) {}

  @Recurring({ name: 'logs.shorten', everyMs: 3_600_000 })
  async shorten(): Promise<void> {
    const { usage, audit } = await this.retention.run();
    if (usage + audit > 0)
      this.#logger.log(`deleted ${usage} old entries of the usage log and ${audit} of the audit log`);
  }
}
