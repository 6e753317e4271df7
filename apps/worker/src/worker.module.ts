import { BillingModule } from '@app/billing';
import { ChannelsModule } from '@app/channels';
import { LogsModule } from '@app/logs';
import type { Env } from '@app/platform/env';
import type { AppLogger } from '@app/platform/logger';
import { QueueModule } from '@app/platform/queue';
import { RecurringModule } from '@app/platform/schedule';
import { ProbeModule, StoredModule } from '@app/relay';
import { UsersModule } from '@app/users';
import { type DynamicModule, Module } from '@nestjs/common';
import { PlatformModule } from '../../server/src/platform.module';

/** The composition root of the worker: the server's platform and libs, with background jobs and without HTTP. */
@Module({})
export class WorkerModule {
  static forRoot(env: Env, logger?: AppLogger): DynamicModule {
    return {
      module: WorkerModule,
      imports: [
        PlatformModule.forRoot(env, logger),
        QueueModule.forRoot('worker'),
        RecurringModule.forRoot('worker'),
        LogsModule,
        UsersModule,
        ChannelsModule,
        BillingModule,
        StoredModule,
        ProbeModule,
      ],
    };
  }
}
