import { Body, Delete, Get, HttpCode, Param, Put } from '@nestjs/common';
import { AuditLog } from '@app/logs';
import { type Group, Groups, GroupService, isAtLeast, ppmToMultiplier, type Principal } from '@app/users';
import { AdminController, CurrentUser, From, type Origin, Roles } from '../http';
import { GroupDto, GroupListDto, PutGroupDto } from './groups.dto';

@AdminController('groups')
export class GroupsController {
  constructor(
    private readonly groups: Groups,
    private readonly service: GroupService,
    private readonly audit: AuditLog,
  ) {}

  /** All groups for administrators; everybody else sees the one they are in. */
  @Get()
  list(@CurrentUser() { role, group }: Principal): GroupListDto {
    const groups = isAtLeast(role, 'admin') ? this.groups.list() : [this.groups.get(group)];
    return { items: groups.map(groupDto) };
  }

  /** Creates the group or replaces its values: a limit left out is no limit, and routing left out the plain way. */
  @Put(':name')
  @Roles('admin')
  async put(@Param('name') name: string, @Body() body: PutGroupDto, @From() origin: Origin): Promise<GroupDto> {
    const { priceMultiplier, rpm = null, tpm = null, concurrency = null, routing } = body;
    const group = await this.service.put(name, { priceMultiplier, rpm, tpm, concurrency, routing });
    const answer = groupDto(group);
    await this.audit.record({ ...origin, action: 'group.put', target: `group:${name}`, changes: answer });
    return answer;
  }

  @Delete(':name')
  @HttpCode(204)
  @Roles('admin')
  async delete(@Param('name') name: string, @From() origin: Origin): Promise<void> {
    await this.service.delete(name);
    await this.audit.record({ ...origin, action: 'group.delete', target: `group:${name}`, changes: null });
  }
}

const groupDto = ({ name, multiplierPpm, rpm, tpm, concurrency, routing }: Group): GroupDto => ({
  name,
  priceMultiplier: ppmToMultiplier(multiplierPpm),
  rpm,
  tpm,
  concurrency,
  routing: {
    ...routing,
    fallbacks: Object.fromEntries(Object.entries(routing.fallbacks).map(([model, chain]) => [model, [...chain]])),
  },
});
