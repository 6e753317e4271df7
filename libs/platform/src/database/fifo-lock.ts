interface Waiter {
  readonly enter: () => void;
  readonly timer: NodeJS.Timeout;
}

export interface FifoLockLimits {
  /** How long one may wait, in milliseconds. */
  readonly waitMs: number;
  readonly maxWaiting: number;
}

/** One holder at a time, in order of arrival. Waiting is bounded in time and in number; both ends throw `busy(…)`. */
export class FifoLock {
  private readonly waiting: Waiter[] = [];
  private taken = false;

  constructor(
    private readonly limits: FifoLockLimits,
    private readonly busy: (reason: string) => Error,
  ) {}

  async acquire(): Promise<void> {
    if (!this.taken) {
      this.taken = true;
      return;
    }
    const { waitMs, maxWaiting } = this.limits;
    if (this.waiting.length >= maxWaiting) throw this.busy(`${maxWaiting} others wait already`);
    await new Promise<void>((enter, refuse) => {
      const waiter = { enter, timer: setTimeout(() => this.abandon(waiter, refuse), waitMs) };
      this.waiting.push(waiter);
    });
  }

  /** Hands over to the next in line. */
  release(): void {
    const next = this.waiting.shift();
    if (next === undefined) {
      this.taken = false;
      return;
    }
    clearTimeout(next.timer);
    next.enter();
  }

  private abandon(waiter: Waiter, refuse: (error: Error) => void): void {
    this.waiting.splice(this.waiting.indexOf(waiter), 1);
    refuse(this.busy(`waited ${this.limits.waitMs} ms`));
  }
}
