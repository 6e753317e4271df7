import { Module } from '@nestjs/common';
import { Idempotency, IdempotencyJobs, IdempotentCallRepository } from '../idempotency';
import { ConversationRepository } from './conversation.repository';
import { Conversations } from './conversations';
import { ResponseStore } from './response-store';
import { ResponseTurns } from './response-turns';
import { StoredJobs } from './stored.jobs';
import { StoredResponseRepository } from './stored-response.repository';
import { TurnReader } from './turn-reader';

/** What the Responses API keeps; apart from the relay, so that a worker can clean up without one. */
@Module({
  providers: [
    StoredResponseRepository,
    ConversationRepository,
    Conversations,
    ResponseStore,
    TurnReader,
    ResponseTurns,
    StoredJobs,
    IdempotentCallRepository,
    Idempotency,
    IdempotencyJobs,
  ],
  exports: [StoredResponseRepository, Conversations, ResponseStore, ResponseTurns, TurnReader, Idempotency],
})
export class StoredModule {}
