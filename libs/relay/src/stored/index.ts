/** stored: answers of the Responses API kept for their owners, so that they can be fetched and gone on from, whoever gave them. */
import type { SealedPlace } from '@app/platform/secrets';
import { Conversation, ConversationItem, itemContext, metadataContext } from './conversation.entity';
import { StoredItem } from './stored-item.entity';
import { contentContext, eventsContext, StoredResponse } from './stored-response.entity';

export type { BackgroundAnswer } from './background-answer';
export { BackgroundRuns, type Started } from './background-runs';
export { Conversations } from './conversations';
export { ConversationRepository } from './conversation.repository';
export { withEcho } from './echo';
export { EventFeed } from './event-feed';
export { historyItems } from './history';
export { PendingTurns } from './pending-turns';
export { TurnSeal } from './turn-seal';
export { ResponseStore } from './response-store';
export { isRunning, responseOf, type ResponseContent, type StoredTurn } from './stored-turn';
export { TurnReader } from './turn-reader';
export { ResponseTurns, type OpenTurn } from './response-turns';
export { UpstreamCopies } from './upstream-copies';
export { StoredResponseRepository } from './stored-response.repository';
export { StoredJobs } from './stored.jobs';
export { StoredModule } from './stored.module';
export { storedSettings } from './stored.settings';
export { Conversation, ConversationItem, StoredItem, StoredResponse };

/** For the rotation of the master key. */
export const sealedConversations: readonly SealedPlace[] = [
  { name: 'stored responses', entity: StoredResponse, key: 'id', property: 'content', context: contentContext },
  { name: 'events of stored responses', entity: StoredResponse, key: 'id', property: 'events', context: eventsContext },
  { name: 'conversations', entity: Conversation, key: 'id', property: 'metadata', context: metadataContext },
  { name: 'items of conversations', entity: ConversationItem, key: 'id', property: 'content', context: itemContext },
];
