import { isMetadataHost } from './base-url';

export type CheckedProxy = { readonly url: string } | { readonly problem: string };

const protocols = new Set(['http:', 'https:', 'socks5:']);
const MASK = '***';

/** A proxy's address as it is stored: sealed, because it may hold a password. */
export function checkProxy(text: unknown): CheckedProxy {
  if (typeof text !== 'string' || text.length > 2048) return { problem: 'must be at most 2048 characters' };
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined;
  if (!url || !protocols.has(url.protocol) || url.hostname === '')
    return { problem: 'must be an http, https or socks5 URL such as http://user:password@host:8080' };
  if (url.password === MASK) return { problem: 'is masked: enter the whole address again' };
  if ((url.username === '') !== (url.password === ''))
    return { problem: 'must hold both user and password, or neither' };
  if (!/^\/?$/.test(url.pathname) || url.search !== '' || url.hash !== '')
    return { problem: 'must end after the port: proxies have no path' };
  if (isMetadataHost(url.hostname)) return { problem: 'must not be a cloud metadata service' };
  return { url: url.href.replace(/\/$/, '') };
}

/** What of a checked address may be shown. */
export function maskedProxy(address: string): string {
  const url = new URL(address);
  const login = url.password === '' ? '' : `${MASK}:${MASK}@`;
  return `${url.protocol}//${login}${url.host}`;
}

/** What `SecretBox` binds a channel's sealed proxy to. */
export const proxyContext = (channelId: string): string => `channel-proxy:${channelId}`;
