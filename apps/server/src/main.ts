import 'reflect-metadata';
import type { Env } from '@app/platform/env';
import type { AppLogger } from '@app/platform/logger';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { boot } from './boot';
import { withoutFrameworkChatter } from './boot-logger';
import { configureAdminHttp } from './admin/http';
import { listen } from './listen';
import { collectOnce, keepMemorySmall } from './memory';
import { serveApiDocument } from './openapi-page';
import { ServerModule } from './server.module';
import { shutdownOn } from './shutdown';
import { serveConsole } from './web';

keepMemorySmall();

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
  collectOnce();
  shutdownOn(['SIGTERM', 'SIGINT'], app, server, logger);
  logger.log(`One API listens on http://${env.host.includes(':') ? `[${env.host}]` : env.host}:${env.port}`, 'Server');
}

void boot('server', start);
