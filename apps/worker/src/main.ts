import 'reflect-metadata';
import type { Env } from '@app/platform/env';
import type { AppLogger } from '@app/platform/logger';
import { NestFactory } from '@nestjs/core';
import { boot } from '../../server/src/boot';
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

void boot('worker', start);
