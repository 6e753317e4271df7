import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { DomainError, invalid } from '@app/core';

export const PASSWORD_MIN = 8;
export const PASSWORD_MAX = 128;

/** OWASP's argon2id minimum: 19 MiB, two passes. Algorithm 2 is argon2id (the package's enum does not survive isolated modules). */
const cost = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** A hash at the same cost whose password nobody has: verifying against it takes as long as against a real one. */
const nobody = '$argon2id$v=19$m=19456,t=2,p=1$EFpQVJUfJGqt1kf0stKEbQ$1lI6r2rVU59RcR6gKcrwo5gJc9TXdzWk2jpPbS8lQhU';

/** Hashing runs on libuv's four threads, which file writes (the usage journal) need as well: never take them all. */
const PARALLEL = 2;
const MAX_WAITING = 64;

/** argon2id, a bounded number at a time. */
@Injectable()
export class PasswordHasher {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  hash(password: string): Promise<string> {
    return this.bounded(() => hash(password, cost));
  }

  /** `null` for an unknown user: false, after the same work. */
  async verify(passwordHash: string | null, password: string): Promise<boolean> {
    if (password.length > PASSWORD_MAX) return false;
    const matches = await this.bounded(() => verify(passwordHash ?? nobody, password));
    return matches && passwordHash !== null;
  }

  private async bounded<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= PARALLEL) await this.turn();
    else this.running++;
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.running--;
      else next();
    }
  }

  /** The one who ends hands its place over, so `running` stays as it is. */
  private turn(): Promise<void> {
    if (this.waiting.length >= MAX_WAITING) {
      throw new DomainError('unavailable', 'too many sign-ins at once, try again', { retryAfterMs: 2_000 });
    }
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}

/** Throws `invalid` for what cannot be a new password. */
export function assertPassword(password: string, path = 'password'): void {
  if (password.length >= PASSWORD_MIN && password.length <= PASSWORD_MAX) return;
  throw invalid(path, `must be ${PASSWORD_MIN} to ${PASSWORD_MAX} characters`);
}
