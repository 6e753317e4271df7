/** lanes: the two ways through the relay, chosen per attempt. */
import type { Route } from '@app/channels';
import { wireFor } from '../operations';
import type { RelayRequest } from '../relay.types';
import type { Lane } from './lane';
import { patchLane } from './patch';
import { translateLane } from './translate';
import type { Wire } from './wire';

const patchLanes = new WeakMap<Wire, Lane>();

/** The caller's own bytes where the upstream speaks the caller's protocol, else a translation. */
export function laneOf(request: RelayRequest, route: Route): Lane {
  if (route.protocol !== request.protocol) return translateLane;
  const wire = wireFor(request);
  let lane = patchLanes.get(wire);
  if (!lane) patchLanes.set(wire, (lane = patchLane(wire)));
  return lane;
}
