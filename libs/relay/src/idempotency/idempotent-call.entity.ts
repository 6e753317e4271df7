import { bigintColumn } from '@app/platform/database';
import type { SealedPlace } from '@app/platform/secrets';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A call that its caller named by an `Idempotency-Key`, and its answer once there is one. Times are the database's, epoch milliseconds. */
@Entity('idempotent_calls')
export class IdempotentCall {
  /** SHA-256 of API key id and `Idempotency-Key`. */
  @PrimaryColumn({ type: 'varchar', length: 64 })
  id: string;

  /** SHA-256 of what was asked. */
  @Column({ type: 'varchar', length: 64 })
  fingerprint: string;

  /** The call that was made. */
  @Column({ name: 'request_id', type: 'varchar', length: 40 })
  requestId: string;

  /** While in the future, that call is under way. Null: it has been answered. */
  @Column(bigintColumn({ name: 'lease_until', nullable: true }))
  leaseUntil: number | null;

  /** From then on the key is free again. */
  @Column(bigintColumn({ name: 'expires_at' }))
  expiresAt: number;

  /** HTTP status of the answer. */
  @Column({ type: 'int' })
  status: number;

  @Column({ name: 'content_type', type: 'varchar', length: 200 })
  contentType: string;

  /** How much `content` takes. */
  @Column(bigintColumn())
  bytes: number;

  /** The sealed bytes of the answer; null: none are kept. */
  @Column({ type: 'text', nullable: true })
  content: string | null;
}

export const answerContext = (id: string): string => `idempotent-call:${id}`;

/** For the rotation of the master key. */
export const sealedIdempotentCalls: SealedPlace = {
  name: 'answers kept for an Idempotency-Key',
  entity: IdempotentCall,
  key: 'id',
  property: 'content',
  context: answerContext,
};
