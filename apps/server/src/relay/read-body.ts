import { badRequest, RelayError, tooLarge } from '@app/relay';
import type { IncomingMessage } from 'node:http';
import type { BodyBudget } from './body-budget';
import type { Call } from './relay.listener';

/**
 * The whole request body. Throws 413 beyond `limit` bytes, 503 where all bodies together are too much, and 415 for encodings that
 * are not read here.
 */
export function readBody(call: Call, limit: number, budget: BodyBudget): Promise<Buffer> {
  const { req } = call;
  if (call.body) return Promise.resolve(call.body);
  assertReadable(req, limit);
  budget.assertRoom(Number(req.headers['content-length'] ?? 0));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    req.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      try {
        if (bytes > limit) throw tooLarge(limit);
        budget.take(call, chunk.length);
        chunks.push(chunk);
      } catch (refusal) {
        req.removeAllListeners('data');
        chunks.length = 0;
        reject(refusal as RelayError); // nothing else is thrown here
      }
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
