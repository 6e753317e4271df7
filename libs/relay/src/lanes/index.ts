/** lanes: the ways through the relay, chosen per attempt. */
import type { Route } from '@app/channels';
import type { Operation } from '@app/providers';
import { completesText } from '../operations/completions';
import { wireFor } from '../operations';
import type { RelayRequest } from '../relay.types';
import { countTokensLane, isVertex } from './count-tokens';
import { embeddingsLane } from './embeddings';
import { imagesLane } from './images';
import type { Lane } from './lane';
import { patchLane } from './patch';
import { translateLane } from './translate';
import { uploadLane } from './upload';
import type { Wire } from './wire';

const patchLanes = new WeakMap<Wire, Lane>();
const uploadLanes = new WeakMap<Wire, Lane>();

/** The caller's own bytes where the upstream speaks the caller's protocol, else a translation. */
export function laneOf(request: RelayRequest, route: Route): Lane {
  if (route.protocol !== request.protocol || isShaped(request, route))
    return translations[request.operation] ?? translateLane;
  if (request.operation === 'count-tokens' && isVertex(route)) return countTokensLane;
  if (request.operation === 'completions' && !completesText(route)) return translateLane;
  const wire = wireFor(request);
  return request.upload ? laneFor(wire, uploadLanes, uploadLane) : laneFor(wire, patchLanes, patchLane);
}

/** The upstream's model takes bodies of its own kind, whatever protocol it is reached over. */
const isShaped = ({ operation }: RelayRequest, { channel, upstreamModel }: Route): boolean =>
  channel.provider.shapeOf?.(operation, upstreamModel) !== undefined;

const translations: Readonly<Partial<Record<Operation, Lane>>> = {
  'count-tokens': countTokensLane,
  embeddings: embeddingsLane,
  'batch-embeddings': embeddingsLane,
  images: imagesLane,
};

function laneFor(wire: Wire, known: WeakMap<Wire, Lane>, make: (wire: Wire) => Lane): Lane {
  let lane = known.get(wire);
  if (!lane) known.set(wire, (lane = make(wire)));
  return lane;
}
