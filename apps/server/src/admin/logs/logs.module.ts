import { Module } from '@nestjs/common';
import { AuditLogController } from './audit-log.controller';
import { UsageLogController } from './usage-log.controller';

@Module({ controllers: [UsageLogController, AuditLogController] })
export class LogsAdminModule {}
