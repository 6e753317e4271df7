import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** Answers in JSON on a connection that Node's HTTP server does not look after (any more), and closes it. */
export function answerRaw(
  socket: Duplex,
  status: number,
  body: object,
  headers: Readonly<Record<string, string | number>> = {},
): void {
  if (!socket.writable) return void socket.destroy();
  const text = JSON.stringify(body);
  const lines = Object.entries({
    ...headers,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}`);
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('\r\n')}\r\n\r\n${text}`);
}
