import { usageEndings } from '@app/logs';
import { IntersectionType } from '@nestjs/swagger';
import { IsIn, IsString, MaxLength } from 'class-validator';
import { IsoTime, KeysetPageDto, KeysetQueryDto, Optional, PlainText } from '../http';
import { ChargeDto } from '../http/charge.dto';

const statuses = ['ok', 'error', 'aborted'] as const;
type Source = 'upstream' | 'estimated';

export class UsageFilterDto {
  /** Inclusive. */
  @Optional() @IsoTime() from?: string;

  /** Exclusive. */
  @Optional() @IsoTime() to?: string;

  @Optional() @IsString() @MaxLength(100) @PlainText() userId?: string;

  @Optional() @IsString() @MaxLength(100) @PlainText() tokenId?: string;

  /** Administrators only. */
  @Optional() @IsString() @MaxLength(100) @PlainText() channelId?: string;

  @Optional() @IsString() @MaxLength(300) @PlainText() model?: string;

  @Optional() @IsIn(statuses) status?: (typeof statuses)[number];

  @Optional() @IsString() @MaxLength(100) @PlainText() requestId?: string;
}

export class UsageQueryDto extends IntersectionType(KeysetQueryDto, UsageFilterDto) {}

export class UsageExportQueryDto extends UsageFilterDto {
  @Optional() @IsIn(['csv']) format = 'csv' as const;
}

export class UsageAttemptDto {
  channelId: string;
  credentialId: string | null;
  /** The credential's first and last characters. */
  credential?: string;
  /** The upstream's name of the model, where another stood in for the one asked for. */
  model?: string;
  /** The upstream's HTTP status; null when no head arrived. */
  status: number | null;
  errorCode: string | null;
  /** Why the next attempt was made; null on the last. */
  reason: string | null;
  startedAt: string;
  durationMs: number;
}

/** One call. What only operators may know (channel, attempts, upstream model) is empty for everybody else. */
export class UsageLogDto {
  id: string;
  /** The `x-request-id` of the answer. */
  requestId: string;
  createdAt: string;
  userId: string;
  tokenId: string;
  channelId: string | null;
  group: string;
  model: string;
  upstreamModel: string | null;
  /** The model that was asked for, where another stood in for it. */
  requestedModel: string | null;
  /** The protocol the caller spoke. */
  protocol: string;
  operation: string;
  stream: boolean;
  status: (typeof statuses)[number];
  httpStatus: number;
  errorCode: string | null;
  /** How the call ended; null in entries from before it was kept. */
  @IsIn(usageEndings) ending: (typeof usageEndings)[number] | null;
  /** With cache reads and writes. */
  inputTokens: number;
  /** With reasoning. */
  outputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  reasoningTokens: number;
  costUsd: number;
  /** Null where the call was refused before it had a price. */
  charge: ChargeDto | null;
  durationMs: number;
  firstByteMs: number | null;
  attempts: UsageAttemptDto[];
  usageSource: Source | null;
  /** Request fields the upstream could not take. */
  dropped: readonly string[] | null;
  ip: string;
}

export class UsageLogPageDto extends KeysetPageDto {
  items: UsageLogDto[];
}
