import { WorkerHost } from '@nestjs/bullmq';
import { SetMetadata } from '@nestjs/common';
import { MetadataScanner } from '@nestjs/core';
import { type Job, UnrecoverableError } from './queue';

const JOB_NAME = 'one-api:job';

type Handler = (job: Job, signal?: AbortSignal) => Promise<unknown> | unknown;

/** Marks the method of a `JobProcessor` that handles the jobs of this name. It is called with the `Job` and an `AbortSignal`. */
export const OnJob = (name: string): MethodDecorator => SetMetadata(JOB_NAME, name);

/** One handler, as the boot check wants to see it. */
export interface JobHandler {
  readonly job: string;
  readonly method: string;
}

/**
 * Base of the class that handles a queue's jobs, each by a method of its own:
 *
 *     @Processor('mail')
 *     export class MailJobs extends JobProcessor {
 *       @OnJob('mail.send') async send(job: Job<{ mailId: string }>): Promise<void> { … }
 *     }
 */
export abstract class JobProcessor extends WorkerHost {
  private byName: ReadonlyMap<string, Handler> | undefined;

  /** Declared as `unknown` arguments: BullMQ's job and a TaskJob are both a `Job`. */
  override async process(job: unknown, _token?: string, signal?: AbortSignal): Promise<unknown> {
    const known = job as Job;
    this.byName ??= new Map(handlersOf(this).map(({ job: name, method }) => [name, this.method(method)]));
    const handler = this.byName.get(known.name);
    // A job from another version of this program: trying again here cannot help.
    if (handler === undefined)
      throw new UnrecoverableError(`no handler for job ${known.name} of queue ${known.queueName}`);
    return handler.call(this, known, signal);
  }

  private method(name: string): Handler {
    return this[name as keyof this] as Handler;
  }
}

export function handlersOf(processor: object): JobHandler[] {
  const prototype = Object.getPrototypeOf(processor) as Record<string, unknown>;
  return new MetadataScanner().getAllMethodNames(prototype).flatMap((method) => {
    const job: unknown = Reflect.getMetadata(JOB_NAME, prototype[method] as object);
    return typeof job === 'string' ? [{ job, method }] : [];
  });
}
