import type { Route } from '@app/channels';
import { quirksOf } from '@app/providers';
import type { RelayRequest } from '../relay.types';
import { parameterEdits } from '../overrides/parameter-edits';
import { type BodyRule, rulesFor, rulesForEach } from '../overrides/parameters';
import { besides, type Refused, refusedFor } from '../overrides/refused';
import { renamedFor } from '../overrides/renamed';
import { promptEdits } from '../overrides/prompt-edits';
import { promptFor } from '../overrides/system-prompt';
import { applyEdits, type Edit, setMember } from '../request/edits';
import type { Body } from '../request/members';
import { addressOf } from './address';
import type { Lane } from './lane';
import { PatchReader } from './patch-reader';
import { RawReader } from './raw-reader';
import type { Foreign, Wire } from './wire';

/**
 * Same protocol on both sides: the caller's own bytes go upstream; only the model's name, the wish for usage and what the channel
 * overrides are changed, in place, and what the gateway does not know passes untouched, both ways.
 */
export const patchLane = (wire: Wire): Lane => ({
  prepare(request, route) {
    const quirks = quirksOf(route.channel.provider, route.protocol);
    const stripUsage = request.stream && quirks.acceptsUsageOption && !wire.wantsUsage(request.body);
    const refused = refusedFor(request, route);
    const edits = editsOf(request, route, wire, stripUsage, refused);
    const foreign = foreignIn(request, route, wire);
    const body = applyEdits(request.body, foreign ? [...edits, ...foreign.edits] : edits);
    const dropped = [...(foreign?.dropped ?? []), ...(refused?.dropped ?? [])];
    const call = { ...addressOf(request, route), body, dropped };
    if (wire.isRaw && !request.stream) return { call, raw: true, reader: (events) => new RawReader(events) };
    return {
      call,
      reader: (events) => new PatchReader(wire, quirks, stripUsage, events),
    };
  },
});

function editsOf(
  request: RelayRequest,
  route: Route,
  wire: Wire,
  askForUsage: boolean,
  refused: Refused | undefined,
): Edit[] {
  const { body } = request;
  const edits: Edit[] = askForUsage ? [...wire.askForUsage(body)] : [];
  const { provider, overrides } = route.channel;
  if (wire.nameModel) edits.push(...wire.nameModel(body, route));
  else if (isRenamed(request, route)) edits.push(setMember(body, 'model', route.upstreamModel));
  if (overrides === null && !provider.members && !provider.renames && !refused) return edits;
  const all = [...edits, ...overridesOf(request, route, refused?.rules ?? [])];
  return refused ? [...all, ...besides(refused.edits, all)] : all;
}

/** What another upstream's answers left in the conversation, taken out; undefined for nearly all. */
function foreignIn({ body }: RelayRequest, { upstreamModel }: Route, { foreign }: Wire) {
  if (!foreign || !isIn(body.bytes, foreign)) return undefined;
  const dropped = new Set<string>();
  return { edits: foreign.edits(body, { model: upstreamModel, dropped }), dropped };
}

const isIn = (bytes: Buffer, foreign: Foreign): boolean =>
  foreign.marks.some((mark) => bytes.includes(mark)) || (foreign.mayBeIn?.(bytes) ?? false);

const isRenamed = (
  { body, model, named = model }: RelayRequest,
  { channel, protocol, upstreamModel }: Route,
): boolean =>
  upstreamModel !== named &&
  body.get('model') !== undefined &&
  !channel.provider.members?.[protocol]?.remove?.includes('model');

function overridesOf(request: RelayRequest, route: Route, refused: readonly BodyRule[]): readonly Edit[] {
  const { body, protocol } = request;
  const rules = [...refused, ...rulesFor(request, route), ...renamedFor(request, route)];
  return [
    ...promptEdits(body, protocol, promptFor(request, route)),
    ...parameterEdits(body, rules),
    ...editsOfEach(body, rulesForEach(request, route)),
  ];
}

/** The same changes in each request of a batch. */
function editsOfEach(body: Body, rules: readonly BodyRule[]): readonly Edit[] {
  const requests = rules.length > 0 ? body.get('requests') : undefined;
  if (requests?.type !== 'array') return [];
  return body
    .items(requests)
    .flatMap((item) => (item.type === 'object' ? parameterEdits(body.inside(item), rules) : []));
}
