import { findProvider } from '@app/providers';
import type { SecretBox } from '@app/platform/secrets';
import { type ChannelCredentialEntity, credentialContext } from '../channels/channel-credential.entity';
import type { ChannelEntity } from '../channels/channel.entity';
import type { ChannelRecord } from '../channels/channel-input';
import { proxyContext } from '../channels/proxy-address';
import { ChannelLoad } from './channel-load';
import { compileOverrides } from './overrides';
import { type ChannelView, CredentialView, ProxyAddress } from './route';
import type { Vocabulary } from './vocabulary';

/** A channel that can serve, as the index holds it. */
export interface IndexedChannel {
  readonly view: ChannelView;
  /** Enabled ones; never empty. */
  readonly credentials: readonly CredentialView[];
  readonly groups: readonly string[];
  readonly priority: number;
  readonly weight: number;
  /** What its answers cost us, as a share of the list price. */
  readonly cost: number;
  readonly load: ChannelLoad;
  /** Vocabulary numbers of the names it serves, each once. */
  readonly served: Uint32Array;
  /** Requested name → upstream's name; null: none differs. */
  readonly mapping: ReadonlyMap<string, string> | null;
  /** Which credential is next in turn. */
  turn: number;
}

/** The channel as a request sees it, or null when nobody knows its provider or where it is. Throws where its proxy cannot be opened. */
export function viewOf(channel: ChannelEntity, secrets: SecretBox, load = new ChannelLoad()): ChannelView | null {
  const provider = findProvider(channel.provider);
  const baseUrl = channel.baseUrl ?? provider?.defaultBaseUrl;
  if (!provider || baseUrl == null) return null;
  const { id, name, settings } = channel;
  const protocols = channel.protocols ?? provider.protocols;
  const proxy = openProxy(secrets, channel);
  return { id, name, provider, baseUrl, protocols, settings, overrides: compileOverrides(settings), proxy, load };
}

const openProxy = (secrets: SecretBox, { id, sealedProxy }: ChannelEntity): ProxyAddress | null =>
  sealedProxy ? new ProxyAddress(secrets.open(sealedProxy, proxyContext(id))) : null;

/** Throws where the secret cannot be opened. */
export const openCredential = (secrets: SecretBox, row: ChannelCredentialEntity): CredentialView =>
  new CredentialView(row.id, secrets.open(row.sealedSecret, credentialContext(row.id)), row.preview);

/** What the index needs of a stored channel; null when it cannot serve. `onUnreadable` hears of secrets that do not open. */
export function indexChannel(
  { channel, credentials: rows }: ChannelRecord,
  secrets: SecretBox,
  { vocabulary, load }: { readonly vocabulary: Vocabulary; readonly load: ChannelLoad },
  onUnreadable: (what: string, error: unknown) => void,
): IndexedChannel | null {
  const view = channel.status === 'enabled' ? readableView(channel, secrets, load, onUnreadable) : null;
  if (!view) return null;
  const credentials = rows
    .filter((row) => row.status === 'enabled')
    .flatMap((row) => {
      try {
        return [openCredential(secrets, row)];
      } catch (error) {
        onUnreadable(`credential ${row.id}`, error);
        return [];
      }
    });
  if (credentials.length === 0) return null;
  const mapping = new Map(Object.entries(channel.modelMapping));
  const names = new Set([...channel.models, ...mapping.keys()]);
  return {
    view,
    credentials,
    groups: channel.groups,
    priority: channel.priority,
    weight: channel.weight,
    cost: channel.settings.costMultiplier ?? 1,
    load,
    served: Uint32Array.from(names, (name) => vocabulary.learn(name)),
    mapping: mapping.size > 0 ? mapping : null,
    turn: Math.floor(Math.random() * credentials.length),
  };
}

/** A channel whose proxy is unknown is not called at all: its operator does not want it called directly. */
function readableView(
  channel: ChannelEntity,
  secrets: SecretBox,
  load: ChannelLoad,
  onUnreadable: (what: string, error: unknown) => void,
): ChannelView | null {
  try {
    return viewOf(channel, secrets, load);
  } catch (error) {
    onUnreadable('proxy', error);
    return null;
  }
}
