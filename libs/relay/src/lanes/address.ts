import type { Route } from '@app/channels';
import type { UpstreamAddress } from '@app/providers';
import type { RelayRequest } from '../relay.types';

/** Where a call goes on its route, with the credential in its headers. */
export const addressOf = (
  { operation, stream }: Pick<RelayRequest, 'operation' | 'stream'>,
  { channel, credential, protocol, upstreamModel }: Route,
): UpstreamAddress =>
  channel.provider.request({
    protocol,
    operation,
    baseUrl: channel.baseUrl,
    credential: credential.secret,
    model: upstreamModel,
    stream,
    settings: channel.settings,
  });
