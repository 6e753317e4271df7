import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { CLOCK, type Clock, DomainError } from '@app/core';
import { neighbourhood } from '../api-keys/ip-matcher';

/** One try at a password. Counted as failed from its beginning, so that tries at the same time count too. */
export interface Attempt {
  succeeded(): void;
}

interface Counter {
  count: number;
  readonly until: number;
}

const WINDOW_MS = 15 * 60_000;
const MAX_REGISTRATIONS = 100;

/**
 * Failed tries in a quarter of an hour. From one address at one account few, so that a stranger elsewhere cannot lock its owner
 * out; from one address at all accounts, and at one account from all addresses, more.
 */
const limits = [
  { max: 10, key: (account: string, ip: string) => `both ${ip} ${account}` },
  { max: 60, key: (_: string, ip: string) => `ip ${ip}` },
  { max: 200, key: (account: string) => `account ${account}` },
] as const;

/** Slows the guessing of passwords, per node. Memory is bounded: what was touched longest ago is forgotten first. */
@Injectable()
export class LoginThrottle {
  private readonly counters = new LRUCache<string, Counter>({ max: 30_000 });

  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  /** Throws `too_many_requests` when there were too many failures. `account` is any spelling of a name that is always the same. */
  begin(account: string, address: string): Attempt {
    const ip = neighbourhood(address);
    const now = this.clock.now();
    const counters = limits.map(({ key, max }) => ({ counter: this.counter(key(account, ip), now), max }));
    const waits = counters.filter(({ counter, max }) => counter.count >= max).map(({ counter }) => counter.until - now);
    if (waits.length > 0) throw tooMany(Math.max(...waits));
    for (const { counter } of counters) counter.count++;
    return {
      succeeded: () => {
        for (const { counter } of counters) counter.count = Math.max(0, counter.count - 1);
        this.counters.delete(limits[0].key(account, ip));
      },
    };
  }

  /** New accounts are no failures, but nobody needs many of them: throws as `begin` does. */
  admitRegistration(ip: string): void {
    const now = this.clock.now();
    const counter = this.counter(`registration ${neighbourhood(ip)}`, now);
    if (counter.count >= MAX_REGISTRATIONS) throw tooMany(counter.until - now);
    counter.count++;
  }

  private counter(key: string, now: number): Counter {
    const known = this.counters.get(key);
    if (known !== undefined && known.until > now) return known;
    const fresh = { count: 0, until: now + WINDOW_MS };
    this.counters.set(key, fresh);
    return fresh;
  }
}

const tooMany = (retryAfterMs: number) =>
  new DomainError('too_many_requests', 'too many tries, wait a while', { retryAfterMs });
