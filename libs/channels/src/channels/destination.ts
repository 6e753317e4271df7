import { DomainError } from '@app/core';
import { findProvider } from '@app/providers';
import type { KeyInput } from './channel-input';

/** Where a channel sends its secrets: the upstream's address, and who carries them there. */
export interface Destination {
  readonly provider: string;
  readonly baseUrl: string | null;
  /** As shown, or what the operator has just entered. Null: none. */
  readonly proxy: string | null;
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
 * the host (or of the proxy on the way) wants them entered again. Throws `invalid` naming `keys`.
 */
export function checkDestination({ from, to, keys, storedKeys }: Move): void {
  const keepsKeys = keys ? keys.some((key) => typeof key !== 'string') : storedKeys > 0;
  if (!keepsKeys) return;
  const what = originOf(from) !== originOf(to) ? 'host' : newProxy(from, to) ? 'proxy' : undefined;
  if (!what) return;
  const message = `must be entered again: the ${what} changes, and stored keys are not sent to another one`;
  throw new DomainError('invalid', `keys: ${message}`, { errors: [{ path: 'keys', message }] });
}

function originOf({ provider, baseUrl }: Destination): string | null {
  const url = baseUrl ?? findProvider(provider)?.defaultBaseUrl ?? '';
  return URL.canParse(url) ? new URL(url).origin : null;
}

/** To go without one shows the keys to nobody new. */
const newProxy = (from: Destination, to: Destination): boolean => to.proxy !== null && to.proxy !== from.proxy;
