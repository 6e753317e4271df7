import { ApiProperty, ApiPropertyOptional, PartialType } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import type { BudgetPeriod } from '@app/billing';
import { type ApiKeyStatus, apiKeyStatuses } from '@app/users';
import { IsoTime, Name, Optional, PageDto, PageQueryDto, PlainText, Usd } from '../http';

const periods = ['none', 'day', 'week', 'month'] as const satisfies readonly BudgetPeriod[];
const MAX_LIMIT = 1_000_000_000;

export class TokenQueryDto extends PageQueryDto {
  /** Whose keys, for administrators; everybody else sees their own. */
  @Optional() @IsString() @MaxLength(64) @PlainText() userId?: string;
}

export class CreateTokenDto {
  @Name(100) name: string;

  /** With a time zone; null or absent: never. */
  @ApiPropertyOptional({ format: 'date-time', nullable: true, type: String })
  @IsOptional()
  @IsoTime()
  expiresAt?: string | null;

  /** What the key may spend in one period; null or absent: as much as the account has. */
  @IsOptional() @Usd(0, 1_000_000) budgetUsd?: number | null;

  @ApiPropertyOptional({ enum: periods, enumName: 'BudgetPeriod' })
  @Optional()
  @IsIn(periods)
  budgetPeriod?: BudgetPeriod;

  /** Model names, or their beginnings followed by `*`. Empty or absent: all. */
  @IsOptional() @IsArray() @ArrayMaxSize(1000) @IsString({ each: true }) @MaxLength(201, { each: true }) models?:
    string[] | null;

  /** IPv4 and IPv6 addresses and CIDR ranges. Empty or absent: from anywhere. */
  @IsOptional() @IsArray() @ArrayMaxSize(100) @IsString({ each: true }) @MaxLength(64, { each: true }) allowedIps?:
    string[] | null;

  /** Instead of the account's group; only administrators may name another one than their own. */
  @IsOptional() @Name(64) group?: string | null;

  /** Requests per minute. */
  @IsOptional() @IsInt() @Min(1) @Max(MAX_LIMIT) rpm?: number | null;

  /** Tokens per minute. */
  @IsOptional() @IsInt() @Min(1) @Max(MAX_LIMIT) tpm?: number | null;

  /** Requests at the same time. */
  @IsOptional() @IsInt() @Min(1) @Max(MAX_LIMIT) concurrency?: number | null;
}

export class UpdateTokenDto extends PartialType(CreateTokenDto, { skipNullProperties: false }) {
  @ApiPropertyOptional({ enum: apiKeyStatuses, enumName: 'TokenStatus' })
  @Optional()
  @IsIn(apiKeyStatuses)
  status?: ApiKeyStatus;
}

export class TokenDto {
  id: string;

  userId: string;

  name: string;

  @ApiProperty({ enum: apiKeyStatuses, enumName: 'TokenStatus' })
  status: ApiKeyStatus;

  keyPreview: string;

  @ApiProperty({ format: 'date-time', nullable: true, type: String })
  expiresAt: string | null;

  budgetUsd: number | null;

  @ApiProperty({ enum: periods, enumName: 'BudgetPeriod' })
  budgetPeriod: BudgetPeriod;

  usedUsd: number;

  /** Empty: all. */
  models: string[];

  /** Empty: from anywhere. */
  allowedIps: string[];

  group: string | null;

  rpm: number | null;

  tpm: number | null;

  concurrency: number | null;

  @ApiProperty({ format: 'date-time', nullable: true, type: String })
  lastUsedAt: string | null;

  @ApiProperty({ format: 'date-time' })
  createdAt: string;
}

/** The only answers that hold the key itself: nobody can read it again later. */
export class IssuedTokenDto extends TokenDto {
  key: string;
}

export class TokenPageDto extends PageDto {
  items: TokenDto[];
}
