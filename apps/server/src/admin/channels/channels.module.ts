import { Module } from '@nestjs/common';
import { ChannelsModule } from '@app/channels';
import { RelayModule } from '@app/relay';
import { ChannelsController } from './channels.controller';
import { ChannelMapper } from './channels.mapper';

@Module({
  imports: [ChannelsModule, RelayModule],
  controllers: [ChannelsController],
  providers: [ChannelMapper],
})
export class ChannelsAdminModule {}
