import { isTransactionConflict, isUnreachable } from '@app/platform/database';
import { RelayError } from '../relay.errors';

/** What the database answers; a 503 for the caller where it is away. */
export async function reached<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!isUnreachable(error) && !isTransactionConflict(error)) throw error;
    throw new RelayError('unavailable', 'What is kept cannot be reached right now.', {
      retryAfterMs: 2_000,
      cause: error,
    });
  }
}
