import { conflict } from '@app/core';
import type { SecretBox } from '@app/platform/secrets';
import { protocolsFor, type UpstreamProtocol } from '@app/providers';
import type { ChannelRecord } from '../channels/channel-input';
import { openCredential, viewOf } from './indexed-channel';
import type { Route } from './route';

export interface ProbeQuery {
  /** The requested name; default: the channel's `testModel`, else the first it serves. */
  readonly model?: string | undefined;
  /** Default: the channel's first. */
  readonly protocol?: UpstreamProtocol | undefined;
  /** This one and no other. Default: any. */
  readonly credentialId?: string | undefined;
}

/**
 * A route to one named channel, whatever its state, over an enabled credential where there is one. `upstreamModel` is empty
 * where the channel serves none. Throws `conflict` when the channel cannot be called at all.
 */
export function probeRoute(record: ChannelRecord, secrets: SecretBox, query: ProbeQuery, now: number): Route {
  const { channel, credentials } = record;
  const view = viewOf(channel, secrets);
  const usable = query.credentialId ? credentials.filter(({ id }) => id === query.credentialId) : credentials;
  const row = usable.find(({ status }) => status === 'enabled') ?? usable[0];
  if (!view || !row) throw conflict('the channel has no key, or its provider is not known to this version');
  const requested =
    query.model ?? channel.settings.testModel ?? channel.models[0] ?? Object.keys(channel.modelMapping)[0] ?? '';
  const mapped = Object.hasOwn(channel.modelMapping, requested) ? channel.modelMapping[requested]! : requested;
  const spoken = mapped === '' ? view.protocols : protocolsFor(view.provider, view.protocols, mapped);
  const protocol = query.protocol ?? spoken[0] ?? view.protocols[0]!;
  if (!spoken.includes(protocol)) throw conflict(`the channel does not speak ${protocol} to this model`);
  return {
    channel: view,
    credential: openCredential(secrets, row),
    upstreamModel: mapped,
    protocol,
    selectedAt: now,
  };
}
