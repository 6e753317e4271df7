import type { NextFunction, Request, Response } from 'express';
import { newRequestId } from '@app/core';
import { runWithRequestId } from '@app/platform/logger';

/** Gives each control-plane request its id: answered as `x-request-id`, and on every log line written while it is served. */
export function requestId(_request: Request, response: Response, next: NextFunction): void {
  const id = newRequestId();
  response.setHeader('x-request-id', id);
  runWithRequestId(id, (ended) => {
    response.once('close', ended);
    next();
  });
}

/** Answers under /api are somebody's: no cache keeps them. */
export function noStore(_request: Request, response: Response, next: NextFunction): void {
  response.setHeader('cache-control', 'no-store');
  next();
}
