import { BillingModule } from '@app/billing';
import { ChannelsModule } from '@app/channels';
import { UsersModule } from '@app/users';
import { Module } from '@nestjs/common';
import { Attempts } from './attempts';
import { Fallbacks } from './fallbacks';
import { Routes } from './routes';
import { ProbeModule } from './probe/probe.module';
import { TokenCounter } from './counting/token-counter';
import { RealtimeService } from './realtime';
import { RelayService } from './relay.service';
import { StoredModule } from './stored';
import { BackgroundRuns } from './stored/background-runs';
import { UpstreamCopies } from './stored/upstream-copies';
import { StoredMetrics } from './stored/stored.metrics';
import { Tariff } from './tariff';
import { ThoughtIssuers } from './thoughts/thought-issuers';
import { UploadFolder } from './upload/upload-folder';

@Module({
  imports: [UsersModule, ChannelsModule, BillingModule, StoredModule, ProbeModule],
  providers: [
    Tariff,
    ThoughtIssuers,
    Attempts,
    Routes,
    Fallbacks,
    RelayService,
    TokenCounter,
    RealtimeService,
    BackgroundRuns,
    UpstreamCopies,
    StoredMetrics,
    UploadFolder,
  ],
  exports: [
    RelayService,
    TokenCounter,
    RealtimeService,
    ProbeModule,
    BackgroundRuns,
    UpstreamCopies,
    StoredModule,
    UploadFolder,
  ],
})
export class RelayModule {}
