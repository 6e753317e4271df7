import { newId } from '@app/core';
import type { RedisLink } from '../redis';
import type { OnApplicationShutdown } from '@nestjs/common';
import type Redis from 'ioredis';
import {
  type Admission,
  CELLS_PER_WINDOW,
  CONCURRENCY_RETRY_MS,
  isLimited,
  isSet,
  Limiter,
  limiterDefaults,
  type LimiterOptions,
  type LimitRule,
  type LimitState,
  type RefusalReason,
  reservation,
  unlimited,
} from './limiter';
import { acquireScript, releaseScript, renewScript } from './limiter.lua';
import type { MemoryLimiter } from './memory.limiter';

/** granted, time of the charge, reason, retry after, limit, remaining, reset of requests, the same of tokens. */
type Reply = [number, number, RefusalReason, number, number, number, number, number, number, number];

interface Scripts {
  limiterAcquire(keys: number, ...args: (string | number)[]): Promise<Reply>;
  limiterRelease(keys: number, ...args: (string | number)[]): Promise<null>;
  limiterRenew(keys: number, ...args: (string | number)[]): Promise<null>;
}

/** Slots renewed by one command: bounds how long it occupies the server. */
const RENEW_BATCH = 200;

/** Counters shared by all nodes, one script per step. While Redis is away every node counts for itself in `local`. */
export class RedisLimiter extends Limiter implements OnApplicationShutdown {
  private readonly options: LimiterOptions;
  private readonly scripts: Redis & Scripts;
  private readonly node = newId();
  private slots = 0;
  /** Admissions of this process that hold a slot: what its heartbeat renews. */
  private readonly held = new Map<string, { readonly since: number; readonly keys: readonly string[] }>();
  private readonly heartbeat: NodeJS.Timeout;

  constructor(
    private readonly link: RedisLink,
    private readonly local: MemoryLimiter,
    options: Partial<LimiterOptions> = {},
    private readonly prefix = 'one-api:{limits}:',
  ) {
    super();
    this.options = { ...limiterDefaults, ...options };
    this.scripts = withScripts(link.client);
    this.heartbeat = setInterval(() => void this.renew(), this.options.leaseMs / 3).unref();
  }

  override acquire(rules: readonly LimitRule[], tokens: number): Admission | Promise<Admission> {
    const limited = rules.filter(isLimited);
    if (limited.length === 0) return unlimited;
    return this.link.usable ? this.acquireShared(limited, tokens) : this.local.acquire(limited, tokens);
  }

  /** Ends the connection. What is still held comes back when its lease ends. */
  onApplicationShutdown(): void {
    clearInterval(this.heartbeat);
    this.link.close();
  }

  private async acquireShared(rules: readonly LimitRule[], tokens: number): Promise<Admission> {
    const slot = `${this.node}:${++this.slots}`;
    const keys = this.keysOf(rules);
    const { windowMs, leaseMs } = this.options;
    try {
      const args = [windowMs, windowMs / CELLS_PER_WINDOW, leaseMs, CONCURRENCY_RETRY_MS, slot];
      const limits = rules.flatMap((rule) => limitsOf(rule, tokens));
      const reply = await this.link.run(() => this.scripts.limiterAcquire(keys.length, ...keys, ...args, ...limits));
      const state = stateOf(reply);
      const [granted, since, reason, retryAfterMs] = reply;
      if (granted === 0) return { ok: false, state, reason, retryAfterMs: Math.max(1, retryAfterMs) };
      return { ok: true, state, release: this.hold(rules, keys, slot, since, tokens) };
    } catch {
      return this.local.acquire(rules, tokens);
    }
  }

  /** Remembers the slot for the heartbeat; returns what ends it. */
  private hold(
    rules: readonly LimitRule[],
    keys: readonly string[],
    slot: string,
    since: number,
    tokens: number,
  ): (usedTokens: number) => void {
    const slotKeys = rules.flatMap((rule, n) => (isSet(rule.concurrency) ? [keys[n * 2 + 1]!] : []));
    if (slotKeys.length > 0) this.held.set(slot, { since: performance.now(), keys: slotKeys });
    let open = true;
    return (usedTokens) => {
      if (!open) return;
      open = false;
      this.held.delete(slot);
      const { windowMs } = this.options;
      const args = [windowMs, windowMs / CELLS_PER_WINDOW, slot, since, usedTokens > 0 ? usedTokens : 0];
      const reserved = rules.map((rule) => (isSet(rule.tpm) ? reservation(tokens, rule.tpm) : 0));
      // Lost with Redis: the lease frees the slot, the window forgets the reservation.
      const released = this.link.run(() => this.scripts.limiterRelease(keys.length, ...keys, ...args, ...reserved));
      released.catch(() => undefined);
    };
  }

  private async renew(): Promise<void> {
    const due: { key: string; slot: string }[] = [];
    const now = performance.now();
    for (const [slot, { since, keys }] of this.held) {
      if (now - since >= this.options.maxHoldMs) this.held.delete(slot);
      else due.push(...keys.map((key) => ({ key, slot })));
    }
    try {
      for (let from = 0; from < due.length; from += RENEW_BATCH) {
        const batch = due.slice(from, from + RENEW_BATCH);
        const keys = batch.map(({ key }) => key);
        const slots = batch.map(({ slot }) => slot);
        await this.link.run(() => this.scripts.limiterRenew(keys.length, ...keys, this.options.leaseMs, ...slots));
      }
    } catch {
      // The link has logged it; the next beat renews.
    }
  }

  private keysOf(rules: readonly LimitRule[]): string[] {
    return rules.flatMap(({ key }) => [`${this.prefix}use:${key}`, `${this.prefix}run:${key}`]);
  }
}

const limitsOf = ({ rpm, tpm, concurrency }: LimitRule, tokens: number): number[] => [
  rpm ?? -1,
  tpm ?? -1,
  isSet(tpm) ? reservation(tokens, tpm) : 0,
  concurrency ?? -1,
];

function stateOf(reply: Reply): LimitState {
  const [, , , , limitRequests, remainingRequests, resetRequestsMs, limitTokens, remainingTokens, resetTokensMs] =
    reply;
  return {
    ...(limitRequests < 0 ? {} : { limitRequests, remainingRequests, resetRequestsMs }),
    ...(limitTokens < 0 ? {} : { limitTokens, remainingTokens, resetTokensMs }),
  };
}

function withScripts(client: Redis): Redis & Scripts {
  client.defineCommand('limiterAcquire', { lua: acquireScript });
  client.defineCommand('limiterRelease', { lua: releaseScript });
  client.defineCommand('limiterRenew', { lua: renewScript });
  // ioredis adds the defined commands to the instance; its types cannot know them.
  return client as Redis & Scripts;
}
