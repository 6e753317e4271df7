import { Get, Query } from '@nestjs/common';
import { nanoToUsd } from '@app/core';
import { LedgerRepository, type LedgerRow } from '@app/logs';
import type { Principal } from '@app/users';
import { AdminController, CurrentUser, iso, visibleUser } from '../http';
import { LedgerEntryDto, LedgerPageDto, LedgerQueryDto } from './ledger.dto';

/** Every movement of every balance: all of them for administrators, one's own for everybody else. */
@AdminController('ledger')
export class LedgerController {
  constructor(private readonly ledger: LedgerRepository) {}

  /** Newest first. */
  @Get()
  async list(@Query() query: LedgerQueryDto, @CurrentUser() actor: Principal): Promise<LedgerPageDto> {
    const { kind, from, to } = query;
    const filter = {
      userId: visibleUser(actor, query.userId),
      kind,
      from: from === undefined ? undefined : Date.parse(from),
      to: to === undefined ? undefined : Date.parse(to),
    };
    const { items, nextCursor } = await this.ledger.list(filter, query);
    return { items: items.map(ledgerEntryDto), nextCursor };
  }
}

const ledgerEntryDto = ({ createdAt, amountNano, balanceAfterNano, ...entry }: LedgerRow): LedgerEntryDto => ({
  ...entry,
  createdAt: iso(createdAt),
  amountUsd: nanoToUsd(amountNano),
  balanceAfterUsd: nanoToUsd(balanceAfterNano),
});
