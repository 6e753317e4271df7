/**
 * relay: one data-plane call from accepted request to receipt: the pipeline, the protocols with their two faces, the transport to
 * the upstreams. Knows no HTTP server; the answer goes to a `Reply`.
 */
import { StoredResponses1764000000100 } from './migrations/1764000000100-stored-responses';
import { Conversations1764000000101 } from './migrations/1764000000101-conversations';
import { StoredItems1764000000102 } from './migrations/1764000000102-stored-items';
import { IdempotentCall } from './idempotency';
import { IdempotentCalls1764000000331 } from './migrations/1764000000331-idempotent-calls';
import { Conversation, ConversationItem, StoredItem, StoredResponse } from './stored';

export * from './chat/usage';
export * from './counting/token-counter';
export * from './idempotency';
export type { Bytes } from './lanes/lane';
export * from './probe/channel-probe';
export { ProbeModule } from './probe/probe.module';
export { type ProbeOperation, probeOperations } from './probe/probe-operation';
export * from './protocols/error-body';
export { ArrayStream as GeminiArrayStream } from './protocols/gemini/array-stream';
export * from './realtime';
export * from './relay.errors';
export * from './relay.module';
export * from './relay.service';
export * from './relay.settings';
export { isObject, type JsonObject } from './json';
export type * from './relay.types';
export { applyEdits, dropMember, setMember } from './request/edits';
export * from './request/estimate';
export * from './request/members';
export * from './stored';
export * from './upload/upload';
export { UploadFolder } from './upload/upload-folder';
export { wantsStream, wireFor } from './operations';

export const relayEntities = [StoredResponse, StoredItem, Conversation, ConversationItem, IdempotentCall];
export const relayMigrations = [
  StoredResponses1764000000100,
  Conversations1764000000101,
  StoredItems1764000000102,
  IdempotentCalls1764000000331,
];
