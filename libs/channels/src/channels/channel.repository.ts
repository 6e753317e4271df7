import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Brackets, DataSource, type EntityManager, In, type SelectQueryBuilder } from 'typeorm';
import type { QueryDeepPartialEntity } from 'typeorm/query-builder/QueryPartialEntity.js';
import { containsPattern, rawNumber } from '@app/platform/database';
import { ChannelCredentialEntity } from './channel-credential.entity';
import { ChannelEntity } from './channel.entity';
import type { ChannelQuery, ChannelRecord, ChannelSortField } from './channel-input';
import type { CredentialPlan } from './credential-plan';

/** Moves whenever something routing depends on was changed anywhere, also by a process whose message was lost. */
export interface ChannelRevision {
  readonly count: number;
  readonly updatedAt: number;
}

type CredentialState = Pick<ChannelCredentialEntity, 'status' | 'statusReason' | 'probeAt' | 'probes'>;

export const enabledState = { status: 'enabled', statusReason: null, probeAt: null, probes: null } as const;

const columnOf: Readonly<Record<ChannelSortField, string>> = {
  createdAt: 'channel.createdAt',
  name: 'channel.name',
  provider: 'channel.provider',
  priority: 'channel.priority',
  weight: 'channel.weight',
  status: 'channel.status',
  responseTimeMs: 'channel.responseTimeMs',
  balanceUsd: 'channel.balanceNano',
  usedUsd: 'channel.usedNano',
};

/** All SQL about channels and their credentials. Methods with a `manager` are steps of the caller's transaction. */
@Injectable()
export class ChannelRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  async list(query: ChannelQuery): Promise<{ items: ChannelRecord[]; total: number }> {
    const direction = query.descending ? 'DESC' : 'ASC';
    const [channels, total] = await filtered(
      this.dataSource.manager.createQueryBuilder(ChannelEntity, 'channel'),
      query,
    )
      .orderBy(columnOf[query.by], direction)
      .addOrderBy('channel.id', direction)
      .skip(query.offset)
      .take(query.limit)
      .getManyAndCount();
    return { items: await this.withCredentials(this.dataSource.manager, channels), total };
  }

  async find(id: string, manager: EntityManager = this.dataSource.manager): Promise<ChannelRecord | null> {
    const channel = await manager.findOneBy(ChannelEntity, { id });
    return channel ? ((await this.withCredentials(manager, [channel]))[0] ?? null) : null;
  }

  /** Those that exist, with their credentials; absent ids are left out. */
  async findMany(ids: readonly string[], manager: EntityManager = this.dataSource.manager): Promise<ChannelRecord[]> {
    return this.withCredentials(manager, await manager.findBy(ChannelEntity, { id: In([...ids]) }));
  }

  /** The channels after `afterId` in the order of ids: reads all of them without holding all of them. */
  async pageAfter(afterId: string, limit: number): Promise<ChannelRecord[]> {
    const channels = await this.dataSource.manager
      .createQueryBuilder(ChannelEntity, 'channel')
      .where('channel.id > :afterId', { afterId })
      .orderBy('channel.id', 'ASC')
      .take(limit)
      .getMany();
    return this.withCredentials(this.dataSource.manager, channels);
  }

  async revision(): Promise<ChannelRevision> {
    const row = await this.dataSource.manager
      .createQueryBuilder(ChannelEntity, 'channel')
      .select('COUNT(*)', 'count')
      .addSelect('MAX(channel.updatedAt)', 'updated')
      .getRawOne<{ count: unknown; updated: unknown }>();
    return { count: rawNumber(row?.count), updatedAt: rawNumber(row?.updated) };
  }

  async insert(manager: EntityManager, channel: ChannelEntity): Promise<void> {
    await manager.insert(ChannelEntity, stored(channel));
  }

  /** Takes the channel's row for the rest of the transaction. False when there is none. */
  async touch(manager: EntityManager, id: string, updatedAt: number): Promise<boolean> {
    const { affected } = await manager.update(ChannelEntity, { id }, { updatedAt });
    return affected === 1;
  }

  /** Only the columns given: the running totals are others' to write. */
  async update(manager: EntityManager, ids: readonly string[], columns: Partial<ChannelEntity>): Promise<number> {
    const { affected } = await manager.update(ChannelEntity, { id: In([...ids]) }, stored(columns));
    return affected ?? 0;
  }

  async delete(manager: EntityManager, ids: readonly string[]): Promise<number> {
    await manager.delete(ChannelCredentialEntity, { channelId: In([...ids]) });
    const { affected } = await manager.delete(ChannelEntity, { id: In([...ids]) });
    return affected ?? 0;
  }

  async applyCredentials(manager: EntityManager, { insert, move, remove }: CredentialPlan): Promise<void> {
    if (remove.length > 0) await manager.delete(ChannelCredentialEntity, { id: In(remove.map((row) => row.id)) });
    for (const { id, position } of move) await manager.update(ChannelCredentialEntity, { id }, { position });
    for (let from = 0; from < insert.length; from += 100) {
      await manager.insert(ChannelCredentialEntity, insert.slice(from, from + 100));
    }
  }

  async updateCredential(
    manager: EntityManager,
    where: Pick<ChannelCredentialEntity, 'id' | 'channelId'> & Partial<CredentialState>,
    columns: Partial<CredentialState>,
  ): Promise<boolean> {
    const { affected } = await manager.update(ChannelCredentialEntity, where, columns);
    return affected === 1;
  }

  /** Gives back what automation took: the operator knows better. */
  async enableAutoDisabled(manager: EntityManager, channelIds: readonly string[]): Promise<void> {
    const where = { channelId: In([...channelIds]), status: 'auto_disabled' as const };
    await manager.update(ChannelCredentialEntity, where, enabledState);
  }

  /** Those disabled automatically whose time to be tried again has come; of channels no operator has disabled. */
  dueCredentials(now: number, limit: number): Promise<ChannelCredentialEntity[]> {
    return this.dataSource.manager
      .createQueryBuilder(ChannelCredentialEntity, 'credential')
      .innerJoin(ChannelEntity, 'channel', 'channel.id = credential.channelId')
      .where("credential.status = 'auto_disabled' AND credential.probeAt <= :now", { now })
      .andWhere("channel.status <> 'disabled'")
      .orderBy('credential.probeAt', 'ASC')
      .take(limit)
      .getMany();
  }

  /** False when another node was faster, or somebody has decided meanwhile. */
  async claimProbe({ id, probeAt, probes }: ChannelCredentialEntity, next: number): Promise<boolean> {
    const where = { id, status: 'auto_disabled' as const, probeAt: probeAt ?? undefined };
    const columns = { probeAt: next, probes: (probes ?? 0) + 1 };
    return (await this.dataSource.manager.update(ChannelCredentialEntity, where, columns)).affected === 1;
  }

  /** Only what automation disabled. */
  async enableIfAutoDisabled(manager: EntityManager, id: string): Promise<void> {
    await manager.update(ChannelEntity, { id, status: 'auto_disabled' }, { status: 'enabled', statusReason: null });
  }

  countEnabledCredentials(manager: EntityManager, channelId: string): Promise<number> {
    return manager.countBy(ChannelCredentialEntity, { channelId, status: 'enabled' });
  }

  /** False when the channel is not `enabled`: what an operator disabled stays as it is. */
  async autoDisable(manager: EntityManager, id: string, statusReason: string): Promise<boolean> {
    const columns = { status: 'auto_disabled' as const, statusReason };
    const { affected } = await manager.update(ChannelEntity, { id, status: 'enabled' }, columns);
    return affected === 1;
  }

  async saveBalance(id: string, balanceNano: number | null): Promise<void> {
    await this.dataSource.manager.update(ChannelEntity, { id }, { balanceNano });
  }

  async saveResponseTimes(manager: EntityManager, times: ReadonlyMap<string, number>): Promise<void> {
    // In the order of ids: two nodes that write the same rows do not wait for each other in a circle.
    for (const [id, responseTimeMs] of [...times].sort())
      await manager.update(ChannelEntity, { id }, { responseTimeMs });
  }

  private async withCredentials(manager: EntityManager, channels: readonly ChannelEntity[]): Promise<ChannelRecord[]> {
    if (channels.length === 0) return [];
    const rows = await manager.find(ChannelCredentialEntity, {
      where: { channelId: In(channels.map(({ id }) => id)) },
      order: { position: 'ASC', id: 'ASC' },
    });
    const byChannel = new Map<string, ChannelCredentialEntity[]>(channels.map(({ id }) => [id, []]));
    for (const row of rows) byChannel.get(row.channelId)?.push(row);
    return channels.map((channel) => ({ channel, credentials: byChannel.get(channel.id) ?? [] }));
  }
}

