import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '@app/core';
import { type Operation, protocolsFor, type UpstreamProtocol } from '@app/providers';
import { ChannelHealth } from '../health/channel-health';
import type { Cooldowns } from '../health/cooldowns';
import { ChannelIndex } from './channel-index';
import type { GroupTable } from './group-table';
import type { IndexedChannel } from './indexed-channel';
import { offersOver } from './offers';
import type { CredentialView, Route } from './route';

export interface RouteQuery {
  readonly group: string;
  readonly model: string;
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
interface Search {
  readonly query: RouteQuery;
  readonly tried: Tried;
  readonly table: GroupTable;
  readonly now: number;
}

interface Found {
  readonly channel: IndexedChannel;
  readonly credential: CredentialView;
}

const weightedPicks = 8;
const untried: Tried = { credentials: new Set(), channels: new Set() };

/** Chooses where an attempt goes: the highest priority that can serve, by weight among its channels, by turns among a channel's keys. */
@Injectable()
export class ChannelSelector {
  /** Uniform in [0, 1); replaceable for tests. */
  random: () => number = Math.random;
  readonly #cooldowns: Cooldowns;

  constructor(
    private readonly index: ChannelIndex,
    health: ChannelHealth,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.#cooldowns = health.cooldowns;
  }

  /** Null: nobody serves the model to the group, or all who do were tried or rest. `ChannelIndex.serves` tells which. */
  select(query: RouteQuery, tried: Tried): Route | null {
    const table = this.index.table(query.group);
    const row = table?.row(query.model);
    if (!table || row === undefined) return null;
    const search: Search = { query, tried, table, now: this.clock.now() };
    const end = table.end(row);
    for (let start = table.start(row); start < end;) {
      const tierEnd = table.tierEnd(start, end);
      const found = this.#pick(search, start, tierEnd) ?? this.#pickAmongAll(search, start, tierEnd);
      if (found) return route(search, found);
      start = tierEnd;
    }
    const last = query.allowCooling ? this.#soonest(search, table.start(row), end) : undefined;
    return last ? route(search, last) : null;
  }

  /** The route over one known channel and credential; null when it does not serve the model to the group, or rests. */
  selectKnown(query: RouteQuery, known: { readonly channelId: string; readonly credentialId: string }): Route | null {
    const table = this.index.table(query.group);
    const row = table?.row(query.model);
    if (!table || row === undefined) return null;
    const search: Search = { query: { ...query, onlyThese: true }, tried: untried, table, now: this.clock.now() };
    for (let entry = table.start(row); entry < table.end(row); entry++) {
      const channel = table.channelAt(entry);
      if (channel.view.id !== known.channelId || !isEligible(search, channel)) continue;
      const credential = channel.credentials.find(({ id }) => id === known.credentialId);
      return credential && this.#isReady(search, channel, credential) ? route(search, { channel, credential }) : null;
    }
    return null;
  }

  #isReady(search: Search, channel: IndexedChannel, credential: CredentialView): boolean {
    const model = upstreamModel(search, channel);
    return ![channel.view.id, credential.id].some((id) => this.#cooldowns.isCooling(id, model, search.now));
  }

  /** Nearly always the first of these finds one; each pick costs a binary search. */
  #pick(search: Search, start: number, tierEnd: number): Found | undefined {
    const weight = search.table.tierWeight(tierEnd);
    const picks = weight > 0 ? Math.min(weightedPicks, tierEnd - start) : 0;
    for (let pick = 0; pick < picks; pick++) {
      const channel = search.table.channelAt(search.table.entryAt(start, tierEnd, this.random() * weight));
      const credential = this.#credentialOf(search, channel);
      if (credential) return { channel, credential };
    }
    return undefined;
  }

  /**
   * Looks at every channel of the tier once, so that the only one left of ten thousand is found, and still by weight: the
   * n-th usable one replaces the choice with the probability of its share so far. Without weight: only where none has any.
   */
  #pickAmongAll(search: Search, start: number, tierEnd: number): Found | undefined {
    let chosen: Found | undefined;
    let total = 0;
    let weightless = 0;
    for (let entry = start; entry < tierEnd; entry++) {
      const channel = search.table.channelAt(entry);
      if (channel.weight === 0 && total > 0) continue;
      const credential = this.#credentialOf(search, channel);
      if (!credential) continue;
      total += channel.weight;
      const share = total > 0 ? channel.weight / total : 1 / ++weightless;
      if (this.random() < share) chosen = { channel, credential };
    }
    return chosen;
  }

  /** The next of the channel's credentials in turn that may be used; undefined: the channel cannot serve now. */
  #credentialOf(search: Search, channel: IndexedChannel): CredentialView | undefined {
    if (!isEligible(search, channel)) return undefined;
    const { credentials } = channel;
    const model = upstreamModel(search, channel);
    if (this.#cooldowns.isCooling(channel.view.id, model, search.now)) return undefined;
    for (let step = 0; step < credentials.length; step++) {
      const at = (channel.turn + step) % credentials.length;
      const credential = credentials[at]!;
      if (search.tried.credentials.has(credential.id)) continue;
      if (this.#cooldowns.isCooling(credential.id, model, search.now)) continue;
      channel.turn = (at + 1) % credentials.length;
      return credential;
    }
    return undefined;
  }

  #soonest(search: Search, start: number, end: number): Found | undefined {
    let best: (Found & { readonly until: number }) | undefined;
    for (let entry = start; entry < end; entry++) {
      const channel = search.table.channelAt(entry);
      if (!isEligible(search, channel)) continue;
      const model = upstreamModel(search, channel);
      if (this.#cooldowns.isBound(channel.view.id, model, search.now)) continue;
      const channelUntil = this.#cooldowns.until(channel.view.id, model);
      for (const credential of channel.credentials) {
        if (search.tried.credentials.has(credential.id)) continue;
        if (this.#cooldowns.isBound(credential.id, model, search.now)) continue;
        const until = Math.max(channelUntil, this.#cooldowns.until(credential.id, model));
        if (!best || until < best.until) best = { channel, credential, until };
      }
    }
    return best;
  }
}

function isEligible(search: Search, channel: IndexedChannel): boolean {
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

const upstreamModel = ({ query }: Search, { mapping }: IndexedChannel): string =>
  mapping?.get(query.model) ?? query.model;

function route(search: Search, { channel, credential }: Found): Route {
  const protocols = spokenTo(search, channel);
  return {
    channel: channel.view,
    credential,
    upstreamModel: upstreamModel(search, channel),
    protocol: preferred(search.query.protocols, protocols),
    selectedAt: search.now,
  };
}
