import { Module } from '@nestjs/common';
import { Idempotency, IdempotencyJobs, IdempotentCallRepository } from '../idempotency';
import { ConversationRepository } from './conversation.repository';
import { Conversations } from './conversations';
import { PendingTurns } from './pending-turns';
import { ResponseStore } from './response-store';
import { ResponseTurns } from './response-turns';
import { StoredJobs } from './stored.jobs';
import { StoredResponseRepository } from './stored-response.repository';
import { TurnSeal } from './turn-seal';
import { TurnReader } from './turn-reader';

/** What the Responses API keeps; apart from the relay, so that a worker can clean up without one. */
@Module({
  providers: [
    StoredResponseRepository,
    ConversationRepository,
    Conversations,
    TurnSeal,
    PendingTurns,
    ResponseStore,
    TurnReader,
    ResponseTurns,
    StoredJobs,
    IdempotentCallRepository,
    Idempotency,
    IdempotencyJobs,
  ],
  exports: [
    StoredResponseRepository,
    TurnSeal,
    PendingTurns,
    Conversations,
    ResponseStore,
    ResponseTurns,
    TurnReader,
    Idempotency,
  ],
})
export class StoredModule {}
