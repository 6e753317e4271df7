import type { IncomingMessage } from 'node:http';
import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { json, type Request, type Response } from 'express';
import type { Observable } from 'rxjs';

const LIMIT = '17mb';

/** Routes with `@LargeBody()`. Everywhere else a body is read before anybody knows who sent it, and must be small. */
const paths: ReadonlySet<string> = new Set(['/api/prices/compare', '/api/prices/import']);

export const isLargeBodyPath = (url: string | undefined): boolean => paths.has(url?.split('?', 1)[0] ?? '');

export const isJson = ({ headers }: IncomingMessage): boolean =>
  /^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '');

const read = json({ limit: LIMIT });

@Injectable()
class LargeBodyReader implements NestInterceptor {
  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const [request, response] = [http.getRequest<Request>(), http.getResponse<Response>()];
    await new Promise<void>((resolve, reject) => {
      read(request, response, (error?: unknown) =>
        error === undefined ? resolve() : reject(error instanceof Error ? error : new Error('the body cannot be read')),
      );
    });
    return next.handle();
  }
}

/** Takes JSON of up to 17 MB, read only once the caller is known and allowed. The route's path must be listed above. */
export const LargeBody = () => UseInterceptors(LargeBodyReader);
