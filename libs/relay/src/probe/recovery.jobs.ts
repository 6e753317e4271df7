import { CredentialRecovery, type DueCredential } from '@app/channels';
import { messageOf } from '@app/core';
import { Recurring } from '@app/platform/schedule';
import { Injectable, Logger } from '@nestjs/common';
import { ChannelProbe } from './channel-probe';

/** So many calls in one run; the others are due in the next. */
const MOST_AT_ONCE = 10;

/** Tries credentials that were disabled automatically, each with one small call, ever less often. Safe to run on several nodes. */
@Injectable()
export class RecoveryJobs {
  private readonly log = new Logger('ChannelHealth');

  constructor(
    private readonly recovery: CredentialRecovery,
    private readonly probe: ChannelProbe,
  ) {}

  @Recurring({ name: 'channels.recover', everyMs: 5_000 })
  async recover(): Promise<void> {
    const due = await this.recovery.due(MOST_AT_ONCE);
    await Promise.all(due.map((one) => this.try(one)));
  }

  private async try(one: DueCredential): Promise<void> {
    try {
      const { ok } = await this.probe.test(one.channelId, { credentialId: one.credentialId });
      if (ok) await this.recovery.recovered(one);
    } catch (error) {
      this.log.debug(`credential ${one.credentialId} not tried: ${messageOf(error)}`);
    }
  }
}
