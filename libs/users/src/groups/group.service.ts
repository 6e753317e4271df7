import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock, conflict, invalid, notFound } from '@app/core';
import { ChangeBus } from '@app/platform/bus';
import { GroupRepository } from './group.repository';
import { type GroupRouting, routingOf } from './group-routing';
import { DEFAULT_GROUP, type Group, multiplierToPpm } from './group';

export interface GroupInput {
  /** At most 6 decimals; 1 leaves prices as they are. */
  readonly priceMultiplier: number;
  readonly rpm: number | null;
  readonly tpm: number | null;
  readonly concurrency: number | null;
  /** What is left out is the plain way. */
  readonly routing?: Partial<GroupRouting>;
}

const groupName = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]{0,63}$/u;

@Injectable()
export class GroupService {
  constructor(
    private readonly groups: GroupRepository,
    private readonly bus: ChangeBus,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Creates the group or replaces its values. */
  async put(name: string, { priceMultiplier, rpm, tpm, concurrency, ...input }: GroupInput): Promise<Group> {
    if (!groupName.test(name))
      throw invalid('name', 'must be 1 to 64 letters, digits or . _ - and begin with a letter or digit');
    const routing = routingOf(input.routing);
    const group: Group = { name, multiplierPpm: multiplierToPpm(priceMultiplier), rpm, tpm, concurrency, routing };
    const now = this.clock.now();
    await this.groups.put({ ...group, createdAt: now, updatedAt: now });
    await this.bus.publish('groups.changed', { name });
    return group;
  }

  async delete(name: string): Promise<void> {
    if (name === DEFAULT_GROUP) throw conflict('the default group cannot be deleted');
    if (!groupName.test(name)) throw notFound('group');
    const uses = await this.groups.uses(name);
    if (uses > 0) throw conflict(`${uses} users or API keys are in this group: move them first`);
    if (!(await this.groups.delete(name))) throw notFound('group');
    await this.bus.publish('groups.changed', { name });
  }

  /** Throws `invalid` for a group that does not exist. */
  async assertExists(name: string): Promise<void> {
    if (!(await this.groups.exists(name))) throw invalid('group', 'there is no such group');
  }
}
