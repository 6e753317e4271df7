import type { SecretBox } from '@app/platform/secrets';
import type { ChannelEntity } from './channel.entity';
import type { ChannelPatch } from './channel-input';
import type { ChannelDraft } from './channel-rules';
import { checkProxy, maskedProxy, proxyContext } from './proxy-address';

type ProxyColumns = Pick<ChannelEntity, 'sealedProxy' | 'proxyPreview'>;

/** A change without settings keeps the proxy, and so does one that repeats what is shown of it. */
export const keepsProxy = ({ proxyPreview }: ProxyColumns, { settings }: ChannelPatch): boolean =>
  settings === undefined || (proxyPreview !== null && settings.proxy === proxyPreview);

export function withoutProxy({ settings, ...patch }: ChannelPatch): ChannelPatch {
  if (!settings) return patch;
  const { proxy: _proxy, ...rest } = settings;
  return { ...patch, settings: rest };
}

/** A checked draft as columns: its proxy sealed, apart from the other settings. */
export function columnsOf(
  secrets: SecretBox,
  id: string,
  draft: ChannelDraft,
): Omit<ChannelDraft, 'settings'> & ProxyColumns & Pick<ChannelEntity, 'settings'> {
  const { proxy, ...settings } = draft.settings;
  const checked = checkProxy(proxy);
  if (!('url' in checked)) return { ...draft, settings, sealedProxy: null, proxyPreview: null };
  const sealedProxy = secrets.seal(checked.url, proxyContext(id));
  return { ...draft, settings, sealedProxy, proxyPreview: maskedProxy(checked.url) };
}

export const proxyColumnsOf = ({ sealedProxy, proxyPreview }: ProxyColumns): ProxyColumns => ({
  sealedProxy,
  proxyPreview,
});
