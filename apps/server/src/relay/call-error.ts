import { messageOf } from '@app/core';
import { RelayError } from '@app/relay';
import type { Logger } from '@nestjs/common';

/** What a caller is told of whatever went wrong; a fault of ours is in the log under the call's id. */
export function callError(log: Logger, id: string, error: unknown): RelayError {
  if (error instanceof RelayError && error.code !== 'internal_error') return error;
  const cause = error instanceof RelayError ? error.extra.cause : error;
  log.error(`${id}: ${messageOf(cause)}`, cause instanceof Error ? cause.stack : undefined);
  return new RelayError('internal_error', `The gateway failed on this call. Its log knows more under ${id}.`);
}
