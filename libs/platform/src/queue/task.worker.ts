import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, newId } from '@app/core';
import { Logger } from '@nestjs/common';
import { UnrecoverableError, type WorkerOptions } from 'bullmq';
import { AttemptEnd } from './attempt-end';
import type { JobRow } from './job.entity';
import { JobRepository } from './job.repository';
import type { Job, JobWorker } from './queue';
import { Retention } from './retention';
import { signalOf, type TaskConnection } from './task-connection';
import { TaskJob } from './task.job';

/** As BullMQ calls its processors; the signal says that the lease was lost or the worker gives up waiting at its end. */
export type TaskProcessor = (job: Job, token?: string, signal?: AbortSignal) => Promise<unknown>;

/** What a worker on the database makes of BullMQ's options; the rest is refused. */
export type TaskWorkerOptions = Pick<
  WorkerOptions,
  | 'autorun'
  | 'concurrency'
  | 'lockDuration'
  | 'maxStalledCount'
  | 'name'
  | 'removeOnComplete'
  | 'removeOnFail'
  | 'settings'
  | 'stalledInterval'
> & { readonly connection: TaskConnection };

const POLL_MS = 1_000;
const LONGEST_PAUSE_MS = 10_000;
const CLOSE_WAIT_MS = 20_000;
/** Another worker took the job this one was after, or a delayed one was due: look again soon. */
const SOON_MS = 20;

const unsupported = ['limiter', 'useWorkerThreads'] as const;

interface Attempt {
  readonly done: Promise<void>;
  readonly abort: AbortController;
}

/**
 * BullMQ's worker on the `jobs` table. A claimed job is leased and the lease prolonged while its handler runs; when the worker
 * dies, the lease ends and any other worker takes the job again. It sleeps until a job is added in this process, the next
 * delayed job is due, or the poll that finds what others have added.
 */
export class TaskWorker extends EventEmitter implements JobWorker {
  readonly id = newId();
  private readonly log: Logger;
  private readonly jobs: JobRepository;
  private readonly retention: Retention;
  private readonly end: AttemptEnd;
  private readonly attempts = new Map<string, Attempt>();
  private readonly leaseMs: number;
  private claims = 0;
  private failures = 0;
  private started = false;
  private looking: Promise<void> | undefined;
  private lookAgain = false;
  private timer: NodeJS.Timeout | undefined;
  private heartbeat: NodeJS.Timeout | undefined;
  private reaper: NodeJS.Timeout | undefined;
  private closing: Promise<void> | undefined;
  private readonly wake = (): void => this.look();

  constructor(
    readonly name: string,
    private readonly processor: TaskProcessor,
    readonly opts: TaskWorkerOptions,
  ) {
    super();
    const refused = unsupported.filter((option) => option in opts && opts[option as keyof typeof opts] !== undefined);
    if (refused.length > 0)
      throw new Error(`queue ${name}: the database's worker has no ${refused.join(', ')}; set REDIS_URL`);
    this.log = new Logger(`Worker ${name}`);
    this.jobs = new JobRepository(opts.connection.dataSource);
    this.retention = new Retention(this.jobs, name);
    this.end = new AttemptEnd(this.jobs, this.retention, name, opts);
    this.leaseMs = opts.lockDuration ?? 30_000;
    if (opts.autorun !== false) this.run();
  }

  /** Every event has its own arguments: `never` lets a listener name them. */
  override on(event: string | symbol, listener: (...args: never[]) => void): this {
    return super.on(event, listener as (...args: unknown[]) => void);
  }

  run(): void {
    if (this.started || this.closing !== undefined) return;
    this.started = true;
    signalOf(this.opts.connection.dataSource).on(this.name, this.wake);
    this.heartbeat = setInterval(() => void this.safely(() => this.renew()), this.leaseMs / 3).unref();
    this.reaper = setInterval(
      () => void this.safely(() => this.reap()),
      this.opts.stalledInterval ?? this.leaseMs / 2,
    ).unref();
    this.look();
    void this.safely(() => this.reap());
  }

  /** Takes no more jobs and waits for those that run, at most 20 seconds; what is left then runs again elsewhere. */
  close(force = false): Promise<void> {
    this.closing ??= this.finish(force);
    return this.closing;
  }

  private async finish(force: boolean): Promise<void> {
    this.emit('closing', 'closing queue');
    signalOf(this.opts.connection.dataSource).off(this.name, this.wake);
    clearTimeout(this.timer);
    clearInterval(this.reaper);
    await this.looking; // what it claims is started
    const running = Promise.all([...this.attempts.values()].map(({ done }) => done));
    if (!force) await Promise.race([running, sleep(CLOSE_WAIT_MS, undefined, { ref: false })]);
    for (const { abort } of this.attempts.values()) abort.abort(new Error('the worker is closing'));
    clearInterval(this.heartbeat);
    this.emit('closed');
  }

