import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Inject,
  Injectable,
  Module,
  type OnApplicationBootstrap,
  type OnModuleInit,
  SetMetadata,
} from '@nestjs/common';
import { DiscoveryModule, DiscoveryService, MetadataScanner } from '@nestjs/core';
import { ScheduleModule, SchedulerRegistry } from '@nestjs/schedule';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { ENV, type Env } from '../env';
import { type ProcessRole, runsJobs } from '../queue';
import { JobLeaseRepository } from './job-lease.repository';
import { type RecurringJob, Ticker } from './ticker';

const RECURRING = 'one-api:recurring';
const ROLE = Symbol('RecurringRole');

/** setTimeout's limit is 2^31 − 1 ms, a little under 25 days. */
const LONGEST_INTERVAL_MS = 24 * 86_400_000;

type Recurrence = Pick<RecurringJob, 'name' | 'everyMs'>;

/**
 * Calls this method of a provider at the beginning of every interval, on one node:
 *
 *     @Recurring({ name: 'sessions.clean-up', everyMs: 3_600_000 })
 *     async cleanUp(): Promise<void> { … }
 *
 * See `Ticker` for what holds when nodes die or runs take long.
 */
export const Recurring = (recurrence: Recurrence): MethodDecorator => SetMetadata(RECURRING, recurrence);

/** Checks the recurring jobs at boot, and runs them where background jobs run. */
@Injectable()
export class RecurringJobs implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly ticker: Ticker;

  constructor(
    private readonly discovery: DiscoveryService,
    @Inject(ENV) private readonly env: Env,
    @Inject(ROLE) private readonly role: ProcessRole,
    @Inject(getDataSourceToken()) dataSource: DataSource,
    timers: SchedulerRegistry,
  ) {
    this.ticker = new Ticker(new JobLeaseRepository(dataSource), env.nodeId, timers);
  }

  /** Throws an Error that lists all faults. */
  onModuleInit(): void {
    const faults = recurrenceFaults(this.jobs());
    if (faults.length > 0) throw new Error(`recurring jobs cannot run:\n- ${faults.join('\n- ')}`);
  }

  onApplicationBootstrap(): void {
    if (runsJobs(this.role, this.env)) this.jobs().forEach((job) => this.ticker.start(job));
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.close();
  }

  /** Starts nothing more and waits for what runs; for those who have to close something after that. */
  async close(): Promise<void> {
    await this.ticker.close();
  }

  private jobs(): RecurringJob[] {
    const instances: unknown[] = this.discovery.getProviders().map(({ instance }) => instance as unknown);
    const objects = instances.filter((instance) => typeof instance === 'object' && instance !== null);
    return [...new Set(objects)].flatMap(jobsOf);
  }
}

function jobsOf(instance: object): RecurringJob[] {
  const prototype = Object.getPrototypeOf(instance) as Record<string, () => Promise<void>> | null;
  if (prototype === null) return [];
  return new MetadataScanner().getAllMethodNames(prototype).flatMap((method) => {
    const run = prototype[method]!;
    const recurrence = Reflect.getMetadata(RECURRING, run) as Recurrence | undefined;
    return recurrence === undefined ? [] : [{ ...recurrence, run: () => run.call(instance) }];
  });
}

export function recurrenceFaults(jobs: readonly Recurrence[]): string[] {
  const names = jobs.map(({ name }) => name);
  const doubled = [...new Set(names.filter((name, at) => names.indexOf(name) !== at))];
  const odd = jobs.filter(({ everyMs }) => !Number.isInteger(everyMs) || everyMs < 1 || everyMs > LONGEST_INTERVAL_MS);
  return [
    ...doubled.map((name) => `two methods are @Recurring as "${name}": give each its own name.`),
    ...odd.map(
      ({ name, everyMs }) => `"${name}" recurs every ${everyMs} ms: use 1 to ${LONGEST_INTERVAL_MS}, a whole number.`,
    ),
  ];
}

/** Imported once, by the composition root. */
@Module({})
export class RecurringModule {
  static forRoot(role: ProcessRole): DynamicModule {
    return {
      module: RecurringModule,
      imports: [DiscoveryModule, ScheduleModule.forRoot()],
      providers: [{ provide: ROLE, useValue: role }, RecurringJobs],
    };
  }
}
