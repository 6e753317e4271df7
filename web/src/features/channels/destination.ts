import type { Channel } from '@/api/types';
import type { ChannelValues } from './channel-values';

type Going = Pick<ChannelValues, 'baseUrl'> & {
  readonly settings: Pick<ChannelValues['settings'], 'proxy' | 'tokenUrl'>;
};
type Stored = Pick<Channel, 'baseUrl' | 'settings'> & { readonly keys: readonly unknown[] };

/** Stored credentials are sent to the host they were entered for only, and through no new proxy, and their tokens asked for nowhere else: the server refuses anything else. */
export function leavesItsHost(values: Going, channel: Stored, ownUrl: string | null): boolean {
  if (channel.keys.length === 0) return false;
  const proxy = values.settings.proxy.trim();
  const newProxy = proxy !== '' && proxy !== channel.settings.proxy;
  const tokenUrl = values.settings.tokenUrl.trim();
  const newTokenUrl = tokenUrl !== '' && tokenUrl !== channel.settings.tokenUrl;
  return newProxy || newTokenUrl || originOf(values.baseUrl.trim() || ownUrl) !== originOf(channel.baseUrl);
}

const originOf = (url: string | null): string | null =>
  url !== null && URL.canParse(url) ? new URL(url).origin : null;
