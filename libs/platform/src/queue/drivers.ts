import { BullModule } from '@nestjs/bullmq';
import type { Processor, QueueOptions, WorkerOptions } from 'bullmq';
import { BullQueue, BullWorker } from './bull.drivers';
import { isTaskConnection, type TaskConnection } from './task-connection';
import type { JobQueue, JobWorker } from './queue';
import { TaskQueue } from './task.queue';
import { type TaskProcessor, TaskWorker } from './task.worker';

type With<Options> = Omit<Options, 'connection'> & { readonly connection: unknown };

export function openQueue(name: string, options: With<QueueOptions>): JobQueue {
  const { connection } = options;
  if (isTaskConnection(connection)) return new TaskQueue(name, { ...options, connection });
  return new BullQueue(name, options as QueueOptions) as JobQueue;
}

/** `processor` takes what both drivers pass: a job and its token. */
export function openWorker(
  name: string,
  processor: TaskProcessor & Processor,
  options: With<WorkerOptions>,
): JobWorker {
  const { connection } = options;
  if (isTaskConnection(connection)) return new TaskWorker(name, processor, taskOptions(options, connection));
  return new BullWorker(name, processor, options as WorkerOptions) as JobWorker;
}

function taskOptions(options: With<WorkerOptions>, connection: TaskConnection) {
  return { maxStalledCount: 3, ...options, connection };
}

/**
 * @nestjs/bullmq asks its classes for queues and workers with `new`. These decide by the connection, per application, so the
 * choice needs no order of imports beyond this file being loaded before a queue is registered, which `QueueModule` sees to.
 */
export function installDrivers(): void {
  // A constructor that returns another object: the type of a class cannot say that.
  BullModule.queueClass = function (name: string, options: QueueOptions) {
    return openQueue(name, options);
  } as never;
  BullModule.workerClass = function (name: string, processor: Processor & TaskProcessor, options: WorkerOptions) {
    return openWorker(name, processor, options);
  } as never;
}
