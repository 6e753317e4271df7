import { ConfigModule } from '@app/config';
import { BusModule } from '@app/platform/bus';
import { CacheModule } from '@app/platform/cache';
import { DatabaseModule } from '@app/platform/database';
import { type Env, EnvModule } from '@app/platform/env';
import { LimiterModule } from '@app/platform/limiter';
import { type AppLogger, LoggerModule } from '@app/platform/logger';
import { MetricsModule } from '@app/platform/metrics';
import { SecretsModule } from '@app/platform/secrets';
import { type DynamicModule, Module } from '@nestjs/common';
import { entities, migrations } from '../../../ormconfig';

/** Everything outside of our own code, with the drivers the environment asks for. Server and worker stand on it alike. */
@Module({})
export class PlatformModule {
  static forRoot(env: Env, logger?: AppLogger): DynamicModule {
    return {
      module: PlatformModule,
      imports: [
        EnvModule.forRoot(env),
        ...(logger ? [LoggerModule.forRoot(logger)] : []),
        DatabaseModule.forRoot({ entities, migrations }),
        SecretsModule,
        BusModule,
        CacheModule,
        LimiterModule,
        MetricsModule,
        ConfigModule,
      ],
    };
  }
}
