import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigintColumn } from '@app/platform/database';

export type LedgerKind = 'topup' | 'charge' | 'refund' | 'adjustment' | 'redemption';

/** One movement of a user's balance. Rows are only ever added; the sum of a user's amounts is that user's balance. */
export interface LedgerRow {
  readonly id: string;
  readonly createdAt: number;
  readonly userId: string;
  readonly kind: LedgerKind;
  /** Nano-USD, negative for a charge. */
  readonly amountNano: number;
  readonly balanceAfterNano: number;
  /** With `kind` unique: one request is charged (or refunded) once. */
  readonly requestId: string | null;
  readonly reason: string | null;
  readonly actorId: string | null;
}

@Entity('ledger')
export class LedgerEntry implements LedgerRow {
  @PrimaryColumn({ type: 'varchar', length: 40 })
  id: string;

  @Column(bigintColumn({ name: 'created_at' }))
  createdAt: number;

  @Column({ name: 'user_id', type: 'varchar', length: 36 })
  userId: string;

  @Column({ type: 'varchar', length: 20 })
  kind: LedgerKind;

  @Column(bigintColumn({ name: 'amount_nano' }))
  amountNano: number;

  @Column(bigintColumn({ name: 'balance_after_nano' }))
  balanceAfterNano: number;

  @Column({ name: 'request_id', type: 'varchar', length: 40, nullable: true })
  requestId: string | null;

  @Column({ type: 'varchar', length: 500, nullable: true })
  reason: string | null;

  @Column({ name: 'actor_id', type: 'varchar', length: 36, nullable: true })
  actorId: string | null;
}
