import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Env } from '@app/platform/env';
import { isJson, isLargeBodyPath } from './large-body';
import { noStore, requestId } from './request-id.middleware';

const JSON_LIMIT = '1mb';

/**
 * What the control plane needs of Express before Nest's routes. The application must have been created with
 * `bodyParser: false`: the request id comes first, so that even a refused body is answered with one.
 */
export function configureAdminHttp(app: NestExpressApplication, env: Pick<Env, 'trustProxy'>): void {
  app.disable('x-powered-by');
  app.set('trust proxy', env.trustProxy);
  app.set('etag', false);
  app.use(requestId);
  app.use('/api', noStore);
  // Larger bodies are read behind the guard: see `LargeBody`.
  app.useBodyParser('json', { limit: JSON_LIMIT, type: (request) => isJson(request) && !isLargeBodyPath(request.url) });
}
