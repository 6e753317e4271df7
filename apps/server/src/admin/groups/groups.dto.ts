import { IsInt, IsNumber, IsOptional, Max, Min } from 'class-validator';

const MAX_LIMIT = 1_000_000_000;

export class PutGroupDto {
  /** What prices are multiplied with; at most 6 decimals. */
  @IsNumber({ allowInfinity: false, allowNaN: false }) @Min(0) @Max(1000) priceMultiplier: number;

  /** Requests per minute of each user, over all their keys. */
  @IsOptional() @IsInt() @Min(1) @Max(MAX_LIMIT) rpm?: number | null;

  /** Tokens per minute of each user. */
  @IsOptional() @IsInt() @Min(1) @Max(MAX_LIMIT) tpm?: number | null;

  /** Requests of each user at the same time. */
  @IsOptional() @IsInt() @Min(1) @Max(MAX_LIMIT) concurrency?: number | null;
}

export class GroupDto {
  name: string;

  priceMultiplier: number;

  rpm: number | null;

  tpm: number | null;

  concurrency: number | null;
}

export class GroupListDto {
  items: GroupDto[];
}
