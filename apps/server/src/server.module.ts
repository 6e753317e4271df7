import { BillingModule } from '@app/billing';
import { ChannelsModule } from '@app/channels';
import { LogsModule } from '@app/logs';
import type { Env } from '@app/platform/env';
import type { AppLogger } from '@app/platform/logger';
import { QueueModule } from '@app/platform/queue';
import { RecurringModule } from '@app/platform/schedule';
import { UsersModule } from '@app/users';
import { type DynamicModule, Module } from '@nestjs/common';
import { AdminModule } from './admin/admin.module';
import { OpsModule } from './ops/ops.module';
import { PlatformModule } from './platform.module';
import { RelayServerModule } from './relay/relay-server.module';

/** The composition root of the server: platform, libs, and the two planes on top. */
@Module({})
export class ServerModule {
  static forRoot(env: Env, logger?: AppLogger): DynamicModule {
    return {
      module: ServerModule,
      imports: [
        PlatformModule.forRoot(env, logger),
        QueueModule.forRoot('server'),
        RecurringModule.forRoot('server'),
        LogsModule,
        UsersModule,
        ChannelsModule,
        BillingModule,
        RelayServerModule,
        AdminModule,
        OpsModule,
      ],
    };
  }
}
