import { BillingModule } from '@app/billing';
import { ChannelsModule } from '@app/channels';
import { LogsModule } from '@app/logs';
import type { Env } from '@app/platform/env';
import { UsersModule } from '@app/users';
import { type DynamicModule, Module } from '@nestjs/common';
import { PlatformModule } from '../../server/src/platform.module';
import { SetupService } from '../../server/src/admin/setup/setup.service';

/** As much of the server as makes accounts: the root account is set up by the same code, whoever asks. */
@Module({})
export class RootModule {
  static forRoot(env: Env): DynamicModule {
    // The command says itself which account is made.
    const quiet: Env = { ...env, rootUsername: undefined, rootPassword: undefined };
    return {
      module: RootModule,
      imports: [PlatformModule.forRoot(quiet), LogsModule, UsersModule, ChannelsModule, BillingModule],
      providers: [SetupService],
    };
  }
}
