import { hash, randomBytes } from 'node:crypto';
import { preview } from '@app/core';

/** A new key. The text exists only here and in the answer to whoever asked for it. */
export interface KeyMaterial {
  readonly secret: string;
  readonly hash: string;
  readonly preview: string;
}

/** `sk-` and 48 URL-safe characters: 288 random bits, which is why one fast hash is enough to store. */
export function newKeyMaterial(): KeyMaterial {
  const secret = `sk-${randomBytes(36).toString('base64url')}`;
  return { secret, hash: hashKey(secret), preview: preview(secret) };
}

/** SHA-256 as 64 lower-case hex digits. */
export const hashKey = (secret: string): string => hash('sha256', secret, 'hex');
