import type { JsonObject } from '../../json';
import { isObject, parseJson } from '../../json';
import { RelayError } from '../../relay.errors';
import type { RelayRequest } from '../../relay.types';
import { decodeRequest } from './decode-request';
import { begun, responseHead } from './response-object';

/** The response to a call that waits for its turn. */
export function queuedResponse({ id, model, body, receivedAt }: RelayRequest): JsonObject {
  const value = parseJson(body.bytes.toString('utf8'));
  if (!isObject(value)) throw new RelayError('invalid_request_error', 'The request body is not valid JSON.');
  const request = decodeRequest(value, { model, stream: true });
  const created = Math.floor(receivedAt / 1000);
  const head = responseHead({ kind: 'start' }, { model, requestId: id, created, includeUsage: true, request });
  return { ...head, ...begun, status: 'queued', completed_at: null };
}
