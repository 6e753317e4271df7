import { DomainError } from '@app/core';
import { findProvider } from '@app/providers';
import type { KeyInput } from './channel-input';
import type { ChannelSettings } from './channel-settings';

/** Where a channel sends its secrets: the upstream's address, and who carries them there. */
export interface Destination {
  readonly provider: string;
  readonly baseUrl: string | null;
  /** As shown, or what the operator has just entered. Null: none. */
  readonly proxy: string | null;
  /** Where signed assertions are exchanged for tokens. Absent: where the key itself says. */
  readonly settings: Pick<ChannelSettings, 'tokenUrl'>;
}

interface Move {
  readonly from: Destination;
  readonly to: Destination;
  /** As in a channel's change: absent, all stay. */
  readonly keys: readonly KeyInput[] | undefined;
  readonly storedKeys: number;
}

/**
 * Keys are write-only: who cannot read them must not be able to have them sent to a host of their choice either. So a change of
 * the host (or of the proxy on the way, or of where tokens are asked for) wants them entered again. Throws `invalid` naming `keys`.
 */
export function checkDestination({ from, to, keys, storedKeys }: Move): void {
  const keepsKeys = keys ? keys.some((key) => typeof key !== 'string') : storedKeys > 0;
  if (!keepsKeys) return;
  const what = whatChanges(from, to);
  if (!what) return;
  const message = `must be entered again: the ${what} changes, and stored keys are not sent to another one`;
  throw new DomainError('invalid', `keys: ${message}`, { errors: [{ path: 'keys', message }] });
}

function whatChanges(from: Destination, to: Destination): string | undefined {
  if (originOf(from) !== originOf(to)) return 'host';
  if (newProxy(from, to)) return 'proxy';
  return newTokenUrl(from, to) ? 'token URL' : undefined;
}

function originOf({ provider, baseUrl }: Destination): string | null {
  const url = baseUrl ?? findProvider(provider)?.defaultBaseUrl ?? '';
  return URL.canParse(url) ? new URL(url).origin : null;
}

/** To go without one shows the keys to nobody new. */
const newProxy = (from: Destination, to: Destination): boolean => to.proxy !== null && to.proxy !== from.proxy;

/** An assertion signed by the key is as good as the key for an hour. The key's own place may always be gone back to. */
const newTokenUrl = ({ settings: from }: Destination, { settings: to }: Destination): boolean =>
  to.tokenUrl !== undefined && to.tokenUrl !== from.tokenUrl;
