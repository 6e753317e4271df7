import type { Route } from '@app/channels';
import { quirksOf } from '@app/providers';
import type { RelayRequest } from '../relay.types';
import { applyEdits, type Edit, setMember } from '../request/edits';
import { addressOf } from './address';
import type { Lane } from './lane';
import { PatchReader } from './patch-reader';
import { RawReader } from './raw-reader';
import type { Wire } from './wire';

/**
 * Same protocol on both sides: the caller's own bytes go upstream; only the model's name and the wish for usage are changed, in
 * place, and what the gateway does not know passes untouched, both ways.
 */
export const patchLane = (wire: Wire): Lane => ({
  prepare(request, route) {
    const quirks = quirksOf(route.channel.provider, route.protocol);
    const stripUsage = request.stream && quirks.acceptsUsageOption && !wire.wantsUsage(request.body);
    const body = applyEdits(request.body, editsOf(request, route, stripUsage ? wire : null));
    const call = { ...addressOf(request, route), body, dropped: [] };
    if (wire.isRaw && !request.stream) return { call, raw: true, reader: (events) => new RawReader(events) };
    return {
      call,
      reader: (events) => new PatchReader(wire, quirks, stripUsage, events),
    };
  },
});

function editsOf({ body, model }: RelayRequest, route: Route, askForUsage: Wire | null): Edit[] {
  const edits: Edit[] = askForUsage ? [...askForUsage.askForUsage(body)] : [];
  if (route.upstreamModel !== model && body.get('model')) edits.push(setMember(body, 'model', route.upstreamModel));
  return edits;
}
