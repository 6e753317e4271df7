import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { CLOCK, type Clock } from '@app/core';
import { ChangeBus } from '@app/platform/bus';
import { transact } from '@app/platform/database';
import { publishChannelsChanged } from './channel.events';
import { ChannelRepository } from './channel.repository';
import { checkChannel } from './channel-rules';

export const batchActions = ['enable', 'disable', 'delete', 'tag', 'untag'] as const;

export type BatchAction = (typeof batchActions)[number];

export interface BatchRequest {
  readonly ids: readonly string[];
  readonly action: BatchAction;
  /** For `tag` and `untag`. */
  readonly tags?: readonly string[];
}

type Step = (manager: EntityManager, ids: readonly string[], request: BatchRequest) => Promise<number>;

/** One act on many channels: all of them or, if it fails, none. Ids that do not exist are passed over. */
@Injectable()
export class ChannelBatch {
  constructor(
    private readonly channels: ChannelRepository,
    @InjectDataSource() private readonly dataSource: DataSource,
    @Inject(ChangeBus) private readonly bus: ChangeBus,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** How many channels it was done to. */
  async run(request: BatchRequest): Promise<number> {
    // Rows are taken in one order, so that two batches cannot wait for each other.
    const ids = [...new Set(request.ids)].sort();
    const affected = await transact(this.dataSource, (manager) => this.steps[request.action](manager, ids, request));
    if (affected > 0) await publishChannelsChanged(this.bus, ids, request.action === 'enable');
    return affected;
  }

  private readonly steps: Readonly<Record<BatchAction, Step>> = {
    enable: async (manager, ids) => {
      const columns = { status: 'enabled', statusReason: null, updatedAt: this.clock.now() } as const;
      const affected = await this.channels.update(manager, ids, columns);
      await this.channels.enableAutoDisabled(manager, ids);
      return affected;
    },
    disable: (manager, ids) =>
      this.channels.update(manager, ids, { status: 'disabled', statusReason: null, updatedAt: this.clock.now() }),
    delete: (manager, ids) => this.channels.delete(manager, ids),
    tag: (manager, ids, { tags = [] }) => this.retag(manager, ids, (old) => [...old, ...tags]),
    untag: (manager, ids, { tags = [] }) => this.retag(manager, ids, (old) => old.filter((tag) => !tags.includes(tag))),
  };

  private async retag(
    manager: EntityManager,
    ids: readonly string[],
    change: (tags: readonly string[]) => readonly string[],
  ): Promise<number> {
    // Takes the rows first: a change of their tags meanwhile would be lost.
    await this.channels.update(manager, ids, { updatedAt: this.clock.now() });
    const records = await this.channels.findMany(ids, manager);
    for (const { channel } of records) {
      const { tags } = checkChannel({ ...channel, tags: change(channel.tags) });
      await this.channels.update(manager, [channel.id], { tags });
    }
    return records.length;
  }
}
