import { badRequest, RelayError, tooLarge } from '@app/relay';
import type { IncomingMessage } from 'node:http';

/** The whole request body. Throws 413 beyond `limit` bytes and 415 for encodings that are not read here. */
export function readBody(req: IncomingMessage, limit: number): Promise<Buffer> {
  assertReadable(req, limit);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    req.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > limit) {
        req.removeAllListeners('data');
        chunks.length = 0;
        reject(tooLarge(limit));
      } else chunks.push(chunk);
    });
    req.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    let ended = false;
    req.on('end', () => (ended = true));
    // Its owner may be gone already: then nothing more is ever emitted.
    const cut = (): void => {
      if (!ended) reject(badRequest('The request body ended before it was complete.'));
    };
    req.on('error', cut);
    req.on('close', cut);
    if (req.destroyed) cut();
  });
}

/** Throws for what its headers say already: an encoding, or more than `limit` bytes. */
export function assertReadable(req: IncomingMessage, limit: number): void {
  const encoding = req.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new RelayError(
      'unsupported_media_type',
      `The content encoding ${encoding} is not accepted; send the body as it is.`,
    );
  }
  if (Number(req.headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
}
