import type { KeepJobs } from 'bullmq';
import type { JobRepository } from './job.repository';

const EVERY_MS = 1_000;

type Finished = 'completed' | 'failed';

/** Deletes finished jobs beyond what is kept: after jobs have finished, once a second at most. */
export class Retention {
  private readonly due = new Map<Finished, KeepJobs>();
  private appliedAt = 0;

  constructor(
    private readonly jobs: JobRepository,
    private readonly queue: string,
  ) {}

  note(state: Finished, keep: KeepJobs): void {
    this.due.set(state, keep);
  }

  async apply(now: number): Promise<void> {
    if (this.due.size === 0 || now - this.appliedAt < EVERY_MS) return;
    this.appliedAt = now;
    for (const [state, keep] of this.due) {
      this.due.delete(state);
      await this.jobs.trim(this.queue, state, keep, now);
    }
  }
}
