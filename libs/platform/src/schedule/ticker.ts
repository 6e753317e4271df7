import { messageOf } from '@app/core';
import { Logger } from '@nestjs/common';
import type { SchedulerRegistry } from '@nestjs/schedule';
import type { JobLeaseRepository } from './job-lease.repository';

/** A job that every node knows and one node runs. */
export interface RecurringJob {
  /** Noun-verb, unique in the program: `sessions.clean-up`. */
  readonly name: string;
  readonly everyMs: number;
  run(): Promise<void> | void;
}

/** The registry of @nestjs/schedule: what is armed can be seen there. */
export type Timers = Pick<SchedulerRegistry, 'addTimeout' | 'deleteTimeout'>;

const LEASE_MS = 30_000;
/** Nodes ask a little apart, so that they do not all write at the same moment. */
const LONGEST_SPREAD_MS = 250;
/** After its start a node waits this long at most before it looks whether the current interval has been run. */
const LONGEST_FIRST_WAIT_MS = 5_000;
const CLOSE_WAIT_MS = 10_000;

/**
 * Runs jobs at the beginning of every interval (whole multiples of `everyMs` since 1970, so hours and days begin where UTC's
 * do), each on whichever node takes its row of `job_leases` first. A run that takes longer than the interval delays the next;
 * when its node dies, the next tick after 30 seconds runs elsewhere. What a tick has missed is not repeated: jobs do all that is
 * due. Nodes' clocks should agree to within the interval.
 */
export class Ticker {
  private readonly log = new Logger('Ticker');
  private readonly running = new Map<string, Promise<void>>();
  private readonly armed = new Set<string>();
  private closed = false;

  constructor(
    private readonly leases: JobLeaseRepository,
    private readonly nodeId: string,
    private readonly timers: Timers,
  ) {}

  /** Begins with the current interval, if no node has run it. */
  start(job: RecurringJob): void {
    this.arm(job, Math.random() * Math.min(job.everyMs / 2, LONGEST_FIRST_WAIT_MS));
  }

  /** Starts nothing more and waits for what runs, at most 10 seconds. */
  async close(): Promise<void> {
    this.closed = true;
    for (const name of this.armed) this.timers.deleteTimeout(name);
    this.armed.clear();
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise((resolve) => (timer = setTimeout(resolve, CLOSE_WAIT_MS)));
    await Promise.race([Promise.all(this.running.values()), limit]);
    clearTimeout(timer);
  }

  private arm(job: RecurringJob, delayMs: number): void {
    if (this.closed) return;
    this.armed.add(job.name);
    this.timers.addTimeout(job.name, setTimeout(() => void this.tick(job), delayMs).unref());
  }

  private async tick(job: RecurringJob): Promise<void> {
    this.timers.deleteTimeout(job.name);
    this.armed.delete(job.name);
    this.arm(job, untilNext(job.everyMs));
    if (this.running.has(job.name)) return;
    const work = this.runIfOurs(job);
    this.running.set(job.name, work);
    await work.finally(() => this.running.delete(job.name));
  }

  /** Never rejects. */
  private async runIfOurs(job: RecurringJob): Promise<void> {
    try {
      const now = Date.now();
      const tick = now - (now % job.everyMs);
      const claim = { name: job.name, tick, nodeId: this.nodeId, now, leaseUntil: now + LEASE_MS };
      if (await this.leases.take(claim)) await this.run(job);
    } catch (error) {
      this.log.error(`${job.name}: ${messageOf(error)}`);
    }
  }

  private async run(job: RecurringJob): Promise<void> {
    const heartbeat = setInterval(() => void this.renew(job.name), LEASE_MS / 3).unref();
    let failure: string | null = null;
    try {
      await job.run();
    } catch (error) {
      failure = messageOf(error);
      this.log.error(`${job.name} failed: ${failure}`, error instanceof Error ? error.stack : undefined);
    } finally {
      clearInterval(heartbeat);
    }
    await this.leases.finish(job.name, this.nodeId, Date.now(), failure);
  }

  private async renew(name: string): Promise<void> {
    try {
      const ours = await this.leases.renew(name, this.nodeId, Date.now() + LEASE_MS);
      if (!ours) this.log.warn(`${name} took so long to renew its lease that another node has taken it over`);
    } catch (error) {
      this.log.warn(`${name} could not renew its lease: ${messageOf(error)}`);
    }
  }
}

function untilNext(everyMs: number): number {
  const spread = Math.random() * Math.min(LONGEST_SPREAD_MS, everyMs / 10);
  return everyMs - (Date.now() % everyMs) + spread;
}
