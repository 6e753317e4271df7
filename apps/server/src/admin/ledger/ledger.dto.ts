import { IsIn, IsString, MaxLength } from 'class-validator';
import { IsoTime, KeysetPageDto, KeysetQueryDto, Optional, PlainText } from '../http';

const kinds = ['topup', 'charge', 'refund', 'adjustment', 'redemption'] as const;

export class LedgerQueryDto extends KeysetQueryDto {
  @Optional() @IsString() @MaxLength(100) @PlainText() userId?: string;

  @Optional() @IsIn(kinds) kind?: (typeof kinds)[number];

  /** Inclusive. */
  @Optional() @IsoTime() from?: string;

  /** Exclusive. */
  @Optional() @IsoTime() to?: string;
}

export class LedgerEntryDto {
  id: string;
  createdAt: string;
  userId: string;
  kind: (typeof kinds)[number];
  /** Negative for a charge. */
  amountUsd: number;
  balanceAfterUsd: number;
  requestId: string | null;
  reason: string | null;
  actorId: string | null;
}

export class LedgerPageDto extends KeysetPageDto {
  items: LedgerEntryDto[];
}
