import { IsIn, IsString, MaxLength } from 'class-validator';
import { IsoTime, Optional, PlainText } from '../http';

const buckets = ['hour', 'day'] as const;
const dimensions = ['model', 'user', 'channel', 'token'] as const;

export class StatsRangeDto {
  /** Inclusive. */
  @Optional() @IsoTime() from?: string;

  /** Exclusive; now unless said. */
  @Optional() @IsoTime() to?: string;

  @Optional() @IsString() @MaxLength(100) @PlainText() userId?: string;
}

export class UsageStatsQueryDto extends StatsRangeDto {
  @Optional() @IsIn(buckets) bucket: (typeof buckets)[number] = 'day';

  /** `channel` is for administrators only. */
  @Optional() @IsIn(dimensions) by: (typeof dimensions)[number] = 'model';
}

export class UsageSummaryDto {
  from: string;
  to: string;
  requests: number;
  /** Requests that failed; those the caller aborted are not among them. */
  errors: number;
  inputTokens: number;
  outputTokens: number;
  costUsd: number;
  /** Null when there were no requests. */
  p50Ms: number | null;
  p95Ms: number | null;
}

export class UsagePointDto {
  /** Start of the hour or day, UTC. */
  bucket: string;
  /** The model's name, or the id of the user, channel or token; null for calls that reached no channel. */
  key: string | null;
  requests: number;
  errors: number;
  inputTokens: number;
  outputTokens: number;
  costUsd: number;
  /** Percentiles of the whole duration, at most 5 % above the exact ones. */
  p50Ms: number;
  p95Ms: number;
}

export class UsageSeriesDto {
  /** By time; within one bucket the busiest first. Hours and days without requests are left out. */
  items: UsagePointDto[];
  /** True when there were more than 10 000 points; these are the first. */
  truncated: boolean;
}
