import type { LimitRule } from '@app/platform/limiter';
import type { Group } from '../groups/group';
import type { GroupRouting } from '../groups/group-routing';
import { IpMatcher } from './ip-matcher';

/** Who presents a key, and what the key allows. Made once per change, shared by all its requests. */
export interface Caller {
  readonly userId: string;
  readonly keyId: string;
  readonly keyName: string;
  readonly group: string;
  /** What the group's prices are multiplied with: 1 000 000 is ×1. */
  readonly multiplierPpm: number;
  /** How the group's calls find their upstream. */
  readonly routing: GroupRouting;
  /** `null`: all. Entries may end in `*`; ask `allowsModel`. */
  readonly models: ReadonlySet<string> | null;
  /** `null`: from anywhere. */
  readonly allowedIps: IpMatcher | null;
  readonly limits: readonly LimitRule[];
  /** The key has a budget of its own beside the user's balance. */
  readonly budgeted: boolean;
  /** Epoch milliseconds. */
  readonly expiresAt: number | null;
}

/** A key with what its user contributes, as loaded. */
export interface KeyRecord {
  readonly keyId: string;
  readonly keyName: string;
  readonly keyStatus: string;
  readonly userId: string;
  readonly userStatus: string;
  readonly userGroup: string;
  /** The key's own group, which goes before the user's. */
  readonly group: string | null;
  readonly models: readonly string[] | null;
  readonly allowedIps: readonly string[] | null;
  readonly rpm: number | null;
  readonly tpm: number | null;
  readonly concurrency: number | null;
  readonly budgeted: boolean;
  readonly expiresAt: number | null;
}

export function buildCaller(record: KeyRecord, group: Group): Caller {
  return Object.freeze({
    userId: record.userId,
    keyId: record.keyId,
    keyName: record.keyName,
    group: group.name,
    multiplierPpm: group.multiplierPpm,
    routing: group.routing,
    models: record.models === null ? null : new Set(record.models),
    allowedIps: record.allowedIps === null ? null : new IpMatcher(record.allowedIps),
    // Both hold: the key's own limits, and its group's, which all keys of one user share.
    limits: Object.freeze(
      [limitRule(`key:${record.keyId}`, record), limitRule(`group:${group.name}:user:${record.userId}`, group)].filter(
        (rule) => [rule.rpm, rule.tpm, rule.concurrency].some((limit) => limit !== null),
      ),
    ),
    budgeted: record.budgeted,
    expiresAt: record.expiresAt,
  });
}

const limitRule = (key: string, { rpm, tpm, concurrency }: Omit<LimitRule, 'key'>): LimitRule => ({
  key,
  rpm,
  tpm,
  concurrency,
});

const prefixesOf = new WeakMap<ReadonlySet<string>, readonly string[]>();

/** Whether the key may use the model: named exactly, or by an entry that ends in `*`. */
export function allowsModel(caller: Pick<Caller, 'models'>, model: string): boolean {
  const { models } = caller;
  if (models === null || models.has(model)) return true;
  let prefixes = prefixesOf.get(models);
  if (prefixes === undefined) {
    prefixes = [...models].filter((entry) => entry.endsWith('*')).map((entry) => entry.slice(0, -1));
    prefixesOf.set(models, prefixes);
  }
  return prefixes.some((prefix) => model.startsWith(prefix));
}
