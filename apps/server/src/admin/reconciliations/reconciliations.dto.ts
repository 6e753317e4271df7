import { Type } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';
import { Optional } from '../http';

export class ReconciliationQueryDto {
  @Optional() @Type(() => Number) @IsInt() @Min(1) @Max(100) limit: number = 30;
}

/** What differs. `expected` and `actual` are USD, but for `journal_backlog` and `dead_letter`, which count calls. */
export class DifferenceDto {
  kind:
    | 'balance'
    | 'budget'
    | 'escrow'
    | 'stale_lease'
    | 'charge_without_log'
    | 'log_without_charge'
    | 'charge_amount'
    | 'stale_hold'
    | 'journal_backlog'
    | 'dead_letter';
  /** A wallet (`user:<id>`, `key:<id>`), a request or a node. */
  subject: string;
  expected: number | null;
  actual: number | null;
  detail: string | null;
}

export class ReconciliationCountsDto {
  wallets: number;
  recentCharges: number;
  recentCalls: number;
  allowances: number;
  journalledCalls: number;
  openHolds: number;
}

export class ReconciliationDto {
  id: string;
  createdAt: string;
  durationMs: number;
  startedBy: 'schedule' | 'request' | 'command';
  status: 'clean' | 'differences';
  /** All there are; `differences` has the first 200. */
  differenceCount: number;
  /** What was looked at. */
  counts: ReconciliationCountsDto;
  differences: DifferenceDto[];
}

export class ReconciliationListDto {
  items: ReconciliationDto[];
}
