/** logs: the usage log, the read side of the ledger, the audit log, statistics over them, and their retention. */
import { AuditEntry } from './audit-log.entity';
import { LedgerEntry } from './ledger.entity';
import { Logs1764000000004 } from './migrations/1764000000004-logs';
import { AppendOnlyLedger1764000000332 } from './migrations/1764000000332-append-only-ledger';
import { UsageEnding1764000000330 } from './migrations/1764000000330-usage-ending';
import { RequestedModel1764000000341 } from './migrations/1764000000341-requested-model';
import { UsageLog } from './usage-log.entity';

export { AuditLog } from './audit-log';
export type { AuditFilter, AuditRecord } from './audit-log';
export type { AuditRow } from './audit-log.entity';
export { csvLine } from './csv';
export type { CsvValue } from './csv';
export type { KeysetPage, KeysetQuery } from './keyset';
export type { LedgerKind, LedgerRow } from './ledger.entity';
export { LedgerRepository } from './ledger.repository';
export type { LedgerFilter } from './ledger.repository';
export { LogRetention } from './log-retention';
export { logSettings } from './logs.settings';
export { LogsModule } from './logs.module';
export { Statistics } from './statistics';
export type { BucketSize, UsageSeries, UsageSummary } from './statistics';
export { StatisticsRepository } from './statistics.repository';
export type { UsageDimension, UsagePoint, UsageRange } from './statistics.repository';
export { usageEndings } from './usage-log.entity';
export type { UsageAttempt, UsageEnding, UsageRow, UsageStatus } from './usage-log.entity';
export { UsageLogRepository } from './usage-log.repository';
export type { UsageFilter } from './usage-log.repository';
export { AuditEntry, LedgerEntry, UsageLog };

export const logsEntities = [UsageLog, LedgerEntry, AuditEntry];
export const logsMigrations = [
  Logs1764000000004,
  UsageEnding1764000000330,
  AppendOnlyLedger1764000000332,
  RequestedModel1764000000341,
];
