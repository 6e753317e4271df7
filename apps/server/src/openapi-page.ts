import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import { type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { openApiDocument } from './openapi';

/** `/api/openapi.json` and the page over it. The document is made at the first request: it costs a start half a second. */
export function serveApiDocument(app: NestExpressApplication): void {
  let document: Promise<OpenAPIObject> | undefined;
  const load = (): Promise<OpenAPIObject> =>
    (document ??= openApiDocument(app).catch((error: unknown) => {
      document = undefined;
      throw error;
    }));
  SwaggerModule.setup('api/docs', app, () => emptyUntilLoaded, { swaggerOptions: { url: '/api/openapi.json' } });
  app.use('/api/openapi.json', (_req: Request, res: Response, next: NextFunction) => {
    load().then((loaded) => res.json(loaded), next);
  });
}

const emptyUntilLoaded: OpenAPIObject = { openapi: '3.1.0', info: { title: 'One API', version: '' }, paths: {} };
