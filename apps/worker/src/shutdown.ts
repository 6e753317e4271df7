import type { AppLogger } from '@app/platform/logger';
import type { INestApplicationContext } from '@nestjs/common';
import { closeApplication } from '../../server/src/close-application';

/** take no more jobs, let running ones end → write what they charged → close. A second signal ends at once. */
export function shutdownOn(signals: readonly NodeJS.Signals[], app: INestApplicationContext, logger: AppLogger): void {
  // What the libs leave open does not keep the process up on every database.
  const alive = setInterval(() => undefined, 60_000);
  let closing = false;
  for (const signal of signals) {
    process.on(signal, () => {
      if (closing) process.exit(1);
      closing = true;
      clearInterval(alive);
      logger.log(`${signal}: running jobs may end, no more are taken`, 'Worker');
      void closeApplication(app, logger, 'Worker').finally(() => process.exit(0));
    });
  }
}
