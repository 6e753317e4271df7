import type { Duplex } from 'node:stream';

/** A client has nothing to say before its handshake is answered; more than a little is no client. */
const MAX_BYTES = 64 * 1024;

/** Watches a connection that waits for its handshake: keeps what comes too early, and sees its caller go. */
export class EarlyBytes {
  private readonly chunks: Buffer[];
  private bytes = 0;
  private readonly left = new AbortController();

  constructor(
    private readonly socket: Duplex,
    head: Buffer,
  ) {
    this.chunks = [head];
    socket.on('error', this.leave).on('end', this.leave).on('close', this.leave).on('data', this.keep);
  }

  /** Aborted when the caller goes away. */
  get gone(): AbortSignal {
    return this.left.signal;
  }

  /** Stops watching. It must be read from at once: nothing holds the bytes back any more. */
  take(): Buffer {
    this.socket.off('end', this.leave).off('close', this.leave).off('data', this.keep);
    return Buffer.concat(this.chunks);
  }

  private readonly leave = (): void => this.left.abort();

  private readonly keep = (chunk: Buffer): void => {
    this.bytes += chunk.length;
    if (this.bytes > MAX_BYTES) this.socket.destroy();
    else this.chunks.push(chunk);
  };
}
