import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadEnv } from '@app/platform/env';
import { QueueLifecycle } from '@app/platform/queue';
import { NestFactory } from '@nestjs/core';
import { WorkerModule } from './worker.module';

it('starts on an empty machine, with every queue and recurring job handled, and ends', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'one-api-worker-'));
  const env = loadEnv({ NODE_ENV: 'test', DATA_DIR: directory });
  const app = await NestFactory.createApplicationContext(WorkerModule.forRoot(env), {
    logger: false,
    abortOnError: false,
  });
  expect(app.get(QueueLifecycle, { strict: false })).toBeDefined();
  await app.close();
  rmSync(directory, { recursive: true, force: true });
});
