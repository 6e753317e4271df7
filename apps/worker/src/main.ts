import 'reflect-metadata';
import { messageOf } from '@app/core';
import { EnvError, type Env, loadEnv } from '@app/platform/env';
import { AppLogger } from '@app/platform/logger';
import { NestFactory } from '@nestjs/core';
import { withoutFrameworkChatter } from '../../server/src/boot-logger';
import { shutdownOn } from './shutdown';
import { WorkerModule } from './worker.module';

async function start(env: Env, logger: AppLogger): Promise<void> {
  const app = await NestFactory.createApplicationContext(WorkerModule.forRoot(env, logger), {
    logger: withoutFrameworkChatter(logger),
    abortOnError: false,
  });
  shutdownOn(['SIGTERM', 'SIGINT'], app, logger);
  logger.log('the worker runs background jobs', 'Worker');
}

async function main(): Promise<void> {
  let logger: AppLogger | undefined;
  try {
    const env = loadEnv();
    logger = new AppLogger(env, { name: 'worker' });
    await start(env, logger);
  } catch (error) {
    // What an operator can put right is told in one plain message; anything else with its stack.
    const expected = error instanceof EnvError || namesSetting.test(messageOf(error));
    process.stderr.write(`${expected ? messageOf(error) : (error as Error).stack}\n`);
    await logger?.close();
    process.exit(1);
  }
}

/** `PORT: …`, `DATABASE_URL: …`: the message says what to change. */
const namesSetting = /^[A-Z][A-Z_]+: /;

void main();