/** TypeORM's type of what it writes knows no `unknown`, which is what a parameter's value in the settings is. */
const stored = (columns: Partial<ChannelEntity>) => columns as QueryDeepPartialEntity<ChannelEntity>;

/** Names inside the stored JSON stand in quotes, so that a whole name is found and not a part of one. */
const named = (name: string): string => containsPattern(JSON.stringify(name));

function filtered(builder: SelectQueryBuilder<ChannelEntity>, query: ChannelQuery): SelectQueryBuilder<ChannelEntity> {
  const { q, status, provider, group, tag, model } = query;
  if (status !== undefined) builder.andWhere('channel.status = :status', { status });
  if (provider !== undefined) builder.andWhere('channel.provider = :provider', { provider });
  if (group !== undefined) builder.andWhere("channel.groups LIKE :group ESCAPE '!'", { group: named(group) });
  if (tag !== undefined) builder.andWhere("channel.tags LIKE :tag ESCAPE '!'", { tag: named(tag) });
  if (model !== undefined) {
    const either = "channel.models LIKE :model ESCAPE '!' OR channel.modelMapping LIKE :mapped ESCAPE '!'";
    builder.andWhere(`(${either})`, { model: named(model), mapped: containsPattern(`${JSON.stringify(model)}:`) });
  }
  if (q !== undefined) {
    const parts = { part: containsPattern(q.toLowerCase()), q };
    builder.andWhere(
      new Brackets((either) =>
        either.where("LOWER(channel.name) LIKE :part ESCAPE '!'", parts).orWhere('channel.id = :q'),
      ),
    );
  }
  return builder;
}
