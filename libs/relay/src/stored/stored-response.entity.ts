import { bigintColumn } from '@app/platform/database';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** https://platform.openai.com/docs/api-reference/responses/object#status; only ever forward, from left to right. */
export type ResponseStatus = 'queued' | 'in_progress' | 'completed' | 'incomplete' | 'failed' | 'cancelled';

/** An answer of the Responses API, kept for its owner. */
@Entity('stored_responses')
export class StoredResponse {
  /** `resp_…`, as its caller knows it. */
  @PrimaryColumn({ type: 'varchar', length: 200 })
  id: string;

  @Column({ name: 'user_id', type: 'varchar', length: 36 })
  userId: string;

  @Column({ name: 'key_id', type: 'varchar', length: 36 })
  keyId: string;

  @Column({ type: 'varchar', length: 20 })
  status: ResponseStatus;

  @Column({ type: 'boolean' })
  background: boolean;

  @Column(bigintColumn({ name: 'created_at' }))
  createdAt: number;

  /** The answer this one goes on from. */
  @Column({ name: 'previous_id', type: 'varchar', length: 200, nullable: true })
  previousId: string | null;

  /** Who gave the answer. */
  @Column({ name: 'channel_id', type: 'varchar', length: 36, nullable: true })
  channelId: string | null;

  @Column({ name: 'credential_id', type: 'varchar', length: 36, nullable: true })
  credentialId: string | null;

  /** Under which id the upstream keeps the answer too; null: it does not. */
  @Column({ name: 'upstream_id', type: 'varchar', length: 200, nullable: true })
  upstreamId: string | null;

  /** Tokens of everything said up to and with this answer: what going on from it costs as input. */
  @Column(bigintColumn({ name: 'context_tokens' }))
  contextTokens: number;

  /** The process that makes the answer, while it is made in the background. */
  @Column({ name: 'node_id', type: 'varchar', length: 100, nullable: true })
  nodeId: string | null;

  /** While in the future, that process is alive. Null: the answer is not being made any more. */
  @Column(bigintColumn({ name: 'lease_until', nullable: true }))
  leaseUntil: number | null;

  /** A sealed `ResponseContent`. */
  @Column({ type: 'text' })
  content: string;

  /** The sealed events of an answer that was streamed in the background. */
  @Column({ type: 'text', nullable: true })
  events: string | null;
}

/** What is sealed with what: content that was moved to another row does not open there. */
export const contentContext = (id: string): string => `response:${id}`;
export const eventsContext = (id: string): string => `response-events:${id}`;
