import 'reflect-metadata';
import { setFlagsFromString } from 'node:v8';
import type { Env } from '@app/platform/env';
import type { AppLogger } from '@app/platform/logger';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { boot } from './boot';
import { withoutFrameworkChatter } from './boot-logger';
import { configureAdminHttp } from './admin/http';
import { listen } from './listen';
import { serveApiDocument } from './openapi-page';
import { ServerModule } from './server.module';
import { shutdownOn } from './shutdown';
import { serveConsole } from './web';

/**
 * Collect the old generation before it doubles: a relay's memory is nearly all short-lived, and 200 MB is a promise. What survived
 * while the program started is no sign of what will: guessing so, V8 would put short-lived objects straight into the old generation.
 */
setFlagsFromString('--heap-growing-percent=30');
setFlagsFromString('--no-allocation-site-pretenuring');

async function start(env: Env, logger: AppLogger): Promise<void> {
  const app = await NestFactory.create<NestExpressApplication>(ServerModule.forRoot(env, logger), {
    logger: withoutFrameworkChatter(logger),
    bodyParser: false,
    abortOnError: false,
  });
  configureAdminHttp(app, env);
  serveApiDocument(app);
  serveConsole(app);
  await app.init();
  const server = await listen(app, env);
  shutdownOn(['SIGTERM', 'SIGINT'], app, server, logger);
  logger.log(`One API listens on http://${env.host.includes(':') ? `[${env.host}]` : env.host}:${env.port}`, 'Server');
}

void boot('server', start);
