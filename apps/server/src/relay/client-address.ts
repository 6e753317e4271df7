import type { IncomingMessage } from 'node:http';
import type { Env } from '@app/platform/env';
import { canonicalIp } from '@app/users';
import proxyAddress from 'proxy-addr';

export type AddressReader = (req: IncomingMessage) => string;

type Trust = (address: string, hop: number) => boolean;

/** The caller's address as the control plane's Express sees it with the same `trust proxy`. */
export function addressReader(trustProxy: Env['trustProxy']): AddressReader {
  if (trustProxy === false) return (req) => plain(req.socket.remoteAddress);
  const trusts = trustOf(trustProxy);
  return (req) => plain(furthestTrusted(req, trusts));
}

/** As Express reads the setting. */
function trustOf(trustProxy: Env['trustProxy']): Trust {
  if (typeof trustProxy === 'boolean') return () => trustProxy;
  if (typeof trustProxy === 'number') return (_address, hop) => hop < trustProxy;
  return proxyAddress.compile([...trustProxy]);
}

/** From the socket outwards along X-Forwarded-For, as long as the hop before is trusted. */
function furthestTrusted(req: IncomingMessage, trusts: Trust): string | undefined {
  const forwarded = String(req.headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((address) => address.trim());
  const hops = [req.socket.remoteAddress ?? '', ...forwarded.filter(Boolean).reverse()];
  let hop = 0;
  while (hop < hops.length - 1 && trusts(hops[hop] ?? '', hop)) hop += 1;
  return hops[hop];
}

const plain = (address: string | undefined): string => canonicalIp(address ?? '') ?? 'unknown';
