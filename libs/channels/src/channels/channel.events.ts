import type { ChangeBus } from '@app/platform/bus';

/** Told after every change of channels or credentials. */
export const CHANNELS_CHANGED = 'channels.changed';

/** Told when a credential or a whole channel starts to rest, or may be used again. */
export const CREDENTIALS_COOLED = 'credentials.cooled';

export type ChannelsChanged = {
  /** Absent: any channel may have changed. */
  readonly channelIds?: string[];
  /** An operator re-enabled them: what was held against them is forgotten. */
  readonly reset?: boolean;
};

export type CredentialsCooled = {
  readonly channelId: string;
  /** The channel's own id where all of it rests. */
  readonly credentialId: string;
  /** The upstream's model, or `*`. */
  readonly model: string;
  /** Epoch milliseconds; 0: may be used again. */
  readonly until: number;
  /** The upstream named the time itself. */
  readonly binding?: boolean;
  readonly level?: number;
  readonly halfOpen?: boolean;
  readonly reason?: string;
  /** Nothing begins: a pause that has passed is tried by one call, at most until then; 0: no longer. */
  readonly probeBy?: number;
};

/** A message names few channels; for more it says "any". */
const mostNamed = 50;

export function publishChannelsChanged(bus: ChangeBus, ids: readonly string[], reset = false): Promise<void> {
  const changed: ChannelsChanged = { ...(ids.length <= mostNamed ? { channelIds: [...ids] } : {}), reset };
  return bus.publish(CHANNELS_CHANGED, changed);
}
