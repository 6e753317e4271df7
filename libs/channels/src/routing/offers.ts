import { offers, type Operation, type UpstreamProtocol } from '@app/providers';
import type { ChannelView } from './route';

/** Whether the channel's upstream can be asked this: by its provider's record, or at a path its operator has named. */
export const offersOver = (
  { provider, settings }: Pick<ChannelView, 'provider' | 'settings'>,
  protocol: UpstreamProtocol,
  operation: Operation,
): boolean => settings.paths?.[operation] !== undefined || offers(provider, protocol, operation);
