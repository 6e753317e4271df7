import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { SecretBox } from '@app/platform/secrets';
import { badRequest, type JsonObject, RelayError } from '@app/relay';
import { Injectable } from '@nestjs/common';

/** What an ephemeral key lets its bearer do, on whose account. */
export interface ClientSecret {
  /** Of the API key that made it: whatever becomes of that key becomes of this one. */
  readonly keyHash: string;
  /** Epoch milliseconds; a session that has begun may last longer. */
  readonly expiresAt: number;
  /** As the session is to begin. */
  readonly session: JsonObject;
}

const PREFIX = 'ek_';
const CONTEXT = 'realtime-client-secret';
/** It travels in a header, beside others. */
const MAX_LENGTH = 8 * 1024;

/**
 * Ephemeral keys of realtime sessions. Nothing is kept of them: each one is its own session, sealed under the master key, so that any
 * node can open it. https://platform.openai.com/docs/api-reference/realtime-sessions/create-realtime-client-secret
 */
@Injectable()
export class ClientSecrets {
  constructor(private readonly box: SecretBox) {}

  /** Throws RelayError 400 for a session that does not fit. */
  seal(secret: ClientSecret): string {
    const packed = deflateRawSync(Buffer.from(JSON.stringify(secret), 'utf8')).toString('base64url');
    const value = PREFIX + this.box.seal(packed, CONTEXT);
    if (value.length <= MAX_LENGTH) return value;
    throw badRequest("'session' is too large for an ephemeral key: send the rest with session.update.", 'session');
  }

  /** Null for what is no ephemeral key. Throws RelayError 401 for one that is not ours, or not valid any more. */
  open(key: string | undefined, now = Date.now()): ClientSecret | null {
    if (!key?.startsWith(PREFIX)) return null;
    const secret = this.opened(key);
    if (secret && secret.expiresAt > now) return secret;
    throw new RelayError(
      'invalid_api_key',
      secret ? 'This ephemeral key has expired.' : 'This ephemeral key is not valid.',
    );
  }

  private opened(key: string): ClientSecret | null {
    if (key.length > MAX_LENGTH) return null;
    try {
      const packed = this.box.open(key.slice(PREFIX.length), CONTEXT);
      // Sealed here, so it is what it was.
      return JSON.parse(inflateRawSync(Buffer.from(packed, 'base64url')).toString('utf8')) as ClientSecret;
    } catch {
      return null;
    }
  }
}
