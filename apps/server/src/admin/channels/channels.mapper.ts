import { Injectable } from '@nestjs/common';
import { ChannelHealth, type ChannelInput, type ChannelRecord, type ChannelSettingsInput } from '@app/channels';
import { nanoToUsd } from '@app/core';
import { findProvider } from '@app/providers';
import { iso } from '../http';
import type { ChannelDto, ChannelPauseDto, CreateChannelDto, UpdateChannelDto } from './channels.dto';

/** Channels as they are shown: nothing of a key but its preview. */
@Injectable()
export class ChannelMapper {
  constructor(private readonly health: ChannelHealth) {}

  dto(record: ChannelRecord): ChannelDto {
    const { channel, credentials } = record;
    const provider = findProvider(channel.provider);
    return {
      id: channel.id,
      name: channel.name,
      provider: channel.provider,
      baseUrl: channel.baseUrl ?? provider?.defaultBaseUrl ?? null,
      protocols: [...(channel.protocols ?? provider?.protocols ?? [])],
      models: [...channel.models],
      modelMapping: { ...channel.modelMapping },
      groups: [...channel.groups],
      priority: channel.priority,
      weight: channel.weight,
      tags: [...channel.tags],
      settings: { ...channel.settings, ...(channel.proxyPreview !== null && { proxy: channel.proxyPreview }) },
      status: channel.status,
      statusReason: channel.statusReason,
      health: this.healthOf(record),
      pauses: this.pauses(channel.id),
      // The stand-in of a channel without keys is none.
      keys: credentials
        .filter(({ preview }) => preview !== '')
        .map(({ id, preview, status, statusReason, probeAt }) => ({
          id,
          preview,
          status,
          reason: statusReason,
          pauses: this.pauses(id),
          nextProbeAt: probeAt === null ? null : iso(probeAt),
        })),
      responseTimeMs: channel.responseTimeMs,
      balanceUsd: channel.balanceNano === null ? null : nanoToUsd(channel.balanceNano),
      usedUsd: nanoToUsd(channel.usedNano),
      createdAt: iso(channel.createdAt),
    };
  }

  private pauses(subject: string): ChannelPauseDto[] {
    return this.health.pausesOf(subject).map((pause) => ({ ...pause, until: iso(pause.until) }));
  }

  private healthOf({ channel, credentials }: ChannelRecord): ChannelDto['health'] {
    if (channel.status !== 'enabled') return 'disabled';
    const enabled = credentials.filter(({ status }) => status === 'enabled').map(({ id }) => id);
    const health = this.health.of(channel.id, enabled);
    if (health !== 'healthy') return health;
    if (credentials.some(({ status }) => status === 'auto_disabled')) return 'degraded';
    return channel.responseTimeMs === null ? 'unknown' : 'healthy';
  }
}

/** `ChannelService` refuses settings it does not know, whatever their type says here. */
export const inputOf = ({ keys = [], settings, ...body }: CreateChannelDto): ChannelInput => ({
  ...body,
  keys,
  ...(settings && { settings: settings as ChannelSettingsInput }),
});

export const patchOf = ({ settings, ...body }: UpdateChannelDto): Partial<ChannelInput> => ({
  ...body,
  ...(settings && { settings: settings as ChannelSettingsInput }),
});

/** What an operator decides about a channel: what an audit record compares. */
export function auditView(dto: ChannelDto) {
  const {
    health: _health,
    pauses: _pauses,
    responseTimeMs: _time,
    balanceUsd: _balance,
    usedUsd: _used,
    createdAt: _at,
    ...decided
  } = dto;
  return { ...decided, keys: dto.keys.map(({ id, preview, status, reason }) => ({ id, preview, status, reason })) };
}
