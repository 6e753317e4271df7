import { Global, Module } from '@nestjs/common';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { ENV, type Env } from '../env';
import { ChangeBus } from './change-bus';
import { ChangeEventRepository } from './change-event.repository';
import { DatabaseChangeBus } from './database.change-bus';
import { noDoorbell, RedisDoorbell } from './doorbell';

function openBus({ nodeId, redisUrl }: Env, dataSource: DataSource): ChangeBus {
  const doorbell = redisUrl === undefined ? noDoorbell : new RedisDoorbell(redisUrl, nodeId);
  return new DatabaseChangeBus(new ChangeEventRepository(dataSource), nodeId, doorbell);
}

/** Provides `ChangeBus` everywhere. */
@Global()
@Module({
  providers: [{ provide: ChangeBus, inject: [ENV, getDataSourceToken()], useFactory: openBus }],
  exports: [ChangeBus],
})
export class BusModule {}
