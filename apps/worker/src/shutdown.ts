import { HoldService, SettlementWriter } from '@app/billing';
import { messageOf } from '@app/core';
import type { AppLogger } from '@app/platform/logger';
import { QueueLifecycle } from '@app/platform/queue';
import { RecurringJobs } from '@app/platform/schedule';
import type { INestApplicationContext } from '@nestjs/common';

const SETTLE_MS = 5_000;

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
      void close(app, logger).finally(() => process.exit(0));
    });
  }
}

async function close(app: INestApplicationContext, logger: AppLogger): Promise<void> {
  const writer = app.get(SettlementWriter, { strict: false });
  const holds = app.get(HoldService, { strict: false });
  const steps: readonly (() => unknown)[] = [
    () => app.get(RecurringJobs, { strict: false }).close(),
    () => app.get(QueueLifecycle, { strict: false }).close(),
    () => writer.drain(SETTLE_MS),
    () => holds.close(),
    () => writer.close(),
    () => app.close(),
  ];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      logger.error(`while closing: ${messageOf(error)}`, 'Worker');
    }
  }
  await logger.close();
}
