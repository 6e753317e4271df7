import { errorBody, type RelayError } from '@app/relay';
import type { Call } from './relay.listener';

export type Answerable = Pick<Call, 'res' | 'headers'> & Partial<Pick<Call, 'recorder'>>;

/** A small JSON answer in one piece. */
export function sendJson(call: Answerable, status: number, value: unknown): void {
  const { res } = call;
  if (res.headersSent || res.destroyed) return;
  sendBody(call, status, 'application/json', Buffer.from(JSON.stringify(value), 'utf8'));
}

const ONE_WRITE_BYTES = 64 * 1024;

/**
 * Node joins head and body into one piece when the body is a string (latin1 keeps every byte), and hands it to the system alone
 * when the socket is not corked at the end.
 */
export function sendBody(
  { res, headers, recorder }: Answerable,
  status: number,
  contentType: string,
  body: Buffer,
): void {
  if (recorder) {
    recorder.begin(status, contentType);
    recorder.end(body);
  }
  headers['content-type'] = contentType;
  headers['content-length'] = body.length;
  res.writeHead(status, headers);
  if (body.length > ONE_WRITE_BYTES || body.length === 0) return void res.end(body);
  res.write(body.toString('latin1'), 'latin1');
  res.socket?.uncork();
  res.end();
}

export function retryAfter({ status, extra: { retryAfterMs } }: RelayError): Record<string, number> {
  if (retryAfterMs === undefined && status !== 503) return {};
  return { 'retry-after': Math.max(1, Math.ceil((retryAfterMs ?? 1_000) / 1_000)) };
}

/** An error in the caller's protocol. An answer that has begun is cut, so that nobody takes it for complete. */
export function sendError(call: Call, error: RelayError): void {
  const { res, req } = call;
  if (res.destroyed || res.writableEnded) return;
  if (res.headersSent) return void res.destroy();
  Object.assign(call.headers, retryAfter(error));
  const body = errorBody(call.location.protocol, error, call.id);
  if (req.complete) sendJson(call, error.status, body);
  else answerUpload(call, error.status, JSON.stringify(body));
}

const DISCARD_MS = 5_000;

/**
 * A refused upload is answered at once, and read to its end, within bounds, before the answer ends: Node closes the connection
 * with it, and that would hide the answer from a client that is still sending.
 */
function answerUpload({ req, res, headers }: Call, status: number, body: string): void {
  res.writeHead(status, {
    ...headers,
    connection: 'close',
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  });
  res.write(body);
  const end = (): void => {
    clearTimeout(timer);
    res.end();
  };
  const timer = setTimeout(end, DISCARD_MS);
  req.once('end', end).once('close', end);
  req.resume();
}
