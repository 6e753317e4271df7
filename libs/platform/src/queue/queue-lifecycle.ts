import { BullRegistrar, WorkerHost } from '@nestjs/bullmq';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import { DiscoveryService, ModuleRef } from '@nestjs/core';
import { ENV, type Env } from '../env';
import { handlersOf } from './job-processor';
import { type ProcessRole, runsJobs, sharingFault } from './process-role';
import { type FoundProcessor, QueueDeclaration, queueFaults } from './queue-check';

export const PROCESS_ROLE = Symbol('ProcessRole');

/** The metadata of @nestjs/bullmq's @Processor and @QueueEventsListener; their constants are not exported. */
const PROCESSOR = 'bullmq:processor_metadata';
const EVENTS_LISTENER = 'bullmq:queue_events_listener_metadata';

/** Checks the queues at boot, starts their workers when everything is up, and closes them before anything else goes down. */
@Injectable()
export class QueueLifecycle implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('Queues');

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly modules: ModuleRef,
    @Inject(ENV) private readonly env: Env,
    @Inject(PROCESS_ROLE) private readonly role: ProcessRole,
  ) {}

  /** Throws an Error that lists all faults. */
  onModuleInit(): void {
    const shared = sharingFault(this.role, this.env);
    if (shared !== null) throw new Error(shared);
    const faults = [
      ...queueFaults(this.declarations(), this.processors().map(describe)),
      ...this.eventsListeners().map(
        (name) => `${name} listens to QueueEvents, which need Redis: use @OnWorkerEvent in the processor instead.`,
      ),
    ];
    if (faults.length > 0) throw new Error(`background jobs cannot run:\n- ${faults.join('\n- ')}`);
  }

  onApplicationBootstrap(): void {
    if (!this.running) return;
    this.modules.get(BullRegistrar, { strict: false }).register();
    this.log.log(
      `running the jobs of ${this.declarations()
        .map(({ name }) => name)
        .join(', ')}`,
    );
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.close();
  }

  /** Takes no more jobs and waits for those that run; for those who have to close something after that. */
  async close(): Promise<void> {
    if (this.running) await Promise.all(this.processors().map((processor) => processor.worker.close()));
  }

  private get running(): boolean {
    return runsJobs(this.role, this.env) && this.declarations().length > 0;
  }

  private declarations(): QueueDeclaration[] {
    return this.instances().filter((instance) => instance instanceof QueueDeclaration);
  }

  private processors(): WorkerHost[] {
    return this.instances().filter((instance) => instance instanceof WorkerHost);
  }

  private eventsListeners(): string[] {
    const listens = (instance: object): boolean => Reflect.hasMetadata(EVENTS_LISTENER, instance.constructor);
    return this.instances()
      .filter(listens)
      .map(({ constructor }) => constructor.name);
  }

  private instances(): object[] {
    const instances: unknown[] = this.discovery.getProviders().map(({ instance }) => instance as unknown);
    return [...new Set(instances.filter((instance) => typeof instance === 'object' && instance !== null))];
  }
}

function describe(processor: WorkerHost): FoundProcessor {
  const metadata = Reflect.getMetadata(PROCESSOR, processor.constructor) as { name?: string } | undefined;
  const handlers = handlersOf(processor);
  return { queue: metadata?.name ?? 'default', className: processor.constructor.name, handlers };
}
