import { Global, Module } from '@nestjs/common';
import { AuditLog } from './audit-log';
import { LedgerRepository } from './ledger.repository';
import { LogRetention } from './log-retention';
import { LogsJobs } from './logs.jobs';
import { Statistics } from './statistics';
import { StatisticsRepository } from './statistics.repository';
import { UsageLogRepository } from './usage-log.repository';

const parts = [AuditLog, LedgerRepository, LogRetention, Statistics, UsageLogRepository];

@Global()
@Module({ providers: [...parts, StatisticsRepository, LogsJobs], exports: parts })
export class LogsModule {}
