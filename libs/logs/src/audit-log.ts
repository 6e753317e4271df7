import { Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager, LessThan } from 'typeorm';
import { messageOf, newId, redact } from '@app/core';
import { AuditEntry, type AuditRow } from './audit-log.entity';
import { type KeysetPage, type KeysetQuery, keysetPage } from './keyset';
import { RawInsert, clip, clipOrNull, json } from './raw-insert';

export type AuditRecord = Omit<AuditRow, 'id' | 'createdAt'>;

export interface AuditFilter {
  readonly actorId?: string | undefined;
  readonly action?: string | undefined;
  readonly target?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

@Injectable()
export class AuditLog {
  readonly #logger = new Logger('AuditLog');

  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /**
   * Masks every secret in `changes`. With a `manager` the row stands or falls with its transaction. Without, the operation has
   * already happened and cannot be taken back: a failure to record it is logged, not thrown.
   */
  async record(record: AuditRecord, manager?: EntityManager): Promise<void> {
    const row = { ...record, changes: redact(record.changes), id: newId(), createdAt: Date.now() };
    if (manager) return auditInsert.run(manager, [row]);
    try {
      await auditInsert.run(this.dataSource.manager, [row]);
    } catch (error) {
      this.#logger.error(`cannot record ${row.action} on ${row.target} by ${row.actorId}: ${messageOf(error)}`);
    }
  }

  list(filter: AuditFilter, page: KeysetQuery): Promise<KeysetPage<AuditEntry>> {
    const query = this.dataSource.manager.createQueryBuilder(AuditEntry, 'entry');
    if (filter.actorId !== undefined) query.andWhere('entry.actorId = :actorId', { actorId: filter.actorId });
    if (filter.action !== undefined) query.andWhere('entry.action = :action', { action: filter.action });
    if (filter.target !== undefined) query.andWhere('entry.target = :target', { target: filter.target });
    if (filter.from !== undefined) query.andWhere('entry.createdAt >= :from', { from: filter.from });
    if (filter.to !== undefined) query.andWhere('entry.createdAt < :to', { to: filter.to });
    return keysetPage(query, page);
  }

  /** Deletes up to `limit` of the oldest rows from before `time`; returns how many. */
  async deleteBefore(time: number, limit: number): Promise<number> {
    const rows = await this.dataSource.manager.find(AuditEntry, {
      select: { id: true },
      where: { createdAt: LessThan(time) },
      order: { createdAt: 'ASC', id: 'ASC' },
      take: limit,
    });
    if (rows.length > 0)
      await this.dataSource.manager.delete(
        AuditEntry,
        rows.map((row) => row.id),
      );
    return rows.length;
  }
}

const auditInsert = new RawInsert<AuditRow>('audit_logs', {
  id: (row) => row.id,
  created_at: (row) => row.createdAt,
  actor_id: (row) => clipOrNull(row.actorId, 36),
  action: (row) => clip(row.action, 100),
  target: (row) => clipOrNull(row.target, 300),
  ip: (row) => clipOrNull(row.ip, 64),
  changes: (row) => json(row.changes, '{"truncated":true}'),
});
