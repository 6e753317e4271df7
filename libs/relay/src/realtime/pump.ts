import { WebSocket } from 'ws';
import type { Frame } from './frame';

/** Unsent bytes at which the sender is stopped, and at which it may go on. */
const HIGH = 1024 * 1024;
const LOW = 256 * 1024;

/** What is to be passed on in a frame's place; null: nothing. While it is a promise, nothing overtakes it. */
export type Handled = Frame | null | Promise<Frame | null>;

export interface PumpOptions {
  readonly from: WebSocket;
  readonly to: WebSocket;
  readonly handle: (frame: Frame) => Handled;
  /** More than this waits to be sent although the sender was stopped. */
  readonly mostBytes: number;
  readonly onStuck: () => void;
  readonly onFault: (error: unknown) => void;
  /** The reader took something. */
  readonly onProgress: () => void;
}

/** One direction of a session: frames in their order, and never faster than their reader reads. */
export class Pump {
  private readonly queue: Frame[] = [];
  private busy = false;
  private stopped = false;
  private afterwards: (() => void) | null = null;

  constructor(private readonly options: PumpOptions) {
    // Node's own buffers arrive, as no other kind was asked for.
    options.from.on('message', (data, binary) => this.take({ data: data as Buffer, binary }));
  }

  get isStopped(): boolean {
    return this.stopped;
  }

  take(frame: Frame): void {
    if (this.busy) return void this.queue.push(frame);
    try {
      const out = this.options.handle(frame);
      if (out instanceof Promise) void this.wait(out);
      else if (out) this.send(out);
    } catch (error) {
      this.options.onFault(error);
    }
  }

  send({ data, binary }: Frame): void {
    const { to, mostBytes, onStuck } = this.options;
    if (to.readyState !== WebSocket.OPEN) return;
    to.send(data, { binary }, this.sent);
    if (to.bufferedAmount > mostBytes) onStuck();
    else this.throttle();
  }

  /** `action` once everything that arrived has been passed on. */
  finish(action: () => void): void {
    if (this.busy) this.afterwards = action;
    else action();
  }

  private readonly sent = (error?: Error | null): void => {
    if (error) return;
    this.options.onProgress();
    this.throttle();
  };

  private async wait(handled: Promise<Frame | null>): Promise<void> {
    this.busy = true;
    this.throttle();
    try {
      const out = await handled;
      if (out) this.send(out);
    } catch (error) {
      this.options.onFault(error);
    }
    this.busy = false;
    while (!this.isBusy() && this.queue.length > 0) this.take(this.queue.shift() as Frame);
    if (this.isBusy()) return;
    this.throttle();
    this.afterwards?.();
    this.afterwards = null;
  }

  /** Asked anew after each frame: handling it may have begun to wait. */
  private isBusy(): boolean {
    return this.busy;
  }

  private throttle(): void {
    const { from, to } = this.options;
    const stop = this.busy || to.bufferedAmount > (this.stopped ? LOW : HIGH);
    if (stop === this.stopped) return;
    this.stopped = stop;
    if (stop) from.pause();
    else from.resume();
  }
}
