import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Get, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiProduces } from '@nestjs/swagger';
import type { Response } from 'express';
import { UsageLogRepository } from '@app/logs';
import type { Principal } from '@app/users';
import { AdminController, CurrentUser } from '../http';
import { UsageExportQueryDto, UsageLogPageDto, UsageQueryDto } from './usage-log.dto';
import { usageCsv, usageFilter, usageLogDto } from './usage-log.mapper';

/** Every call through the gateway: all of them for administrators, one's own for everybody else. */
@AdminController('logs/usage', 'logs')
export class UsageLogController {
  constructor(private readonly usage: UsageLogRepository) {}

  /** Newest first. */
  @Get()
  async list(@Query() query: UsageQueryDto, @CurrentUser() actor: Principal): Promise<UsageLogPageDto> {
    const { items, nextCursor } = await this.usage.list(usageFilter(query, actor), query);
    return { items: items.map((row) => usageLogDto(row, actor)), nextCursor };
  }

  /** All matching rows as a file, newest first, sent while it is read. */
  @Get('export')
  @ApiProduces('text/csv')
  @ApiOkResponse({ schema: { type: 'string' } })
  async export(
    @Query() query: UsageExportQueryDto,
    @CurrentUser() actor: Principal,
    @Res() response: Response,
  ): Promise<void> {
    const rows = this.usage.each(usageFilter(query, actor));
    response.setHeader('content-type', 'text/csv; charset=utf-8');
    response.setHeader('content-disposition', 'attachment; filename="usage.csv"');
    await pipeline(Readable.from(usageCsv(rows, actor)), response).catch(unlessCallerLeft);
  }
}

/** The caller closed the download: nobody is left to tell. */
function unlessCallerLeft(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
}
