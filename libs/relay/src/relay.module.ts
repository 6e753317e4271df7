import { BillingModule } from '@app/billing';
import { ChannelsModule } from '@app/channels';
import { UsersModule } from '@app/users';
import { Module } from '@nestjs/common';
import { Attempts } from './attempts';
import { ChannelProbe } from './probe/channel-probe';
import { RelayService } from './relay.service';
import { StoredModule } from './stored';
import { Tariff } from './tariff';
import { Transport } from './transport/transport';

@Module({
  imports: [UsersModule, ChannelsModule, BillingModule, StoredModule],
  providers: [Transport, Tariff, Attempts, RelayService, ChannelProbe],
  exports: [RelayService, ChannelProbe, StoredModule],
})
export class RelayModule {}
