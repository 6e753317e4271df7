// @ts-check
import { randomBytes } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/**
 * An id as the vendors write them: a prefix and letters and digits.
 * @param {string} prefix
 * @param {number} [length]
 */
export function id(prefix, length = 24) {
  return prefix + Array.from(randomBytes(length), (byte) => ALPHABET[byte % ALPHABET.length]).join('');
}

/** Seconds since the epoch, as OpenAI's `created`. */
export function created() {
  return Math.floor(Date.now() / 1000);
}
