import { ChannelsModule } from '@app/channels';
import { Module } from '@nestjs/common';
import { Authorizer } from '../transport/authorizer';
import { Transport } from '../transport/transport';
import { ChannelProbe } from './channel-probe';
import { RecoveryJobs } from './recovery.jobs';

/** Calls to upstreams on the operator's behalf, and the health job that makes some by itself. */
@Module({
  imports: [ChannelsModule],
  providers: [Transport, Authorizer, ChannelProbe, RecoveryJobs],
  exports: [Transport, Authorizer, ChannelProbe],
})
export class ProbeModule {}
