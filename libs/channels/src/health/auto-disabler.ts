import { Inject, Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { CLOCK, type Clock, messageOf } from '@app/core';
import { Settings } from '@app/config';
import { ChangeBus } from '@app/platform/bus';
import { transact } from '@app/platform/database';
import { publishChannelsChanged } from '../channels/channel.events';
import { ChannelRepository } from '../channels/channel.repository';
import { firstProbeAt } from './credential-recovery';

export interface Condemned {
  readonly channelId: string;
  readonly credentialId: string;
  readonly reason: string;
}

/** Takes a credential that keeps failing out of service, and its channel with the last of them. */
@Injectable()
export class AutoDisabler {
  readonly #logger = new Logger('ChannelHealth');
  readonly #running = new Set<string>();

  constructor(
    private readonly channels: ChannelRepository,
    @InjectDataSource() private readonly dataSource: DataSource,
    @Inject(ChangeBus) private readonly bus: ChangeBus,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  /** Never rejects: a database that is down is logged, and the next failure of the credential tries again. */
  async disable(condemned: Condemned): Promise<void> {
    const { channelId, credentialId } = condemned;
    if (this.#running.has(credentialId)) return;
    this.#running.add(credentialId);
    try {
      if (!(await this.store(condemned))) return;
      this.#logger.warn(`disabled credential ${credentialId} of channel ${channelId}: ${condemned.reason}`);
      await publishChannelsChanged(this.bus, [channelId]);
    } catch (error) {
      this.#logger.error(`cannot disable credential ${credentialId}: ${messageOf(error)}`);
    } finally {
      this.#running.delete(credentialId);
    }
  }

  /** False when somebody was faster, or an operator has disabled the credential already. */
  private store({ channelId, credentialId, reason }: Condemned): Promise<boolean> {
    const now = this.clock.now();
    const probeAt = firstProbeAt(this.settings, now);
    const columns = { status: 'auto_disabled', statusReason: reason.slice(0, 500), probeAt, probes: 0 } as const;
    return transact(this.dataSource, async (manager) => {
      // The channel's row first: two nodes that disable its last two credentials would each see the other's as enabled.
      if (!(await this.channels.touch(manager, channelId, now))) return false;
      const where = { id: credentialId, channelId, status: 'enabled' } as const;
      if (!(await this.channels.updateCredential(manager, where, columns))) return false;
      if ((await this.channels.countEnabledCredentials(manager, channelId)) === 0) {
        await this.channels.autoDisable(manager, channelId, columns.statusReason);
      }
      return true;
    });
  }
}
