/** One run at a time; whoever asks while one is under way shares the next. Runs begin at least `spacingMs` apart. */
export class SingleFlight {
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  #lastStart = -Infinity;

  /** `work` must not reject. */
  constructor(
    private readonly work: () => Promise<void>,
    private readonly spacingMs: number,
  ) {}

  /** Resolves when a run has ended that began after this call. */
  request(): Promise<void> {
    return (this.#next ??= this.#after(this.#running));
  }

  async #after(running: Promise<void>): Promise<void> {
    await running;
    const waitMs = this.#lastStart + this.spacingMs - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    this.#lastStart = performance.now();
    this.#running = this.#next!;
    this.#next = undefined;
    await this.work();
  }
}
