import { Global, Module } from '@nestjs/common';
import { systemClock } from '@app/core';
import { ChangeBus } from '@app/platform/bus';
import { SecretBox } from '@app/platform/secrets';
import { Settings } from './settings';
import { SettingsRepository } from './settings.repository';
import { SettingsService } from './settings.service';

/** The values are loaded before anything that injects `Settings` is made, so nobody can read one too early. */
@Global()
@Module({
  providers: [
    SettingsRepository,
    {
      provide: SettingsService,
      inject: [SettingsRepository, ChangeBus, SecretBox],
      useFactory: (repository: SettingsRepository, bus: ChangeBus, secrets: SecretBox) =>
        new SettingsService(repository, bus, secrets, systemClock).start(),
    },
    { provide: Settings, useExisting: SettingsService },
  ],
  exports: [Settings, SettingsService],
})
export class ConfigModule {}
