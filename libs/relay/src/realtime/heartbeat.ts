import type { WebSocket } from 'ws';

interface Patient {
  readonly socket: WebSocket;
  /** Nothing is read from it now, so it cannot be heard. */
  readonly isStopped: () => boolean;
}

/** Finds out that nobody is there any more: a peer that answers no ping, or a session in which nothing is said. */
export class Heartbeat {
  private readonly alive = new Set<WebSocket>();
  private readonly beat: NodeJS.Timeout;
  private readonly idle: NodeJS.Timeout;
  private idled: () => void = () => undefined;

  constructor(
    { pingMs, idleMs }: { readonly pingMs: number; readonly idleMs: number },
    private readonly patients: readonly Patient[],
  ) {
    for (const { socket } of patients) {
      this.alive.add(socket);
      socket.on('pong', () => this.alive.add(socket));
    }
    this.beat = setInterval(() => this.check(), pingMs);
    this.idle = setTimeout(() => this.idled(), idleMs);
  }

  onIdle(listener: () => void): void {
    this.idled = listener;
  }

  heard(socket: WebSocket): void {
    this.alive.add(socket);
    this.idle.refresh();
  }

  /** It took some of what was sent to it. */
  drained(socket: WebSocket): void {
    this.alive.add(socket);
  }

  stop(): void {
    clearInterval(this.beat);
    clearTimeout(this.idle);
  }

  private check(): void {
    for (const { socket, isStopped } of this.patients) {
      if (!this.alive.has(socket) && !isStopped()) socket.terminate();
      this.alive.delete(socket);
      if (socket.readyState === socket.OPEN) socket.ping();
    }
  }
}
