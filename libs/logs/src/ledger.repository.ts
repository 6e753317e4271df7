import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { type KeysetPage, type KeysetQuery, keysetPage } from './keyset';
import { LedgerEntry, type LedgerKind, type LedgerRow } from './ledger.entity';
import { RawInsert, clipOrNull, exact } from './raw-insert';

export interface LedgerFilter {
  readonly userId?: string | undefined;
  readonly kind?: LedgerKind | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Written by billing, inside its transactions; read here. */
@Injectable()
export class LedgerRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** Fails whole on a second row for the same request and kind. Throws a RangeError on an amount that is not exact. */
  insertMany(manager: EntityManager, rows: readonly LedgerRow[]): Promise<void> {
    return ledgerInsert.run(manager, rows);
  }

  list(filter: LedgerFilter, page: KeysetQuery): Promise<KeysetPage<LedgerEntry>> {
    const query = this.dataSource.manager.createQueryBuilder(LedgerEntry, 'entry');
    if (filter.userId !== undefined) query.andWhere('entry.userId = :userId', { userId: filter.userId });
    if (filter.kind !== undefined) query.andWhere('entry.kind = :kind', { kind: filter.kind });
    if (filter.from !== undefined) query.andWhere('entry.createdAt >= :from', { from: filter.from });
    if (filter.to !== undefined) query.andWhere('entry.createdAt < :to', { to: filter.to });
    return keysetPage(query, page);
  }
}

const ledgerInsert = new RawInsert<LedgerRow>('ledger', {
  id: (row) => row.id,
  created_at: (row) => exact(row.createdAt),
  user_id: (row) => row.userId,
  kind: (row) => row.kind,
  amount_nano: (row) => exact(row.amountNano),
  balance_after_nano: (row) => exact(row.balanceAfterNano),
  request_id: (row) => row.requestId,
  reason: (row) => clipOrNull(row.reason, 500),
  actor_id: (row) => row.actorId,
});
