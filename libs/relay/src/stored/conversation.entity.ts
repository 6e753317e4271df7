import { bigintColumn } from '@app/platform/database';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A conversation that its owner adds to, turn by turn. https://platform.openai.com/docs/api-reference/conversations */
@Entity('conversations')
export class Conversation {
  /** `conv_…` */
  @PrimaryColumn({ type: 'varchar', length: 60 })
  id: string;

  @Column({ name: 'user_id', type: 'varchar', length: 36 })
  userId: string;

  @Column(bigintColumn({ name: 'created_at' }))
  createdAt: number;

  /** When it was last added to: retention counts from here. */
  @Column(bigintColumn({ name: 'used_at' }))
  usedAt: number;

  /** Who answered last. */
  @Column({ name: 'channel_id', type: 'varchar', length: 36, nullable: true })
  channelId: string | null;

  @Column({ name: 'credential_id', type: 'varchar', length: 36, nullable: true })
  credentialId: string | null;

  /** Tokens of everything said: what going on from it costs as input. */
  @Column(bigintColumn({ name: 'context_tokens' }))
  contextTokens: number;

  /** Sealed JSON. */
  @Column({ type: 'text' })
  metadata: string;
}

/** One item of a conversation. */
@Entity('conversation_items')
export class ConversationItem {
  /** In order of time: items are read as they were added. */
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  @Column({ name: 'conversation_id', type: 'varchar', length: 60 })
  conversationId: string;

  /** As its caller knows it: `msg_…`, `fc_…`. */
  @Column({ name: 'item_id', type: 'varchar', length: 200 })
  itemId: string;

  /** Whose model said it; null: the caller. */
  @Column({ name: 'channel_id', type: 'varchar', length: 36, nullable: true })
  channelId: string | null;

  /** The sealed item. */
  @Column({ type: 'text' })
  content: string;
}

export const metadataContext = (id: string): string => `conversation:${id}`;
export const itemContext = (id: string): string => `conversation-item:${id}`;
