import { HoldService, SettlementWriter } from '@app/billing';
import { messageOf } from '@app/core';
import type { AppLogger } from '@app/platform/logger';
import { QueueLifecycle } from '@app/platform/queue';
import { RecurringJobs } from '@app/platform/schedule';
import type { INestApplicationContext } from '@nestjs/common';

const SETTLE_MS = 5_000;

/** Let running jobs end → write what was charged → give the money back → close. No step keeps the next from being taken. */
export async function closeApplication(
  app: INestApplicationContext,
  logger: AppLogger,
  program: 'Server' | 'Worker',
): Promise<void> {
  const writer = app.get(SettlementWriter, { strict: false });
  const steps: readonly (() => unknown)[] = [
    () => app.get(RecurringJobs, { strict: false }).close(),
    () => app.get(QueueLifecycle, { strict: false }).close(),
    () => writer.drain(SETTLE_MS),
    () => app.get(HoldService, { strict: false }).close(),
    () => writer.close(),
    () => app.close(),
  ];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      logger.error(`while closing: ${messageOf(error)}`, program);
    }
  }
  await logger.close();
}
