import { DomainError, type FieldError, newId, preview } from '@app/core';
import type { SecretBox } from '@app/platform/secrets';
import { ChannelCredentialEntity, credentialContext } from './channel-credential.entity';
import type { KeyInput } from './channel-input';
import { channelLimits } from './channel-limits';

/** What turns a channel's credentials into the ones wanted. */
export interface CredentialPlan {
  readonly insert: readonly ChannelCredentialEntity[];
  /** Kept, at another `position`. */
  readonly move: readonly ChannelCredentialEntity[];
  readonly remove: readonly ChannelCredentialEntity[];
}

const keyless: readonly KeyInput[] = [''];

interface PlanInput {
  readonly channelId: string;
  readonly current: readonly ChannelCredentialEntity[];
  readonly wanted: readonly KeyInput[];
  readonly now: number;
}

/**
 * Compares secrets, not ciphertexts: a secret that is there already keeps its row, with its id and its state, however it is
 * named; a secret named twice is there once. An empty list leaves the one keyless credential.
 */
export function planCredentials(secrets: SecretBox, { channelId, current, wanted, now }: PlanInput): CredentialPlan {
  const byId = new Map(current.map((row) => [row.id, row]));
  const bySecret = openAll(secrets, current);
  const chosen = new Map<string, ChannelCredentialEntity>();
  const errors: FieldError[] = [];
  const add = (secret: string): ChannelCredentialEntity => {
    const row = sealed(secrets, secret, channelId, now);
    bySecret.set(secret, row);
    return row;
  };
  for (const [index, key] of (wanted.length > 0 ? wanted : keyless).entries()) {
    const known = typeof key === 'string' ? bySecret.get(key.trim()) : byId.get(key.id);
    const message = known ? undefined : problemOf(key, wanted);
    if (message !== undefined) errors.push({ path: `keys.${index}`, message });
    else {
      const row = known ?? add(String(key).trim());
      chosen.set(row.id, row);
    }
  }
  if (errors.length > 0) {
    throw new DomainError('invalid', `keys: ${errors[0]!.message}`, { errors: errors.slice(0, 100) });
  }
  const rows = [...chosen.values()].map((row, position) =>
    Object.assign(new ChannelCredentialEntity(), row, { position }),
  );
  return {
    insert: rows.filter((row) => !byId.has(row.id)),
    move: rows.filter((row) => byId.has(row.id) && byId.get(row.id)!.position !== row.position),
    remove: current.filter((row) => !chosen.has(row.id)),
  };
}

/** A secret becomes a header: one line, no spaces around it, no characters a header cannot carry. */
function problemOf(key: KeyInput, wanted: readonly KeyInput[]): string | undefined {
  if (typeof key !== 'string') return 'is not a key of this channel';
  const secret = key.trim();
  if (secret === '' && wanted.length > 0) return 'must not be empty';
  if (secret.length > channelLimits.keyLength) return `must be at most ${channelLimits.keyLength} characters`;
  return /^[\x21-\x7e]*$/.test(secret) ? undefined : 'must be printable ASCII characters without spaces';
}

function openAll(secrets: SecretBox, rows: readonly ChannelCredentialEntity[]): Map<string, ChannelCredentialEntity> {
  const opened = new Map<string, ChannelCredentialEntity>();
  for (const row of rows) {
    try {
      opened.set(secrets.open(row.sealedSecret, credentialContext(row.id)), row);
    } catch {
      // Sealed under a key that is gone: it equals nothing, and stays or goes by its id.
    }
  }
  return opened;
}

function sealed(secrets: SecretBox, secret: string, channelId: string, now: number): ChannelCredentialEntity {
  const id = newId();
  return Object.assign(new ChannelCredentialEntity(), {
    id,
    channelId,
    sealedSecret: secrets.seal(secret, credentialContext(id)),
    preview: secret === '' ? '' : preview(secret),
    status: 'enabled',
    statusReason: null,
    position: 0,
    createdAt: now,
  } satisfies ChannelCredentialEntity);
}
