import { Body, Get, Headers, Patch, Res } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOkResponse } from '@nestjs/swagger';
import type { Response } from 'express';
import { invalid } from '@app/core';
import { SettingsService } from '@app/config';
import { AuditLog } from '@app/logs';
import { AdminController, From, type Origin, Roles } from '../http';
import { SettingListDto, settingsTree } from './settings.dto';

/** Runtime settings. The `ETag` of an answer is the version of all of them; secrets go in and never come out. */
@AdminController('settings')
@Roles('admin')
export class SettingsController {
  constructor(
    private readonly settings: SettingsService,
    private readonly audit: AuditLog,
  ) {}

  @Get()
  @ApiOkResponse({ schema: settingsTree })
  read(@Res({ passthrough: true }) response: Response): Record<string, unknown> {
    response.setHeader('etag', `"${this.settings.version}"`);
    return this.settings.tree();
  }

  /** What each setting means, takes and is by default: enough to build a form. */
  @Get('schema')
  schema(): SettingListDto {
    return { items: this.settings.schema() };
  }

  /**
   * Changes any part of the tree, nested or by dotted names; `null` puts a setting back to its default. All or nothing. With
   * `If-Match`, a conflict when the settings have changed since that version. Answers with the whole tree.
   */
  @Patch()
  @ApiHeader({ name: 'If-Match', required: false, description: 'The ETag of the answer the change was made from' })
  @ApiBody({ schema: settingsTree })
  @ApiOkResponse({ schema: settingsTree })
  async change(
    @Body() patch: object,
    @Headers('if-match') ifMatch: string | undefined,
    @From() origin: Origin,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Record<string, unknown>> {
    const { actorId } = origin;
    const changes = await this.settings.change({ patch, actorId, expectedVersion: versionOf(ifMatch) });
    if (changes.length > 0) await this.audit.record({ ...origin, action: 'settings.change', target: null, changes });
    return this.read(response);
  }
}

function versionOf(ifMatch: string | undefined): number | undefined {
  if (ifMatch === undefined || ifMatch === '*') return undefined;
  const version = /^(?:W\/)?"(\d{1,15})"$/.exec(ifMatch)?.[1];
  if (version === undefined) throw invalid('If-Match', 'must be the ETag of GET /api/settings');
  return Number(version);
}
