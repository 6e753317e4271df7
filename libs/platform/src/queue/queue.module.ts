import { BullModule } from '@nestjs/bullmq';
import { type DynamicModule, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { QueueOptions } from 'bullmq';
import type { DataSource } from 'typeorm';
import { ENV, type Env } from '../env';
import { installDrivers } from './drivers';
import type { ProcessRole } from './process-role';
import { defaultJobOptions } from './queue';
import { QueueDeclaration } from './queue-check';
import { PROCESS_ROLE, QueueLifecycle } from './queue-lifecycle';
import type { TaskConnection } from './task-connection';

installDrivers();

/**
 * Background jobs. The composition root imports `QueueModule.forRoot(role)` once; a lib declares its queue in the module that
 * provides its `JobProcessor`, and injects it with `@InjectQueue(name)` as a `JobQueue`:
 *
 *     @Module({ imports: [QueueModule.register({ name: 'mail', jobs: ['mail.send'] })], providers: [MailJobs] })
 *
 * To let other modules add to it, the module exports `QueueModule`.
 */
@Module({})
export class QueueModule {
  static forRoot(role: ProcessRole): DynamicModule {
    return {
      module: QueueModule,
      imports: [
        DiscoveryModule,
        BullModule.forRootAsync({
          inject: [ENV, getDataSourceToken()],
          extraOptions: { manualRegistration: true },
          useFactory: queueOptions,
        }),
      ],
      providers: [{ provide: PROCESS_ROLE, useValue: role }, QueueLifecycle],
    };
  }

  /** `jobs` names every job that is put on the queue; boot fails unless each has one handler. */
  static register({ name, jobs }: { name: string; jobs: readonly string[] }): DynamicModule {
    return {
      module: QueueModule,
      imports: [BullModule.registerQueue({ name })],
      providers: [{ provide: `QueueDeclaration ${name}`, useValue: new QueueDeclaration(name, jobs) }],
      exports: [BullModule],
    };
  }
}

/** REDIS_URL means BullMQ on Redis, otherwise the `jobs` table. See docs/decisions/2026-11-23-queue-drivers.md. */
function queueOptions({ redisUrl }: Env, dataSource: DataSource): QueueOptions {
  const connection = redisUrl === undefined ? onDatabase(dataSource) : { url: redisUrl, maxRetriesPerRequest: null };
  return { connection, prefix: 'one-api', defaultJobOptions };
}

/** BullMQ hands the connection through to our drivers unseen; its type knows Redis only. */
const onDatabase = (dataSource: DataSource): QueueOptions['connection'] =>
  ({ dataSource }) satisfies TaskConnection as object;
