import { setImmediate as turn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager, In, LessThan, type SelectQueryBuilder } from 'typeorm';
import { type KeysetPage, type KeysetPosition, type KeysetQuery, keysetPage, newestFirst } from './keyset';
import { RawInsert, clip, clipOrNull, count, exact, json } from './raw-insert';
import { UsageLog, type UsageRow, type UsageStatus } from './usage-log.entity';

/** Every part narrows; `from` is inclusive, `to` exclusive, both epoch milliseconds. */
export interface UsageFilter {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly userId?: string | undefined;
  readonly keyId?: string | undefined;
  readonly channelId?: string | undefined;
  readonly model?: string | undefined;
  readonly status?: UsageStatus | undefined;
  readonly requestId?: string | undefined;
}

const IDS_PER_QUERY = 500;
/** SQLite answers in this process, which serves nothing else meanwhile. */
const ROWS_PER_READ = 100;

@Injectable()
export class UsageLogRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** Fails whole when an id is there already: ask `existingIds` in the same transaction first. */
  insertMany(manager: EntityManager, rows: readonly UsageRow[]): Promise<void> {
    return usageInsert.run(manager, rows);
  }

  /** Which of `ids` are stored. */
  async existingIds(manager: EntityManager, ids: readonly string[]): Promise<Set<string>> {
    const found = new Set<string>();
    for (let start = 0; start < ids.length; start += IDS_PER_QUERY) {
      const id = In(ids.slice(start, start + IDS_PER_QUERY));
      const rows = await manager.find(UsageLog, { select: { id: true }, where: { id } });
      for (const row of rows) found.add(row.id);
    }
    return found;
  }

  list(filter: UsageFilter, page: KeysetQuery): Promise<KeysetPage<UsageLog>> {
    return keysetPage(this.#matching(filter), page);
  }

  /** All matching rows, newest first, a page in memory at a time. Rows written meanwhile are not among them. */
  async *each(filter: UsageFilter): AsyncGenerator<UsageLog> {
    let after: KeysetPosition | null = null;
    do {
      const rows: UsageLog[] = await newestFirst(this.#matching(filter), after).limit(ROWS_PER_READ).getMany();
      yield* rows;
      after = rows.length === ROWS_PER_READ ? rows.at(-1)! : null;
      await turn();
    } while (after);
  }

  /** Deletes up to `limit` of the oldest rows from before `time`; returns how many. */
  async deleteBefore(time: number, limit: number): Promise<number> {
    const where = { createdAt: LessThan(time) };
    const rows = await this.dataSource.manager.find(UsageLog, {
      select: { id: true },
      where,
      order: { createdAt: 'ASC', id: 'ASC' },
      take: limit,
    });
    if (rows.length > 0)
      await this.dataSource.manager.delete(
        UsageLog,
        rows.map((row) => row.id),
      );
    return rows.length;
  }

  #matching(filter: UsageFilter): SelectQueryBuilder<UsageLog> {
    const query = this.dataSource.manager.createQueryBuilder(UsageLog, 'log');
    for (const [name, condition] of Object.entries(conditions) as [keyof UsageFilter, string][]) {
      if (filter[name] !== undefined) query.andWhere(condition, { [name]: filter[name] });
    }
    return query;
  }
}

const conditions: Readonly<Record<keyof UsageFilter, string>> = {
  from: 'log.createdAt >= :from',
  to: 'log.createdAt < :to',
  userId: 'log.userId = :userId',
  keyId: 'log.keyId = :keyId',
  channelId: 'log.channelId = :channelId',
  model: 'log.model = :model',
  status: 'log.status = :status',
  requestId: 'log.id = :requestId',
};

const usageInsert = new RawInsert<UsageRow>('usage_logs', {
  id: (row) => clip(row.id, 40),
  created_at: (row) => exact(row.createdAt),
  user_id: (row) => clip(row.userId, 36),
  key_id: (row) => clip(row.keyId, 36),
  channel_id: (row) => clipOrNull(row.channelId, 36),
  credential_id: (row) => clipOrNull(row.credentialId, 36),
  group_name: (row) => clip(row.group, 64),
  model: (row) => clip(row.model, 200),
  upstream_model: (row) => clipOrNull(row.upstreamModel, 200),
  requested_model: (row) => clipOrNull(row.requestedModel ?? null, 200),
  protocol: (row) => clip(row.protocol, 40),
  operation: (row) => clip(row.operation, 60),
  stream: (row) => (row.stream ? 1 : 0),
  status: (row) => row.status,
  http_status: (row) => Math.min(count(row.httpStatus), 999),
  error_code: (row) => clipOrNull(row.errorCode, 100),
  // A journal written before it was kept has none.
  ending: (row) => row.ending ?? null,
  input_tokens: (row) => count(row.inputTokens),
  output_tokens: (row) => count(row.outputTokens),
  cache_read_tokens: (row) => count(row.cacheReadTokens),
  cache_write_tokens: (row) => count(row.cacheWriteTokens),
  reasoning_tokens: (row) => count(row.reasoningTokens),
  cost_nano: (row) => exact(row.costNano),
  duration_ms: (row) => count(row.durationMs),
  first_byte_ms: (row) => (row.firstByteMs === null ? null : count(row.firstByteMs)),
  attempts: (row) => json(row.attempts, '[]'),
  usage_source: (row) => row.usageSource,
  price: (row) => json(row.price, '{}'),
  dropped: (row) => json(row.dropped, '[]'),
  ip: (row) => clip(row.ip, 64),
  node_id: (row) => clip(row.nodeId, 100),
});
