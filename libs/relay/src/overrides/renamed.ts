import type { Route } from '@app/channels';
import type { RelayRequest } from '../relay.types';
import type { BodyRule } from './parameters';

/** Members the provider knows by another name; where the caller gives both, the provider's own stands. */
export function renamedFor(
  { operation, body }: Pick<RelayRequest, 'operation' | 'body'>,
  { channel }: Pick<Route, 'channel'>,
): readonly BodyRule[] {
  return Object.entries(channel.provider.renames?.[operation] ?? {}).flatMap(([from, to]): BodyRule[] => {
    const value = body.value(from);
    if (value === undefined) return [];
    return [
      { op: 'delete', path: [from], value: undefined },
      { op: 'default', path: [to], value },
    ];
  });
}
