import { Get, Query } from '@nestjs/common';
import { AuditLog } from '@app/logs';
import { AdminController, iso, Roles } from '../http';
import { AuditPageDto, AuditQueryDto } from './audit-log.dto';

@AdminController('logs/audit', 'logs')
@Roles('admin')
export class AuditLogController {
  constructor(private readonly audit: AuditLog) {}

  /** Every operation on the control plane, newest first. */
  @Get()
  async list(@Query() query: AuditQueryDto): Promise<AuditPageDto> {
    const { from, to, actorId, action, target } = query;
    const range = {
      from: from === undefined ? undefined : Date.parse(from),
      to: to === undefined ? undefined : Date.parse(to),
    };
    const { items, nextCursor } = await this.audit.list({ ...range, actorId, action, target }, query);
    return { items: items.map((entry) => ({ ...entry, createdAt: iso(entry.createdAt) })), nextCursor };
  }
}
