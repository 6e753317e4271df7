import { Module } from '@nestjs/common';
import { CLOCK, systemClock } from '@app/core';
import { ChannelBatch } from './channels/channel-batch.service';
import { ChannelUsageRepository } from './channels/channel-usage.repository';
import { ChannelRepository } from './channels/channel.repository';
import { ChannelService } from './channels/channel.service';
import { AutoDisabler } from './health/auto-disabler';
import { ChannelHealth } from './health/channel-health';
import { CredentialRecovery } from './health/credential-recovery';
import { ResponseTimeRecorder } from './health/response-time-recorder';
import { ChannelIndex } from './routing/channel-index';
import { ChannelSelector } from './routing/channel-selector';
import { IndexKeeper } from './routing/index-keeper';

/** Needs, from the composition root: the database, secrets, the change bus and settings. */
@Module({
  providers: [
    { provide: CLOCK, useValue: systemClock },
    AutoDisabler,
    ChannelBatch,
    ChannelHealth,
    ChannelIndex,
    ChannelRepository,
    ChannelSelector,
    ChannelService,
    ChannelUsageRepository,
    CredentialRecovery,
    IndexKeeper,
    ResponseTimeRecorder,
  ],
  exports: [
    CredentialRecovery,
    ChannelBatch,
    ChannelHealth,
    ChannelIndex,
    ChannelSelector,
    ChannelService,
    ChannelUsageRepository,
  ],
})
export class ChannelsModule {}
