import { WebSocket } from 'ws';

export interface Goodbye {
  readonly code: number;
  readonly reason: string;
}

/** How a session ended, and who ended it. */
export interface Ended extends Goodbye {
  readonly by: 'client' | 'upstream' | 'gateway';
  /** An answer was under way. */
  readonly midTurn?: boolean;
}

const NO_STATUS = 1005;
export const ABNORMAL = 1006;
/** What a peer may take to close, before its connection is cut. */
const PATIENCE_MS = 1_000;
const MAX_REASON_BYTES = 123;

/** What the other side of a session is told of its end: the same, as far as that can be said. */
export function goodbyeTo(side: 'client' | 'upstream', { by, code, reason }: Ended): Goodbye | null {
  if (by === side) return null;
  if (by === 'gateway') return side === 'client' ? { code, reason } : { code: 1001, reason: '' };
  if (code === NO_STATUS) return { code: 1000, reason: '' };
  if (isSayable(code)) return { code, reason };
  return side === 'client' ? { code: 1011, reason: 'upstream_connection_lost' } : { code: 1001, reason: '' };
}

/** https://www.rfc-editor.org/rfc/rfc6455#section-7.4: some codes only describe, and are never sent. */
const isSayable = (code: number): boolean =>
  (code >= 1000 && code <= 1014 && code !== 1004 && code !== NO_STATUS && code !== ABNORMAL) ||
  (code >= 3000 && code <= 4999);

/** Closes, and cuts the connection of a peer that does not answer. Null: it is gone already. */
export function hangUp(socket: WebSocket, goodbye: Goodbye | null): void {
  if (socket.readyState === WebSocket.CLOSED) return;
  // What is not read any more must not hide the peer's answer.
  socket.resume();
  if (goodbye) socket.close(goodbye.code, fitting(goodbye.reason));
  const timer = setTimeout(() => socket.terminate(), PATIENCE_MS);
  socket.once('close', () => clearTimeout(timer));
}

function fitting(reason: string): string {
  const bytes = Buffer.from(reason, 'utf8');
  return bytes.length <= MAX_REASON_BYTES
    ? reason
    : bytes.toString('latin1', 0, MAX_REASON_BYTES).replaceAll(/[^\x20-\x7e]/g, '?');
}
