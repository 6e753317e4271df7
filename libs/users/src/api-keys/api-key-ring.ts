import { Inject, Injectable, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { CLOCK, type Clock } from '@app/core';
import { ChangeBus } from '@app/platform/bus';
import { FreshCache } from '../fresh-cache';
import { Groups } from '../groups/groups';
import type { UsersEvents } from '../users.events';
import { ApiKeyRepository } from './api-key.repository';
import { buildCaller, type Caller, type KeyRecord } from './caller';
import { hashKey } from './key-material';

export type AuthResult =
  | { readonly ok: true; readonly caller: Caller }
  | { readonly ok: false; readonly reason: 'unknown' | 'disabled' | 'expired' | 'user_disabled' };

interface Ring {
  readonly record: KeyRecord;
  /** What the record amounts to with the groups of `groupsVersion`, its expiry apart. */
  result: AuthResult;
  groupsVersion: number;
}

const MAX_KEYS = 50_000;
const MAX_KEY_LENGTH = 256;
const UNKNOWN: AuthResult = Object.freeze({ ok: false, reason: 'unknown' });
const DISABLED: AuthResult = Object.freeze({ ok: false, reason: 'disabled' });
const USER_DISABLED: AuthResult = Object.freeze({ ok: false, reason: 'user_disabled' });
const EXPIRED: AuthResult = Object.freeze({ ok: false, reason: 'expired' });

/** The keys in use, in memory: what the data plane asks first about every request. */
@Injectable()
export class ApiKeyRing implements OnModuleInit, BeforeApplicationShutdown {
  private readonly cache: FreshCache<Ring>;
  private readonly subscriptions: (() => void)[] = [];

  constructor(
    repository: ApiKeyRepository,
    private readonly groups: Groups,
    private readonly bus: ChangeBus,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.cache = new FreshCache({
      max: MAX_KEYS,
      refreshAfterMs: 60_000,
      absentForMs: 5_000,
      clock,
      load: async (keyHash) => {
        const record = await repository.record(keyHash);
        return record && this.admit(record);
      },
    });
  }

  onModuleInit(): void {
    this.subscriptions.push(
      this.bus.subscribe('keys.changed', (payload) => {
        const { keyHash } = payload as UsersEvents['keys.changed']; // only ApiKeyService publishes it
        this.cache.invalidate(keyHash);
      }),
      this.bus.subscribe('users.changed', (payload) => {
        const { userId } = payload as UsersEvents['users.changed']; // only UserService publishes it
        this.cache.invalidateWhere(({ record }) => record.userId === userId);
      }),
    );
  }

  beforeApplicationShutdown(): void {
    for (const unsubscribe of this.subscriptions) unsubscribe();
  }

  /** Without a promise for a key seen before; otherwise one read of the database, however many ask. */
  authenticate(rawKey: string): AuthResult | Promise<AuthResult> {
    if (rawKey === '' || rawKey.length > MAX_KEY_LENGTH) return UNKNOWN;
    return this.authenticateHash(hashKey(rawKey));
  }

  /** As `authenticate`, for whom a key of this hash has let in before. */
  authenticateHash(keyHash: string): AuthResult | Promise<AuthResult> {
    const ring = this.cache.peek(keyHash);
    return ring === undefined ? this.cache.load(keyHash).then((loaded) => this.judge(loaded)) : this.judge(ring);
  }

  private judge(ring: Ring | null): AuthResult {
    if (ring === null) return UNKNOWN;
    if (ring.groupsVersion !== this.groups.version) this.regroup(ring);
    const { result } = ring;
    if (!result.ok) return result;
    const { expiresAt } = result.caller;
    return expiresAt !== null && expiresAt <= this.clock.now() ? EXPIRED : result;
  }

  private admit(record: KeyRecord): Ring {
    return { record, result: this.resultOf(record), groupsVersion: this.groups.version };
  }

  private regroup(ring: Ring): void {
    ring.result = this.resultOf(ring.record);
    ring.groupsVersion = this.groups.version;
  }

  private resultOf(record: KeyRecord): AuthResult {
    if (record.userStatus !== 'active') return USER_DISABLED;
    if (record.keyStatus !== 'active') return DISABLED;
    const group = this.groups.get(record.group ?? record.userGroup);
    return Object.freeze({ ok: true, caller: buildCaller(record, group) });
  }
}
