import { Injectable } from '@nestjs/common';

/** Counts running data-plane calls, so that a shutdown can let them end. */
@Injectable()
export class InFlight {
  private running = 0;
  private closing = false;
  private drained: (() => void) | null = null;
  private readonly listeners = new Set<() => void>();

  get count(): number {
    return this.running;
  }

  get isClosing(): boolean {
    return this.closing;
  }

  /** Told when no more calls are accepted: what runs as long as its caller likes has to end by itself. */
  onClosing(listener: () => void): void {
    this.listeners.add(listener);
  }

  /** What to call when the call has ended; null when none is accepted any more. */
  enter(): (() => void) | null {
    if (this.closing) return null;
    this.running += 1;
    return () => {
      this.running -= 1;
      if (this.running === 0) this.drained?.();
    };
  }

  /** Accepts no more and waits for the running ones, at most `deadlineMs`. Returns how many are left. */
  async drain(deadlineMs: number): Promise<number> {
    this.closing = true;
    for (const listener of this.listeners) listener();
    if (this.running === 0) return 0;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, deadlineMs);
      this.drained = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    return this.running;
  }
}
