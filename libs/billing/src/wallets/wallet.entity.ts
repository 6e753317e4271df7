import { bigintColumn } from '@app/platform/database';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

export type BudgetPeriod = 'none' | 'day' | 'week' | 'month';

/**
 * One pot of money: `user:<id>` a balance, `key:<id>` what is left of an API key's budget. What a hold may still take is
 * `funds − escrow`: escrow is the part leased to nodes as allowances. `funds` null means no limit; spending is counted all the same.
 */
@Entity('wallets')
export class Wallet {
  @PrimaryColumn('varchar', { length: 45 })
  id: string;

  @Column(bigintColumn({ name: 'funds_nano', nullable: true }))
  fundsNano: number | null;

  @Column(bigintColumn({ name: 'escrow_nano', default: 0 }))
  escrowNano: number;

  @Column(bigintColumn({ name: 'spent_nano', default: 0 }))
  spentNano: number;

  /** Spent since the budget's period began. */
  @Column(bigintColumn({ name: 'period_spent_nano', default: 0 }))
  periodSpentNano: number;

  @Column(bigintColumn({ name: 'request_count', default: 0 }))
  requestCount: number;

  @Column(bigintColumn({ name: 'budget_nano', nullable: true }))
  budgetNano: number | null;

  @Column('varchar', { length: 8, default: 'none' })
  period: BudgetPeriod;

  /** When the running period ends; null for a lifetime budget. */
  @Column(bigintColumn({ name: 'resets_at', nullable: true }))
  resetsAt: number | null;

  @Column(bigintColumn({ name: 'updated_at' }))
  updatedAt: number;
}

/**
 * Money of a wallet that one node may hold and spend without asking the database again. Renewed while the node lives; after
 * `expiresAt` any node may return it to the wallet.
 */
@Entity('allowances')
@Index('ix_allowances_expires_at', ['expiresAt'])
export class Allowance {
  @PrimaryColumn('varchar', { name: 'node_id', length: 120 })
  nodeId: string;

  @PrimaryColumn('varchar', { name: 'wallet_id', length: 45 })
  walletId: string;

  @Column(bigintColumn({ name: 'amount_nano' }))
  amountNano: number;

  @Column(bigintColumn({ name: 'expires_at' }))
  expiresAt: number;
}
