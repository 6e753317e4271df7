import { Module } from '@nestjs/common';
import { AuthAdminModule } from './auth/auth.module';
import { ChannelsAdminModule } from './channels/channels.module';
import { GroupsAdminModule } from './groups/groups.module';
import { AdminHttpModule } from './http';
import { LedgerAdminModule } from './ledger/ledger.module';
import { LogsAdminModule } from './logs/logs.module';
import { ModelsAdminModule } from './models/models.module';
import { PricesAdminModule } from './prices/prices.module';
import { ProvidersAdminModule } from './providers/providers.module';
import { ReconciliationsAdminModule } from './reconciliations/reconciliations.module';
import { SettingsAdminModule } from './settings/settings.module';
import { SetupAdminModule } from './setup/setup.module';
import { StatsAdminModule } from './stats/stats.module';
import { StatusAdminModule } from './status/status.module';
import { TokensAdminModule } from './tokens/tokens.module';
import { UsersAdminModule } from './users/users.module';

/** The control plane: one module per `/api/<feature>`. */
@Module({
  imports: [
    AdminHttpModule,
    StatusAdminModule,
    SetupAdminModule,
    AuthAdminModule,
    UsersAdminModule,
    TokensAdminModule,
    GroupsAdminModule,
    ProvidersAdminModule,
    ChannelsAdminModule,
    ModelsAdminModule,
    PricesAdminModule,
    LogsAdminModule,
    LedgerAdminModule,
    StatsAdminModule,
    ReconciliationsAdminModule,
    SettingsAdminModule,
  ],
})
export class AdminModule {}
