import { quirksOf } from '@app/providers';
import { RelayError } from '../relay.errors';
import { addressOf } from './address';
import type { Lane } from './lane';
import { PatchReader } from './patch-reader';
import type { Wire } from './wire';

/** A form with files goes upstream as it came, from where it was set aside; only the model's name is changed, in place. */
export const uploadLane = (wire: Wire): Lane => ({
  prepare(request, route) {
    const { upload, model, named = model, body } = request;
    if (!upload) throw new RelayError('internal_error', 'The upload is gone.');
    const { length, stream } = upload.bytes(route.upstreamModel === named ? undefined : route.upstreamModel);
    const address = addressOf(request, route);
    const headers = { ...address.headers, 'content-type': upload.contentType, 'content-length': String(length) };
    const quirks = quirksOf(route.channel.provider, route.protocol);
    return {
      call: { ...address, headers, body: stream, dropped: [] },
      reader: (events) => new PatchReader(wire, quirks, false, events, body),
    };
  },
});
