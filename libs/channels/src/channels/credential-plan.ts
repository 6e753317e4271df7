import { DomainError, type FieldError, newId, preview } from '@app/core';
import { type CheckedCredential, findProvider } from '@app/providers';
import type { SecretBox } from '@app/platform/secrets';
import { ChannelCredentialEntity, credentialContext } from './channel-credential.entity';
import type { KeyInput } from './channel-input';
import { channelLimits } from './channel-limits';
import type { ChannelSettings } from './channel-settings';

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
  /** Whose credentials these are, and by which settings. */
  readonly of: { readonly provider: string; readonly settings: ChannelSettings };
}

/**
 * Compares secrets, not ciphertexts: a secret that is there already keeps its row, with its id and its state, however it is
 * named; a secret named twice is there once. An empty list leaves the one keyless credential.
 */
export function planCredentials(
  secrets: SecretBox,
  { channelId, current, wanted, now, of }: PlanInput,
): CredentialPlan {
  const byId = new Map(current.map((row) => [row.id, row]));
  const bySecret = openAll(secrets, current);
  const chosen = new Map<string, ChannelCredentialEntity>();
  const errors: FieldError[] = [];
  const chose = (row: ChannelCredentialEntity): unknown => chosen.set(row.id, row);
  for (const [index, key] of (wanted.length > 0 ? wanted : keyless).entries()) {
    const known = typeof key === 'string' ? bySecret.get(key.trim()) : byId.get(key.id);
    if (known) {
      chose(known);
      continue;
    }
    const checked = check(key, wanted.length > 0, of);
    if ('problem' in checked) errors.push({ path: `keys.${index}`, message: checked.problem });
    else {
      const row = bySecret.get(checked.secret) ?? sealed(secrets, checked, channelId, now);
      bySecret.set(checked.secret, row);
      chose(row);
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

/** A secret becomes a header, or what its provider makes of it: one line, no characters a header cannot carry. */
function check(key: KeyInput, isNamed: boolean, { provider, settings }: PlanInput['of']): CheckedCredential {
  if (typeof key !== 'string') return { problem: 'is not a key of this channel' };
  const text = key.trim();
  if (text === '') return isNamed ? { problem: 'must not be empty' } : { secret: '' };
  if (text.length > channelLimits.keyLength)
    return { problem: `must be at most ${channelLimits.keyLength} characters` };
  const checked = findProvider(provider)?.checkCredential?.(text, settings) ?? { secret: text };
  if ('problem' in checked || 'preview' in checked) return checked;
  return /^[\x21-\x7e]*$/.test(checked.secret)
    ? checked
    : { problem: 'must be printable ASCII characters without spaces' };
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

function sealed(
  secrets: SecretBox,
  { secret, preview: shown }: Exclude<CheckedCredential, { problem: string }>,
  channelId: string,
  now: number,
): ChannelCredentialEntity {
  const id = newId();
  return Object.assign(new ChannelCredentialEntity(), {
    id,
    channelId,
    sealedSecret: secrets.seal(secret, credentialContext(id)),
    preview: shown ?? (secret === '' ? '' : preview(secret)),
    status: 'enabled',
    statusReason: null,
    position: 0,
    probeAt: null,
    probes: null,
    createdAt: now,
  } satisfies ChannelCredentialEntity);
}
