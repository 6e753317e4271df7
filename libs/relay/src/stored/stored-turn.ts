import type { JsonObject } from '../json';
import type { StoredItem } from './stored-item.entity';
import type { StoredResponse } from './stored-response.entity';

/** What of a turn is kept: the request's own input as it came, and the response object. */
export interface ResponseContent {
  readonly input: unknown;
  readonly response: JsonObject;
}

export type Plain = Omit<StoredResponse, 'content' | 'events'>;

/** A kept turn; its content is opened when it is asked for. */
export interface StoredTurn extends Plain {
  content(): ResponseContent;
  /** The events of an answer that was streamed in the background, in their order; null: it was not. */
  events?(): readonly string[] | null;
}

export const storedItems = (responseId: string, itemIds: readonly string[]): readonly StoredItem[] =>
  [...new Set(itemIds)].map((id) => ({ id, responseId }));

/** Being made in the background, by a process that is alive. */
export const isRunning = ({ leaseUntil }: Pick<Plain, 'leaseUntil'>, now = Date.now()): boolean =>
  leaseUntil !== null && leaseUntil > now;

/** The response object as it stands: what has become of it since it was written is told by its row. */
export function responseOf(turn: StoredTurn): JsonObject {
  const { response } = turn.content();
  if (!turn.background) return response;
  const status = turn.leaseUntil !== null && !isRunning(turn) ? 'failed' : turn.status;
  if (response.status === status) return response;
  return { ...response, status, ...(status === 'failed' ? { error: lost } : {}) };
}

const lost = { code: 'server_error', message: 'The gateway stopped before the answer was complete.' };

/** A turn on its way to the database. */
export interface FreshTurn extends StoredTurn {
  /** Size of its content, about. */
  readonly bytes: number;
  /** What its answer consists of. */
  readonly itemIds: readonly string[];
}
