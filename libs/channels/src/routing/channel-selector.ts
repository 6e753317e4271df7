import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '@app/core';
import { ChannelHealth } from '../health/channel-health';
import type { Cooldowns } from '../health/cooldowns';
import { ChannelIndex } from './channel-index';
import type { IndexedChannel } from './indexed-channel';
import type { CredentialView, Route } from './route';
import {
  type Found,
  isEligible,
  routeTo,
  type RouteQuery,
  type Search,
  spread,
  type Tried,
  upstreamModel,
} from './search';
import { best, type Score, scores } from './strategy';

/** A part of a tier; `tierStart`: where its weights are summed up from. */
interface Range {
  readonly start: number;
  readonly end: number;
  readonly tierStart: number;
}

const weightedPicks = 8;
/** So many channels of a tier are compared; of a larger one as many are drawn by weight. */
const mostCompared = 8;
const untried: Tried = { credentials: new Set(), channels: new Set() };

/** Chooses where an attempt goes: the highest priority that can serve, by the strategy among its channels, by turns among a channel's keys. */
@Injectable()
export class ChannelSelector {
  /** Uniform in [0, 1); replaceable for tests. */
  random: () => number = Math.random;
  readonly #cooldowns: Cooldowns;

  constructor(
    private readonly index: ChannelIndex,
    private readonly health: ChannelHealth,
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
      const found = this.#inTier(search, start, tierEnd);
      if (found) return this.#taken(search, found);
      start = tierEnd;
    }
    const last = query.allowCooling ? this.#soonest(search, table.start(row), end) : undefined;
    return last ? routeTo(search, last) : null;
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
      return credential && this.#isReady(search, channel, credential)
        ? this.#taken(search, { channel, credential })
        : null;
    }
    return null;
  }

  /** When the first of those who could serve may be asked again, epoch milliseconds; null: nobody can. */
  readyAt(query: RouteQuery, tried: Tried): number | null {
    const table = this.index.table(query.group);
    const row = table?.row(query.model);
    if (!table || row === undefined) return null;
    const search: Search = { query, tried, table, now: this.clock.now() };
    return this.#soonest(search, table.start(row), table.end(row), false)?.until ?? null;
  }

  #taken(search: Search, found: Found): Route {
    const route = routeTo(search, found);
    return this.health.claim(route, search.now) ? { ...route, isProbe: true } : route;
  }

  #inTier(search: Search, start: number, tierEnd: number): Found | undefined {
    const { strategy = 'weighted', affinity } = search.query;
    if (strategy === 'cheapest') return this.#cheapest(search, start, tierEnd);
    // Calls that belong together stay together, whoever is the fastest just now.
    const score = affinity === undefined ? scores[strategy] : undefined;
    const range = { start, end: tierEnd, tierStart: start };
    return (score && this.#bestOf(search, range, score)) ?? this.#byWeight(search, range);
  }

  /** Those who cost the same follow each other: a tier within the tier. */
  #cheapest(search: Search, tierStart: number, tierEnd: number): Found | undefined {
    for (let start = tierStart; start < tierEnd;) {
      const end = search.table.costEnd(start, tierEnd);
      const found = this.#byWeight(search, { start, end, tierStart });
      if (found) return found;
      start = end;
    }
    return undefined;
  }

  #byWeight(search: Search, range: Range): Found | undefined {
    return this.#pick(search, range) ?? this.#pickAmongAll(search, range);
  }

  #isReady(search: Search, channel: IndexedChannel, credential: CredentialView): boolean {
    const model = upstreamModel(search, channel);
    return ![channel.view.id, credential.id].some((id) => this.#cooldowns.isCooling(id, model, search.now));
  }

  /** Nearly always the first of these finds one; each pick costs a binary search. */
  #pick(search: Search, range: Range): Found | undefined {
    const size = range.end - range.start;
    const picks = this.#weightOf(search, range) > 0 ? Math.min(weightedPicks, size) : 0;
    const { affinity } = search.query;
    for (let pick = 0; pick < picks; pick++) {
      const channel = this.#drawn(search, range, affinity === undefined ? this.random() : spread(affinity, pick));
      const credential = this.#credentialOf(search, channel);
      if (credential) return { channel, credential };
    }
    return undefined;
  }

  #weightOf({ table }: Search, { start, end, tierStart }: Range): number {
    return table.tierWeight(end) - table.weightBefore(start, tierStart);
  }

  #drawn(search: Search, range: Range, share: number): IndexedChannel {
    const { table } = search;
    const point = table.weightBefore(range.start, range.tierStart) + share * this.#weightOf(search, range);
    return table.channelAt(table.entryAt(range.start, range.end, point));
  }

  /** The best that can serve among all of a small tier, or among some drawn from a large one. */
  #bestOf(search: Search, range: Range, score: Score): Found | undefined {
    const candidates = this.#candidates(search, range);
    const values = candidates.map((channel) => score(channel, upstreamModel(search, channel), search.now));
    const out = new Set<number>();
    for (let at; (at = best(candidates, values, out, this.random)) >= 0; out.add(at)) {
      const channel = candidates[at]!;
      const credential = this.#credentialOf(search, channel);
      if (credential) return { channel, credential };
    }
    return undefined;
  }

  #candidates(search: Search, range: Range): IndexedChannel[] {
    const size = range.end - range.start;
    if (size > mostCompared && this.#weightOf(search, range) > 0)
      return Array.from({ length: mostCompared }, () => this.#drawn(search, range, this.random()));
    return Array.from({ length: Math.min(size, mostCompared) }, (_, at) => search.table.channelAt(range.start + at));
  }

  /**
   * Looks at every channel of the tier once, so that the only one left of ten thousand is found, and still by weight: the
   * n-th usable one replaces the choice with the probability of its share so far. Without weight: only where none has any.
   */
  #pickAmongAll(search: Search, { start, end }: Range): Found | undefined {
    let chosen: Found | undefined;
    let total = 0;
    let weightless = 0;
    for (let entry = start; entry < end; entry++) {
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
    const { affinity } = search.query;
    const first = affinity === undefined ? channel.turn : affinity % credentials.length;
    for (let step = 0; step < credentials.length; step++) {
      const at = (first + step) % credentials.length;
      const credential = credentials[at]!;
      if (search.tried.credentials.has(credential.id)) continue;
      if (this.#cooldowns.isCooling(credential.id, model, search.now)) continue;
      channel.turn = (at + 1) % credentials.length;
      return credential;
    }
    return undefined;
  }

  /** Whose pause ends first; `ifAllowed`: not one that an upstream asked for itself. */
  #soonest(
    search: Search,
    start: number,
    end: number,
    ifAllowed = true,
  ): (Found & { readonly until: number }) | undefined {
    let soonest: (Found & { readonly until: number }) | undefined;
    const isBound = (subject: string, model: string): boolean =>
      ifAllowed && this.#cooldowns.isBound(subject, model, search.now);
    for (let entry = start; entry < end; entry++) {
      const channel = search.table.channelAt(entry);
      if (!isEligible(search, channel)) continue;
      const model = upstreamModel(search, channel);
      if (isBound(channel.view.id, model)) continue;
      const channelUntil = this.#cooldowns.until(channel.view.id, model);
      for (const credential of channel.credentials) {
        if (search.tried.credentials.has(credential.id) || isBound(credential.id, model)) continue;
        const until = Math.max(channelUntil, this.#cooldowns.until(credential.id, model));
        if (!soonest || until < soonest.until) soonest = { channel, credential, until };
      }
    }
    return soonest;
  }
}
