import { type Operation, protocolsFor, type UpstreamProtocol } from '@app/providers';
import type { GroupTable } from './group-table';
import type { IndexedChannel } from './indexed-channel';
import { offersOver } from './offers';
import type { CredentialView, Route } from './route';
import type { Strategy } from './strategy';

export interface RouteQuery {
  readonly group: string;
  readonly model: string;
  /** Among channels of the same priority; absent: by weight. */
  readonly strategy?: Strategy;
  /** Calls with the same number go to the same channel and credential while those are well: an unsigned integer of 32 bits. */
  readonly affinity?: number;
  /** Pass over channels whose upstream has no such operation. */
  readonly operation?: Operation;
  /** The caller's own protocol first, then those it can be translated to, if it matters. */
  readonly protocols?: readonly UpstreamProtocol[];
  /** Pass over channels that speak none of `protocols`. Otherwise such a channel is used with the first it speaks. */
  readonly onlyThese?: boolean;
  /** As a last resort, whoever's pause ends first, except pauses an upstream asked for itself. */
  readonly allowCooling?: boolean;
}

/** What this request has been through; neither is chosen again. */
export interface Tried {
  readonly credentials: ReadonlySet<string>;
  readonly channels: ReadonlySet<string>;
}

/** One look for a route: the question with what it takes to answer it. */
export interface Search {
  readonly query: RouteQuery;
  readonly tried: Tried;
  readonly table: GroupTable;
  readonly now: number;
}

export interface Found {
  readonly channel: IndexedChannel;
  readonly credential: CredentialView;
}

export function isEligible(search: Search, channel: IndexedChannel): boolean {
  const { query, tried } = search;
  if (tried.channels.has(channel.view.id)) return false;
  const spoken = spokenTo(search, channel);
  if (!query.onlyThese || !query.protocols) return spoken.length > 0;
  return query.protocols.some((protocol) => spoken.includes(protocol));
}

/** What the channel speaks to the model that is asked for. */
function spokenTo(search: Search, channel: IndexedChannel): readonly UpstreamProtocol[] {
  const { view } = channel;
  const { provider, protocols } = view;
  const able = provider.protocolsOf ? protocolsFor(provider, protocols, upstreamModel(search, channel)) : protocols;
  const { operation } = search.query;
  // Only records with paths of their own take any away.
  if (!operation || !provider.paths || able.every((protocol) => offersOver(view, protocol, operation))) return able;
  return able.filter((protocol) => offersOver(view, protocol, operation));
}

/** The caller's own protocol where it is spoken, else the first of the provider's (or channel's) that it can be translated to. */
function preferred(
  [own, ...others]: readonly UpstreamProtocol[] = [],
  spoken: readonly UpstreamProtocol[],
): UpstreamProtocol {
  if (own && spoken.includes(own)) return own;
  return spoken.find((protocol) => others.includes(protocol)) ?? spoken[0]!; // a channel speaks at least one
}

export const upstreamModel = ({ query }: Search, { mapping }: IndexedChannel): string =>
  mapping?.get(query.model) ?? query.model;

export function routeTo(search: Search, { channel, credential }: Found): Route {
  const protocols = spokenTo(search, channel);
  return {
    channel: channel.view,
    credential,
    upstreamModel: upstreamModel(search, channel),
    protocol: preferred(search.query.protocols, protocols),
    selectedAt: search.now,
  };
}

/** Another number in [0, 1) for each `step` of the same affinity: murmur3's finaliser. */
export function spread(affinity: number, step: number): number {
  let mixed = (affinity + Math.imul(step, 0x9e3779b9)) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 4_294_967_296;
}
