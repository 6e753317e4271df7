import { BillingModule } from '@app/billing';
import { ChannelsModule } from '@app/channels';
import { RelayModule } from '@app/relay';
import { UsersModule } from '@app/users';
import { Module } from '@nestjs/common';
import { Admission } from './admission';
import { Authenticator } from './authenticator';
import { Endpoints } from './endpoints';
import { GenerateEndpoint } from './generate.endpoint';
import { InFlight } from './in-flight';
import { ModelsEndpoint } from './models.endpoint';
import { RelayListener } from './relay.listener';
import { BackgroundCalls } from './background-calls';
import { ResponsesEndpoint } from './responses.endpoint';
import { UploadEndpoint } from './upload.endpoint';
import { UsageEndpoint } from './usage.endpoint';

@Module({
  imports: [UsersModule, ChannelsModule, BillingModule, RelayModule],
  providers: [
    RelayListener,
    Authenticator,
    Admission,
    Endpoints,
    InFlight,
    GenerateEndpoint,
    ResponsesEndpoint,
    BackgroundCalls,
    UploadEndpoint,
    ModelsEndpoint,
    UsageEndpoint,
  ],
  exports: [RelayListener, InFlight],
})
export class RelayServerModule {}