  /** Fills the free slots now; while that runs, once more afterwards. */
  private look(): void {
    if (this.closing !== undefined) return;
    this.lookAgain = this.looking !== undefined;
    if (this.lookAgain) return;
    clearTimeout(this.timer);
    this.looking = this.fill().then((pauseMs) => {
      this.looking = undefined;
      if (this.lookAgain && this.failures === 0) this.look();
      else if (this.closing === undefined) this.timer = setTimeout(this.wake, pauseMs).unref();
    });
  }

  /** Claims and starts jobs; returns how long to sleep when nothing wakes the worker. */
  private async fill(): Promise<number> {
    try {
      for (;;) {
        const now = Date.now();
        const due = await this.jobs.nextDue(this.name);
        if (due !== null && due <= now) await this.jobs.promote(this.name, now);
        if (await this.claimFree(now)) continue;
        await this.retention.apply(now);
        this.failures = 0;
        const poll = this.opts.connection.pollMs ?? POLL_MS;
        return due === null ? poll : Math.min(poll, Math.max(due - now, SOON_MS));
      }
    } catch (error) {
      this.failed(error);
      return Math.min(POLL_MS * 2 ** (this.failures - 1), LONGEST_PAUSE_MS);
    }
  }

  /** True when there may be more to claim. */
  private async claimFree(now: number): Promise<boolean> {
    const free = (this.opts.concurrency ?? 1) - this.attempts.size;
    if (free <= 0 || this.closing !== undefined) return false;
    const claim = `${this.id}:${++this.claims}`;
    const { jobs, contended } = await this.jobs.claim(this.name, free, claim, { now, until: now + this.leaseMs });
    for (const row of jobs) this.start(row);
    if (contended) await sleep(Math.random() * SOON_MS);
    else if (jobs.length === 0 && this.attempts.size === 0) this.tell('drained');
    return contended || (jobs.length > 0 && jobs.length < free);
  }

  private start(row: JobRow): void {
    const abort = new AbortController();
    const slot = slotOf(row);
    const done = this.attempt(row, abort.signal).finally(() => {
      this.attempts.delete(slot);
      this.look();
    });
    this.attempts.set(slot, { done, abort });
  }

  /** Never rejects. */
  private async attempt(row: JobRow, signal: AbortSignal): Promise<void> {
    const job = new TaskJob(this.jobs, row, (...progress) => this.tell('progress', ...progress));
    this.tell('active', job, 'waiting');
    let conclude: () => Promise<void>;
    try {
      const result = await this.processor(job, row.claim ?? undefined, signal);
      conclude = () => this.completed(job, result);
    } catch (error) {
      conclude = () => this.broken(job, error instanceof Error ? error : new Error(messageOf(error)));
    }
    await conclude().catch((unwritten: unknown) => this.failed(unwritten));
  }

  private async completed(job: TaskJob, result: unknown): Promise<void> {
    if (await this.end.completed(job, result)) this.tell('completed', job, result, 'active');
  }

  private async broken(job: TaskJob, error: Error): Promise<void> {
    if (await this.end.broken(job, error)) this.tell('failed', job, error, 'active');
  }

  private async renew(): Promise<void> {
    if (this.attempts.size === 0) return;
    const before = [...this.attempts];
    const held = await this.jobs.renew(this.name, this.id, Date.now() + this.leaseMs);
    for (const [slot, { abort }] of before) {
      if (!held.has(slot) && this.attempts.has(slot)) abort.abort(new Error('the lease was lost'));
    }
  }

  /** Gives back the jobs of workers that have died; fails those that keep killing them. */
  private async reap(): Promise<void> {
    const now = Date.now();
    for (const row of await this.jobs.expired(this.name, now)) {
      if (this.attempts.has(slotOf(row))) continue; // this process was busy: its next heartbeat prolongs the lease
      const stalledCount = row.stalledCount + 1;
      if (stalledCount > (this.opts.maxStalledCount ?? 1)) {
        const error = new UnrecoverableError('job stalled more than allowable limit');
        await this.broken(new TaskJob(this.jobs, row), error);
      } else if (await this.jobs.conclude(row, { state: 'waiting', runAt: now, stalledCount })) {
        this.tell('stalled', row.id, 'active');
        this.look();
      }
    }
  }

  private async safely(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.failed(error);
    }
  }

  private failed(error: unknown): void {
    this.failures += 1;
    if (this.failures === 1) this.log.error(`cannot reach the queue, trying again: ${messageOf(error)}`);
    if (this.listenerCount('error') > 0) this.tell('error', error);
  }

  /** A listener that throws does not change what became of the job. */
  private tell(event: string, ...args: unknown[]): void {
    try {
      this.emit(event, ...args);
    } catch (error) {
      this.log.error(`a listener of ${event} failed: ${messageOf(error)}`);
    }
  }
}

const slotOf = ({ claim, id }: JobRow): string => `${claim}/${id}`;
