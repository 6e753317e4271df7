import { Injectable, Logger, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { messageOf } from '@app/core';
import { ChangeBus } from '@app/platform/bus';
import type { GroupEntity } from './group.entity';
import { plainRouting } from './group-routing';
import { GroupRepository } from './group.repository';
import { DEFAULT_GROUP, type Group, plainGroup } from './group';

const RELOAD_MS = 30_000;

/** All groups, in memory, in step with the database. */
@Injectable()
export class Groups implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger('Groups');
  private groups: ReadonlyMap<string, Group> = new Map([[DEFAULT_GROUP, plainGroup]]);
  private begun = 0;
  private applied = 0;
  private timer?: NodeJS.Timeout;
  private unsubscribe = (): void => undefined;

  /** Moves with every reload: what was derived from a group is stale when this is not what it was. */
  version = 0;

  constructor(
    private readonly repository: GroupRepository,
    private readonly bus: ChangeBus,
  ) {}

  async onModuleInit(): Promise<void> {
    this.unsubscribe = this.bus.subscribe('groups.changed', () => this.reload());
    // Also without a message: one may be lost with the connection that carried it.
    this.timer = setInterval(() => void this.reload(), RELOAD_MS).unref();
    await this.load();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
    this.unsubscribe();
  }

  /** The default group stands in for one that was deleted while still named. */
  get(name: string): Group {
    return this.groups.get(name) ?? this.groups.get(DEFAULT_GROUP) ?? plainGroup;
  }

  list(): Group[] {
    return [...this.groups.values()];
  }

  private async reload(): Promise<void> {
    await this.load().catch((error: unknown) => this.logger.error(`groups not reloaded: ${messageOf(error)}`));
  }

  private async load(): Promise<void> {
    const turn = ++this.begun;
    const rows = await this.repository.all();
    // A load that began later has seen at least as much: do not put an older picture over it.
    if (turn < this.applied) return;
    this.applied = turn;
    this.groups = new Map(rows.map((row) => [row.name, groupOf(row)]));
    this.version++;
  }
}

const groupOf = ({ name, multiplierPpm, rpm, tpm, concurrency, routing }: GroupEntity): Group =>
  Object.freeze({ name, multiplierPpm, rpm, tpm, concurrency, routing: { ...plainRouting, ...routing } });
