/** queue: background jobs with @nestjs/bullmq's decorators, on Redis (BullMQ) or in the database (table `jobs`). */
export { openQueue, openWorker } from './drivers';
export { JobRow } from './job.entity';
export { JobProcessor, OnJob } from './job-processor';
export { type ProcessRole, runsJobs } from './process-role';
export * from './queue';
export { QueueModule } from './queue.module';
export { QueueLifecycle } from './queue-lifecycle';
export { TaskQueue } from './task.queue';
export { TaskWorker } from './task.worker';
