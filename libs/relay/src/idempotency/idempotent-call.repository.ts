import { databaseNow, isUniqueViolation, rawNumber, readDatabaseClock } from '@app/platform/database';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, In, IsNull, LessThanOrEqual, Not } from 'typeorm';
import { IdempotentCall } from './idempotent-call.entity';

/** A node renews the leases of its running calls long before they end. */
export const LEASE_MS = 60_000;

export interface ClaimedCall {
  readonly id: string;
  readonly fingerprint: string;
  readonly requestId: string;
  readonly retentionMs: number;
}

export type KeptContent = Pick<IdempotentCall, 'status' | 'contentType' | 'bytes' | 'content'>;

const unanswered = { status: 0, contentType: '', bytes: 0, content: null };

/** All SQL about calls with an `Idempotency-Key`. Every change is one conditional statement: who makes it has won. */
@Injectable()
export class IdempotentCallRepository {
  constructor(@InjectDataSource() private readonly db: DataSource) {}

  /** True for the first to name the call so. */
  claim(call: ClaimedCall): Promise<boolean> {
    return this.insert(call, unanswered, LEASE_MS);
  }

  /** An answer to a call that was not claimed before; nothing where the name is taken. */
  async put(call: ClaimedCall, content: KeptContent): Promise<void> {
    await this.insert(call, content, null);
  }

  /** The call, and what the database's clock says. */
  async find(id: string): Promise<{ readonly row: IdempotentCall; readonly now: number } | null> {
    const row = await this.db.manager.findOneBy(IdempotentCall, { id });
    return row && { row, now: await readDatabaseClock(this.db.manager) };
  }

  /** Claims the name of `before`, a call that has expired or whose process is gone. False: somebody else was faster. */
  async takeOver({ id, fingerprint, requestId, retentionMs }: ClaimedCall, before: IdempotentCall): Promise<boolean> {
    const { leaseUntil } = before;
    const { affected } = await this.db
      .createQueryBuilder()
      .update(IdempotentCall)
      .set({ fingerprint, requestId, ...unanswered, leaseUntil: this.in(LEASE_MS), expiresAt: this.in(retentionMs) })
      .where({ id, requestId: before.requestId, leaseUntil: leaseUntil === null ? IsNull() : leaseUntil })
      .execute();
    return affected === 1;
  }

  /** The claimed call has been answered; without `content` where that cannot be kept. */
  async answered({ id, requestId }: ClaimedCall, content: KeptContent): Promise<void> {
    await this.db.manager.update(IdempotentCall, { id, requestId }, { ...content, leaseUntil: null });
  }

  /** The name is free again. */
  async release({ id, requestId }: ClaimedCall): Promise<void> {
    await this.db.manager.delete(IdempotentCall, { id, requestId, leaseUntil: Not(IsNull()) });
  }

  async renew(ids: readonly string[]): Promise<void> {
    const update = this.db
      .createQueryBuilder()
      .update(IdempotentCall)
      .set({ leaseUntil: this.in(LEASE_MS) });
    await update.where({ id: In(ids), leaseUntil: Not(IsNull()) }).execute();
  }

  /** Deletes up to `limit` calls whose time is over; returns how many. */
  async deleteExpired(limit: number): Promise<number> {
    const expiresAt = LessThanOrEqual(await readDatabaseClock(this.db.manager));
    const rows = await this.db.manager.find(IdempotentCall, {
      select: { id: true },
      where: { expiresAt },
      take: limit,
    });
    if (rows.length > 0) await this.db.manager.delete(IdempotentCall, { id: In(rows.map(({ id }) => id)), expiresAt });
    return rows.length;
  }

  async keptBytes(): Promise<number> {
    const query = this.db.manager.createQueryBuilder(IdempotentCall, 'call').select('SUM(call.bytes)', 'sum');
    return rawNumber((await query.getRawOne<{ sum: unknown }>())?.sum);
  }

  /** Drops the answers of up to `limit` calls, those first whose time is over first; the calls stay. Returns their bytes. */
  async dropContents(limit: number): Promise<number> {
    const rows = await this.db.manager.find(IdempotentCall, {
      select: { id: true, bytes: true },
      where: { bytes: Not(0) },
      order: { expiresAt: 'ASC' },
      take: limit,
    });
    const ids = rows.map(({ id }) => id);
    if (ids.length > 0) await this.db.manager.update(IdempotentCall, { id: In(ids) }, { content: null, bytes: 0 });
    return rows.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  private async insert(call: ClaimedCall, content: KeptContent, leaseMs: number | null): Promise<boolean> {
    const { id, fingerprint, requestId, retentionMs } = call;
    const leaseUntil = leaseMs === null ? null : this.in(leaseMs);
    const row = { id, fingerprint, requestId, ...content, leaseUntil, expiresAt: this.in(retentionMs) };
    try {
      await this.db.createQueryBuilder().insert().into(IdempotentCall).values(row).updateEntity(false).execute();
      return true;
    } catch (error) {
      if (isUniqueViolation(error)) return false;
      throw error;
    }
  }

  private in(ms: number): () => string {
    return () => `${databaseNow(this.db.manager)} + ${Math.round(ms)}`;
  }
}
