/** The events of one answer, numbered from 0, for any number of readers at their own pace. */
export class EventFeed {
  private frames: string[] = [];
  private offset = 0;
  private length = 0;
  private isOver = false;
  private readonly waiting = new Set<() => void>();

  /** So many characters are kept for readers who come late; of a longer answer the first events are dropped. */
  constructor(private readonly maxLength: number) {}

  /** The number the next event gets. */
  get next(): number {
    return this.offset + this.frames.length;
  }

  /** The number of the first event that is still there. */
  get first(): number {
    return this.offset;
  }

  /** All events; null when some have been dropped. */
  get whole(): readonly string[] | null {
    return this.offset === 0 ? this.frames : null;
  }

  push(frame: string): void {
    this.frames.push(frame);
    this.length += frame.length;
    while (this.length > this.maxLength) {
      this.length -= this.frames.shift()?.length ?? 0;
      this.offset += 1;
    }
    this.wake();
  }

  end(): void {
    this.isOver = true;
    this.wake();
  }

  /** The events from number `from` on, as they come. Ends early for a reader whose next event has been dropped. */
  async *read(from: number, signal: AbortSignal): AsyncGenerator<string> {
    for (let at = from; !signal.aborted && at >= this.offset;) {
      const frame = this.frames[at - this.offset];
      if (frame !== undefined) {
        at += 1;
        yield frame;
      } else if (this.isOver) return;
      else await this.more(signal);
    }
  }

  private more(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.waiting.add(done);
      signal.addEventListener('abort', done);
    });
  }

  private wake(): void {
    for (const reader of [...this.waiting]) reader();
  }
}
