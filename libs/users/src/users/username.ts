import { invalid } from '@app/core';
import { isPlainText } from '../plain-text';

export const USERNAME_MIN = 2;
export const USERNAME_MAX = 64;
export const EMAIL_MAX = 254;

const username = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._@+-]{1,63}$/u;
const email = /^[^\s@"(),:;<>[\]\\]{1,64}@[^\s@"(),:;<>[\]\\]+\.[^\s@"(),:;<>[\]\\.]+$/u;

/**
 * The one spelling under which a name is stored, found and unique: NFKC, lower case. 2 to 64 letters, digits and `. _ @ + -`,
 * a letter or digit first. Throws `invalid`.
 */
export function canonicalUsername(text: string): string {
  const name = fold(text);
  if (!username.test(name)) {
    throw invalid('username', 'must be 2 to 64 letters, digits or . _ @ + - and begin with a letter or digit');
  }
  return name;
}

/** The canonical spelling for a look-up: what cannot be a name comes back as null instead of an error. */
export function knownUsername(text: string): string | null {
  const name = fold(text.slice(0, USERNAME_MAX * 4));
  return username.test(name) ? name : null;
}

/** Lower case, as addresses are compared in practice. Throws `invalid`. */
export function canonicalEmail(text: string): string {
  const address = fold(text);
  if (address.length > EMAIL_MAX || !isPlainText(address) || !email.test(address))
    throw invalid('email', 'must be an email address');
  return address;
}

const fold = (text: string): string => text.trim().normalize('NFKC').toLowerCase();
