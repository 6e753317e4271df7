import { Inject, Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { CLOCK, type Clock } from '@app/core';
import { Settings } from '@app/config';
import { ChangeBus } from '@app/platform/bus';
import { transact } from '@app/platform/database';
import { publishChannelsChanged } from '../channels/channel.events';
import { ChannelRepository, enabledState } from '../channels/channel.repository';
import { channelSettings } from '../channels.settings';
import { grown } from './breakers';

export interface DueCredential {
  readonly channelId: string;
  readonly credentialId: string;
}

/** When a credential that is disabled now is tried again; null: not by itself. */
export function firstProbeAt(settings: Pick<Settings, 'get'>, now: number): number | null {
  const ms = settings.get(channelSettings['recovery.firstMs']);
  return ms === 0 ? null : now + ms;
}

/** Brings credentials back that were disabled automatically and work again. Whoever makes the calls asks here who is due. */
@Injectable()
export class CredentialRecovery {
  readonly #logger = new Logger('ChannelHealth');

  constructor(
    private readonly channels: ChannelRepository,
    @InjectDataSource() private readonly dataSource: DataSource,
    @Inject(ChangeBus) private readonly bus: ChangeBus,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  /** Who is to be tried now; each is handed to one node only, and due again later, after twice as long. */
  async due(limit: number): Promise<DueCredential[]> {
    const first = this.settings.get(channelSettings['recovery.firstMs']);
    if (first === 0) return [];
    const now = this.clock.now();
    const claimed: DueCredential[] = [];
    for (const row of await this.channels.dueCredentials(now, limit)) {
      const wait = grown(first, (row.probes ?? 0) + 2, this.settings.get(channelSettings['recovery.longestMs']));
      if (await this.channels.claimProbe(row, now + wait))
        claimed.push({ channelId: row.channelId, credentialId: row.id });
    }
    return claimed;
  }

  /** It works again: back into use, and its channel with it unless an operator has disabled that. */
  async recovered({ channelId, credentialId }: DueCredential): Promise<boolean> {
    const enabled = await transact(this.dataSource, async (manager) => {
      if (!(await this.channels.touch(manager, channelId, this.clock.now()))) return false;
      const where = { id: credentialId, channelId, status: 'auto_disabled' } as const;
      if (!(await this.channels.updateCredential(manager, where, enabledState))) return false;
      await this.channels.enableIfAutoDisabled(manager, channelId);
      return true;
    });
    if (!enabled) return false;
    this.#logger.log(`credential ${credentialId} of channel ${channelId} works again`);
    await publishChannelsChanged(this.bus, [channelId], true);
    return true;
  }
}
