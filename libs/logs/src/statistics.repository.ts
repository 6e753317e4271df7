import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { type DurationCount, durationClass } from './duration-class';

export interface UsageSums {
  readonly requests: number;
  /** Requests that failed; those the caller aborted are not among them. */
  readonly errors: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costNano: number;
}

export interface UsagePoint extends UsageSums {
  /** Start of the bucket, epoch milliseconds. */
  readonly bucket: number;
  /** The model, user, channel or key; null for calls that reached no channel. */
  readonly key: string | null;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

export type UsageDimension = 'model' | 'user' | 'channel' | 'token';

/** Epoch milliseconds, `to` exclusive. */
export interface UsageRange {
  readonly from: number;
  readonly to: number;
  readonly userId?: string | undefined;
}

/** A sum as the drivers give it: a text from PostgreSQL and MySQL. Beyond 2^53 (9 million USD) it may be a little off. */
const approximate = (value: unknown): number => Number(value ?? 0);

type Raw<T> = { readonly [K in keyof T]: unknown };

const columns: Readonly<Record<UsageDimension, string>> = {
  model: 'model',
  user: 'user_id',
  channel: 'channel_id',
  token: 'key_id',
};

const sums = `
  COUNT(*) AS requests,
  SUM(CASE WHEN status = 'error' THEN 1 ELSE 0 END) AS errors,
  SUM(input_tokens) AS input_tokens,
  SUM(output_tokens) AS output_tokens,
  SUM(cost_nano) AS cost_nano,
  MAX(duration_ms) AS longest_ms`;

/** Counts over a range of `usage_logs`; every statement walks one index range and sorts nothing but its groups. */
@Injectable()
export class StatisticsRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** Sums per class of duration. */
  async durations(range: UsageRange): Promise<(UsageSums & DurationCount)[]> {
    const rows = await this.#read<Raw<DurationRow>>(
      `SELECT ${durationClass('duration_ms')} AS duration_class, ${sums}
       FROM usage_logs WHERE ${within(range)} GROUP BY duration_class`,
      { ...range },
    );
    return rows.map((row) => ({
      ...toSums(row),
      durationClass: approximate(row.duration_class),
      longestMs: approximate(row.longest_ms),
    }));
  }

  /** Sums and percentiles per bucket of `width` milliseconds and key: by time, then the busiest first, `limit` at most. */
  async points(range: UsageRange, by: UsageDimension, width: number, limit: number): Promise<UsagePoint[]> {
    const rows = await this.#read<Raw<PointRow>>(pointsQuery(range, columns[by], width), { ...range, limit });
    return rows.map((row) => ({
      ...toSums(row),
      bucket: approximate(row.bucket),
      key: row.name === null ? null : String(row.name),
      p50Ms: approximate(row.p50_ms),
      p95Ms: approximate(row.p95_ms),
    }));
  }

  /** From a replica where there is one: statistics may be a moment old. */
  async #read<T>(sql: string, parameters: Record<string, unknown>): Promise<T[]> {
    const [text, values] = this.dataSource.driver.escapeQueryWithParameters(sql, parameters);
    const runner = this.dataSource.createQueryRunner('slave');
    try {
      return (await runner.query(text, values)) as T[];
    } finally {
      await runner.release();
    }
  }
}

interface SumsRow {
  requests: number;
  errors: number;
  input_tokens: number;
  output_tokens: number;
  cost_nano: number;
}

interface DurationRow extends SumsRow {
  duration_class: number;
  longest_ms: number;
}

interface PointRow extends SumsRow {
  bucket: number;
  name: string;
  p50_ms: number;
  p95_ms: number;
}

const within = ({ userId }: UsageRange): string =>
  `created_at >= :from AND created_at < :to${userId === undefined ? '' : ' AND user_id = :userId'}`;

/** `seen` runs up the classes of one bucket and key: the first class that reaches the share holds the percentile. */
const pointsQuery = (range: UsageRange, column: string, width: number): string => `
  SELECT bucket, name,
    SUM(requests) AS requests, SUM(errors) AS errors, SUM(input_tokens) AS input_tokens,
    SUM(output_tokens) AS output_tokens, SUM(cost_nano) AS cost_nano,
    MIN(CASE WHEN seen * 100 >= everything * 50 THEN longest_ms END) AS p50_ms,
    MIN(CASE WHEN seen * 100 >= everything * 95 THEN longest_ms END) AS p95_ms
  FROM (
    SELECT classes.*,
      SUM(requests) OVER (PARTITION BY bucket, name ORDER BY duration_class) AS seen,
      SUM(requests) OVER (PARTITION BY bucket, name) AS everything
    FROM (
      SELECT created_at - created_at % ${width} AS bucket, ${column} AS name,
        ${durationClass('duration_ms')} AS duration_class, ${sums}
      FROM usage_logs WHERE ${within(range)}
      GROUP BY bucket, name, duration_class
    ) classes
  ) shares
  GROUP BY bucket, name
  ORDER BY bucket, requests DESC, name
  LIMIT :limit`;

const toSums = (row: Raw<SumsRow>): UsageSums => ({
  requests: approximate(row.requests),
  errors: approximate(row.errors),
  inputTokens: approximate(row.input_tokens),
  outputTokens: approximate(row.output_tokens),
  costNano: approximate(row.cost_nano),
});
