import type { Route } from '@app/channels';
import type { RelayRequest } from '../relay.types';
import type { UpstreamCall } from '../transport/transport';

/** Where a call goes on its route and through whom, with the credential in its headers. */
export function addressOf(
  { operation, stream }: Pick<RelayRequest, 'operation' | 'stream'>,
  { channel, credential, protocol, upstreamModel }: Route,
): Omit<UpstreamCall, 'body' | 'dropped'> {
  const address = channel.provider.request({
    protocol,
    operation,
    baseUrl: channel.baseUrl,
    credential: credential.secret,
    model: upstreamModel,
    stream,
    settings: channel.settings,
  });
  const { timeouts } = channel.settings;
  return channel.proxy || timeouts ? { ...address, proxy: channel.proxy, timeouts } : address;
}
