import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { Response } from 'express';
import { type ProblemAnswer, problemOf } from './problem';

/** The control plane's only error filter: every failure leaves as problem+json, surprises are logged with their id. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('AdminHttp');

  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    const requestId = String(response.getHeader('x-request-id') ?? '');
    const answer = problemOf(error);
    if (answer.surprise) this.logger.error(`request ${requestId} failed`, error instanceof Error ? error.stack : error);
    if (response.headersSent) {
      // Half an answer is out: cutting the connection is the only way left to say that it is not complete.
      response.destroy();
      return;
    }
    setHeaders(response, answer);
    response.status(answer.body.status).send(JSON.stringify({ ...answer.body, requestId }));
  }
}

function setHeaders(response: Response, { body, retryAfterMs }: ProblemAnswer): void {
  response.setHeader('content-type', 'application/problem+json; charset=utf-8');
  if (body.status === 401) response.setHeader('www-authenticate', 'Bearer');
  if (retryAfterMs !== undefined) response.setHeader('retry-after', Math.max(1, Math.ceil(retryAfterMs / 1000)));
}
