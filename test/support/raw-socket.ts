import { connect } from 'node:net';

export interface Wire {
  /** Everything received until the peer closed, or the wait was over. */
  readonly text: string;
  readonly status: number | null;
  readonly closed: boolean;
  readonly afterMs: number;
}

/** Writes bytes no well-behaved client would, and listens. */
export function exchangeBytes(url: string, bytes: string | readonly string[], waitMs = 3_000): Promise<Wire> {
  const { hostname, port } = new URL(url);
  const parts = typeof bytes === 'string' ? [bytes] : bytes;
  return new Promise((resolve) => {
    const started = Date.now();
    const socket = connect(Number(port), hostname);
    let text = '';
    let over = false;
    const end = (closed: boolean) => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      socket.destroy();
      resolve({
        text,
        status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1] ?? NaN) || null,
        closed,
        afterMs: Date.now() - started,
      });
    };
    const timer = setTimeout(() => end(false), waitMs);
    socket.setEncoding('utf8').on('data', (data) => (text += data));
    socket.once('close', () => end(true)).on('error', () => end(true));
    socket.once('connect', () => parts.forEach((part) => socket.write(part, 'latin1')));
  });
}
