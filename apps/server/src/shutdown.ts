import type { Server } from 'node:http';
import type { AppLogger } from '@app/platform/logger';
import { BackgroundRuns } from '@app/relay';
import type { INestApplication } from '@nestjs/common';
import { closeApplication } from './close-application';
import { InFlight } from './relay/in-flight';
import { RealtimeGate } from './relay/realtime.gate';

const DRAIN_MS = 25_000;
/** What calls that were cut off need to write down what they had delivered. */
const CUT_MS = 1_000;

/** stop accepting → let running answers and jobs end → settle → give money back → close. A second signal ends at once. */
export function shutdownOn(
  signals: readonly NodeJS.Signals[],
  app: INestApplication,
  server: Server,
  logger: AppLogger,
): void {
  let closing = false;
  for (const signal of signals) {
    process.on(signal, () => {
      if (closing) process.exit(1);
      closing = true;
      logger.log(`${signal}: running calls may end, new ones are refused`, 'Server');
      void close(app, server, logger).finally(() => process.exit(0));
    });
  }
}

async function close(app: INestApplication, server: Server, logger: AppLogger): Promise<void> {
  server.close();
  server.closeIdleConnections();
  const left = await app.get(InFlight).drain(DRAIN_MS);
  if (left > 0) logger.warn(`${left} calls are cut off`, 'Server');
  app.get(BackgroundRuns, { strict: false }).cut();
  server.closeAllConnections();
  app.get(RealtimeGate).cut();
  if (left > 0) await app.get(InFlight).drain(CUT_MS);
  await closeApplication(app, logger, 'Server');
}
