import { BillingModule } from '@app/billing';
import { ChannelsModule } from '@app/channels';
import { RelayModule } from '@app/relay';
import { UsersModule } from '@app/users';
import { Module } from '@nestjs/common';
import { Admission } from './admission';
import { Authenticator } from './authenticator';
import { ClientSecrets } from './client-secrets';
import { ClientSecretsEndpoint } from './client-secrets.endpoint';
import { ConversationsEndpoint } from './conversations.endpoint';
import { CountTokensEndpoint } from './count-tokens.endpoint';
import { BodyBudget } from './body-budget';
import { Endpoints } from './endpoints';
import { GenerateEndpoint } from './generate.endpoint';
import { IdempotencyStage } from './idempotency.stage';
import { InFlight } from './in-flight';
import { ModelsEndpoint } from './models.endpoint';
import { RealtimeGate } from './realtime.gate';
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
    IdempotencyStage,
    BodyBudget,
    RealtimeGate,
    GenerateEndpoint,
    CountTokensEndpoint,
    ClientSecrets,
    ClientSecretsEndpoint,
    ResponsesEndpoint,
    BackgroundCalls,
    ConversationsEndpoint,
    UploadEndpoint,
    ModelsEndpoint,
    UsageEndpoint,
  ],
  exports: [RelayListener, RealtimeGate, InFlight],
})
export class RelayServerModule {}
