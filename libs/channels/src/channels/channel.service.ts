import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { CLOCK, type Clock, NANO_PER_USD, newId, notFound } from '@app/core';
import { ChangeBus } from '@app/platform/bus';
import { transact } from '@app/platform/database';
import { SecretBox } from '@app/platform/secrets';
import { probeRoute, type ProbeQuery } from '../routing/probe-route';
import type { Route } from '../routing/route';
import { publishChannelsChanged } from './channel.events';
import type { ChannelInput, ChannelPatch, ChannelQuery, ChannelRecord } from './channel-input';
import { ChannelRepository, enabledState } from './channel.repository';
import { checkChannel, checkKeyCount, type ChannelDraft } from './channel-rules';
import { ChannelEntity } from './channel.entity';
import { planCredentials } from './credential-plan';
import { checkDestination } from './destination';
import { columnsOf, keepsProxy, proxyColumnsOf, withoutProxy } from './stored-proxy';

/** What an operator does to one channel. Every change is in force on this node when the promise resolves, on the others within a second. */
@Injectable()
export class ChannelService {
  constructor(
    private readonly channels: ChannelRepository,
    private readonly secrets: SecretBox,
    @InjectDataSource() private readonly dataSource: DataSource,
    @Inject(ChangeBus) private readonly bus: ChangeBus,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  list(query: ChannelQuery): Promise<{ items: ChannelRecord[]; total: number }> {
    return this.channels.list(query);
  }

  async get(id: string): Promise<ChannelRecord> {
    const record = await this.channels.find(id);
    if (!record) throw notFound('channel');
    return record;
  }

  async create(input: ChannelInput): Promise<ChannelRecord> {
    const draft = checkChannel(draftOf(input));
    const now = this.clock.now();
    const id = newId();
    const channel = Object.assign(new ChannelEntity(), blank, columnsOf(this.secrets, id, draft), {
      id,
      status: input.status ?? 'enabled',
      createdAt: now,
      updatedAt: now,
    });
    checkKeyCount(channel.provider, input.keys.length);
    const wanted = { channelId: channel.id, current: [], wanted: input.keys, now, of: draft };
    const plan = planCredentials(this.secrets, wanted);
    await transact(this.dataSource, async (manager) => {
      await this.channels.insert(manager, channel);
      await this.channels.applyCredentials(manager, plan);
    });
    await publishChannelsChanged(this.bus, [channel.id]);
    return { channel, credentials: plan.insert };
  }

  /**
   * `status: 'enabled'` also takes back what automation disabled in it. `keys` is the whole new list: texts are secrets to add
   * (or to keep, if they are there already), `{id}` keeps one, what is not named goes.
   */
  async update(id: string, patch: ChannelPatch): Promise<ChannelRecord> {
    const enabling = patch.status === 'enabled';
    await transact(this.dataSource, async (manager) => {
      const now = this.clock.now();
      if (!(await this.channels.touch(manager, id, now))) throw notFound('channel');
      const current = (await this.channels.find(id, manager))!;
      const keepProxy = keepsProxy(current.channel, patch);
      const draft = checkChannel(merged(current.channel, keepProxy ? withoutProxy(patch) : patch));
      const { proxyPreview } = current.channel;
      const status = patch.status && { status: patch.status, statusReason: null };
      checkKeyCount(draft.provider, patch.keys ? patch.keys.length : countKeys(current));
      checkDestination({
        from: { ...current.channel, proxy: proxyPreview },
        to: { ...draft, proxy: keepProxy ? proxyPreview : (draft.settings.proxy ?? null) },
        keys: patch.keys,
        storedKeys: countKeys(current),
      });
      if (patch.keys) {
        const wanted = { channelId: id, current: current.credentials, wanted: patch.keys, now, of: draft };
        await this.channels.applyCredentials(manager, planCredentials(this.secrets, wanted));
      }
      const proxy = keepProxy && proxyColumnsOf(current.channel);
      await this.channels.update(manager, [id], { ...columnsOf(this.secrets, id, draft), ...proxy, ...status });
      if (enabling) await this.channels.enableAutoDisabled(manager, [id]);
    });
    await publishChannelsChanged(this.bus, [id], enabling);
    return this.get(id);
  }

  /** Usage already logged keeps naming the channel. */
  async remove(id: string): Promise<void> {
    if ((await transact(this.dataSource, (manager) => this.channels.delete(manager, [id]))) === 0)
      throw notFound('channel');
    await publishChannelsChanged(this.bus, [id]);
  }

  async setCredentialStatus(
    channelId: string,
    credentialId: string,
    status: 'enabled' | 'disabled',
  ): Promise<ChannelRecord> {
    const where = { id: credentialId, channelId };
    await transact(this.dataSource, async (manager) => {
      if (!(await this.channels.touch(manager, channelId, this.clock.now()))) throw notFound('channel');
      const found = await this.channels.updateCredential(manager, where, { ...enabledState, status });
      if (!found) throw notFound('key');
    });
    await publishChannelsChanged(this.bus, [channelId], status === 'enabled');
    return this.get(channelId);
  }

  /** To test the channel and to ask its upstream. Throws `conflict` when it cannot be called at all. */
  async routeTo(id: string, query: ProbeQuery = {}): Promise<Route> {
    return probeRoute(await this.get(id), this.secrets, query, this.clock.now());
  }

  /** A test is an operator's look at the channel: it changes its response time, never its state. */
  async recordTest(id: string, { ok, latencyMs }: { readonly ok: boolean; readonly latencyMs: number }): Promise<void> {
    if (!ok) return;
    const times = new Map([[id, Math.round(latencyMs)]]);
    await transact(this.dataSource, (manager) => this.channels.saveResponseTimes(manager, times));
  }

  /** What the upstream says is left; null: it does not say. A balance never disables a channel. */
  async recordBalance(id: string, balanceUsd: number | null): Promise<void> {
    const nano = Math.round((balanceUsd ?? NaN) * NANO_PER_USD);
    await this.channels.saveBalance(id, Number.isSafeInteger(nano) ? nano : null);
  }
}

/** How a channel starts. */
const blank = { statusReason: null, responseTimeMs: null, balanceNano: null, usedNano: 0 } as const;

const draftOf = (input: ChannelInput): ChannelDraft => ({
  name: input.name,
  provider: input.provider,
  baseUrl: input.baseUrl ?? null,
  protocols: input.protocols ?? null,
  models: input.models,
  modelMapping: input.modelMapping ?? {},
  groups: input.groups ?? ['default'],
  tags: input.tags ?? [],
  settings: input.settings ?? {},
  priority: input.priority ?? 0,
  weight: input.weight ?? 1,
});

function merged(channel: ChannelEntity, patch: ChannelPatch): ChannelDraft {
  const { name, provider, baseUrl, protocols, models, modelMapping } = channel;
  const { groups, tags, settings, priority, weight } = channel;
  const { keys: _keys, status: _status, ...said } = patch;
  const current = {
    name,
    provider,
    baseUrl,
    protocols,
    models,
    modelMapping,
    groups,
    tags,
    settings,
    priority,
    weight,
  };
  return { ...current, ...defined(said) };
}

const defined = <T extends object>(patch: T): Partial<T> =>
  Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)) as Partial<T>;

/** The keyless credential is not a key. */
const countKeys = ({ credentials }: ChannelRecord): number =>
  credentials.filter(({ preview }) => preview !== '').length;
