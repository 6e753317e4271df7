import { type Difference, Reconciliation, type ReconciliationReport } from '@app/billing';
import { nanoToUsd, notFound } from '@app/core';
import { AuditLog } from '@app/logs';
import { Get, Param, Post, Query } from '@nestjs/common';
import { AdminController, From, iso, type Origin, Roles } from '../http';
import {
  type DifferenceDto,
  ReconciliationDto,
  ReconciliationListDto,
  ReconciliationQueryDto,
} from './reconciliations.dto';

/** Whether ledger, balances, leases, usage log and journals agree. Compared every night, and here; nothing is ever repaired. */
@AdminController('reconciliations')
@Roles('admin')
export class ReconciliationsController {
  constructor(
    private readonly reconciliation: Reconciliation,
    private readonly audit: AuditLog,
  ) {}

  /** Newest first. */
  @Get()
  async list(@Query() { limit }: ReconciliationQueryDto): Promise<ReconciliationListDto> {
    return { items: (await this.reconciliation.list(limit)).map(reconciliationDto) };
  }

  @Get(':id')
  async get(@Param('id') id: string): Promise<ReconciliationDto> {
    const report = await this.reconciliation.find(id);
    if (!report) throw notFound('Report');
    return reconciliationDto(report);
  }

  /** Compares now, and answers with what differs. */
  @Post()
  async run(@From() origin: Origin): Promise<ReconciliationDto> {
    const report = await this.reconciliation.run('request');
    const { id, status, differenceCount } = report;
    await this.audit.record({
      ...origin,
      action: 'reconciliation.run',
      target: `reconciliation:${id}`,
      changes: { status, differenceCount },
    });
    return reconciliationDto(report);
  }
}

const reconciliationDto = ({
  createdAt,
  nodeId: _nodeId,
  differences,
  ...report
}: ReconciliationReport): ReconciliationDto => ({
  ...report,
  createdAt: iso(createdAt),
  differences: differences.map(differenceDto),
});

const counting: ReadonlySet<string> = new Set(['journal_backlog', 'dead_letter']);

function differenceDto({ kind, subject, expected, actual, detail }: Difference): DifferenceDto {
  const shown = (value: number | undefined): number | null =>
    value === undefined ? null : counting.has(kind) ? value : nanoToUsd(value);
  return { kind, subject, expected: shown(expected), actual: shown(actual), detail: detail ?? null };
}
