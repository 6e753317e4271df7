import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { CLOCK, type Clock, messageOf } from '@app/core';
import { Settings } from '@app/config';
import { ChangeBus } from '@app/platform/bus';
import type { UpstreamErrorKind } from '@app/providers';
import {
  CHANNELS_CHANGED,
  type ChannelsChanged,
  CREDENTIALS_COOLED,
  type CredentialsCooled,
} from '../channels/channel.events';
import { channelSettings } from '../channels.settings';
import type { Route } from '../routing/route';
import { AutoDisabler } from './auto-disabler';
import { Breakers, grown } from './breakers';
import { anyModel, Cooldowns, type Pause } from './cooldowns';
import { FailureCounts } from './failure-counts';
import { ResponseTimeRecorder } from './response-time-recorder';

/** How an attempt failed. `network`: no answer at all, or a connection that broke. */
export interface ChannelFailure {
  readonly kind: UpstreamErrorKind | 'network';
  readonly status?: number | null;
  readonly code?: string;
  readonly retryAfterMs?: number;
  /** Free of secrets: it is shown to operators. */
  readonly message: string;
}

/** One pause, for operators. */
export interface HeldAgainst {
  /** The upstream's; null: every one. */
  readonly model: string | null;
  /** Epoch milliseconds. */
  readonly until: number;
  /** What kind of failure led to it. */
  readonly reason: string | null;
  /** `open`: a breaker's; `half_open`: one call is trying whether it may close; `cooling`: a credential's. */
  readonly state: 'cooling' | 'open' | 'half_open';
}

type Consequence = (route: Route, failure: ChannelFailure, now: number) => void;

/** How long a credential rests while the database hears that it is disabled. */
const condemnedMs = 60_000;
const sweepMs = 10_000;

/**
 * What attempts teach about credentials and channels, in memory: pauses are shared with the other nodes, counts are this node's
 * own. Called on every attempt: nothing here waits.
 */
@Injectable()
export class ChannelHealth implements OnModuleInit, OnApplicationShutdown {
  readonly cooldowns = new Cooldowns();
  readonly #logger = new Logger('ChannelHealth');
  readonly #refusals = new FailureCounts();
  readonly #breakers: Breakers;
  #unsubscribe: readonly (() => void)[] = [];
  #sweeper?: NodeJS.Timeout;

  constructor(
    private readonly disabler: AutoDisabler,
    private readonly times: ResponseTimeRecorder,
    private readonly settings: Settings,
    @Inject(ChangeBus) private readonly bus: ChangeBus,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.#breakers = new Breakers(this.cooldowns, settings);
  }

  onModuleInit(): void {
    this.#unsubscribe = [
      this.bus.subscribe(CREDENTIALS_COOLED, (payload) => this.#heard(payload as CredentialsCooled)),
      this.bus.subscribe(CHANNELS_CHANGED, (payload) => this.#changed(payload as ChannelsChanged | null)),
    ];
    this.#sweeper = setInterval(() => this.cooldowns.sweep(this.clock.now()), sweepMs).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#sweeper);
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }

  /** An answer came: what was held against this credential and channel before the attempt began is disproved. */
  succeeded(route: Route, { firstByteMs }: { readonly firstByteMs: number }): void {
    const { channel, credential, upstreamModel } = route;
    this.times.note(channel.id, firstByteMs);
    this.#refusals.clear(credential.id);
    this.#breakers.succeeded(route);
    channel.load.note(upstreamModel, firstByteMs, this.clock.now());
    this.#end(route, credential.id);
    this.#end(route, channel.id);
  }

  /** The first part of an answer arrived, for a call that tries whether a channel works again: it does. */
  proved(route: Route): void {
    this.#end(route, route.channel.id);
  }

  /** A call that was to try ended without a verdict: another may. */
  undecided(route: Route): void {
    if (!route.isProbe) return;
    this.cooldowns.probing(route.channel.id, route.upstreamModel, 0);
    this.#publish({ ...this.#subject(route, route.channel.id), until: 0, probeBy: 0 });
  }

  /** Whether this call is the one that tries a channel whose pause has passed; other nodes are told. */
  claim({ channel, upstreamModel: model }: Pick<Route, 'channel' | 'upstreamModel'>, now: number): boolean {
    if (!this.cooldowns.claim(channel.id, model, now)) return false;
    const probeBy = this.cooldowns.until(channel.id, model);
    this.#publish({ channelId: channel.id, credentialId: channel.id, model, until: 0, probeBy });
    return true;
  }

  failed(route: Route, failure: ChannelFailure): void {
    const broke = breaking.has(failure.kind);
    // Whoever refuses is there.
    if (route.isProbe && !broke) this.proved(route);
    this.#consequences[failure.kind]?.(route, failure, this.clock.now());
  }

  /** What is held against a credential or a whole channel, as this node knows it. */
  pausesOf(subject: string): readonly HeldAgainst[] {
    return this.cooldowns
      .of(subject, this.clock.now())
      .map(({ model, pause: { until, reason, halfOpen }, probing }) => ({
        model: model === anyModel ? null : model,
        until,
        reason: reason === undefined || reason === '' ? null : reason,
        state: probing ? 'half_open' : halfOpen ? 'open' : 'cooling',
      }));
  }

  /** What is known on this node: `cooling` when nothing of the channel can be used at once. */
  of(channelId: string, credentialIds: readonly string[]): 'healthy' | 'degraded' | 'cooling' {
    const now = this.clock.now();
    const resting = credentialIds.filter((id) => this.cooldowns.isTroubled(id, now));
    if (credentialIds.length > 0 && resting.length === credentialIds.length) return 'cooling';
    const doubted = credentialIds.some((id) => this.#refusals.has(id));
    return resting.length > 0 || doubted || this.cooldowns.isTroubled(channelId, now) ? 'degraded' : 'healthy';
  }

  /** Kinds without an entry say nothing about the credential's next request. */
  readonly #consequences: Readonly<Partial<Record<ChannelFailure['kind'], Consequence>>> = {
    rate_limited: (route, failure, now) => this.#rest(route, failure, 'cooldown.rateLimitedMs', now),
    overloaded: (route, failure, now) => this.#rest(route, failure, 'cooldown.overloadedMs', now),
    credential_invalid: (route, failure, now) => this.#refused(route, failure, now),
    quota_exhausted: (route, failure, now) => this.#refused(route, failure, now),
    network: (route, failure, now) => this.#broke(route, failure, now),
    timeout: (route, failure, now) => this.#broke(route, failure, now),
    upstream_error: (route, failure, now) => this.#broke(route, failure, now),
  };

  /** For as long as the upstream asks, or as a setting guesses: longer each time in a row. */
  #rest(route: Route, { retryAfterMs, kind }: ChannelFailure, guess: Guess, now: number): void {
    const longest = this.settings.get(channelSettings['cooldown.longestMs']);
    const last = this.cooldowns.last(route.credential.id, route.upstreamModel);
    // Only a call made after the last pause says that it was too short.
    const level = (last?.level ?? 0) + (!last || route.selectedAt >= last.until ? 1 : 0);
    const guessed = grown(this.settings.get(channelSettings[guess]), Math.max(level, 1), longest);
    const until = now + Math.min(retryAfterMs ?? guessed, longest);
    this.#cool(route, route.credential.id, {
      since: now,
      until,
      binding: retryAfterMs !== undefined,
      level,
      reason: kind,
    });
  }

  #refused(route: Route, { code, message }: ChannelFailure, now: number): void {
    const enough = this.settings.get(channelSettings['autoDisable.failures']);
    if (enough === 0) return;
    const windowMs = this.settings.get(channelSettings['autoDisable.windowMs']);
    const failures = this.#refusals.noteBurst(route.credential.id, route.selectedAt, now, windowMs);
    if (failures < enough) return;
    this.#refusals.clear(route.credential.id);
    this.cooldowns.cool(route.credential.id, anyModel, { since: now, until: now + condemnedMs, binding: true });
    const reason = code ? `${code}: ${message}` : message;
    void this.disabler.disable({ channelId: route.channel.id, credentialId: route.credential.id, reason });
  }

  #broke(route: Route, { kind }: ChannelFailure, now: number): void {
    const pause = this.#breakers.broke(route, kind, now);
    if (pause) this.#cool(route, route.channel.id, pause);
  }

  #end(route: Route, subject: string): void {
    if (this.cooldowns.end(subject, route.upstreamModel, route.selectedAt))
      this.#publish({ ...this.#subject(route, subject), until: 0 });
  }

  #cool(route: Route, subject: string, pause: Pause): void {
    const { upstreamModel: model } = route;
    if (pause.until > pause.since && this.cooldowns.cool(subject, model, pause))
      this.#publish({ ...this.#subject(route, subject), ...shared(pause) });
  }

  #subject = ({ channel, upstreamModel: model }: Route, credentialId: string) => ({
    channelId: channel.id,
    credentialId,
    model,
  });

  #publish(payload: CredentialsCooled): void {
    this.bus.publish(CREDENTIALS_COOLED, payload).catch((error: unknown) => {
      this.#logger.warn(`other nodes do not hear whether ${payload.credentialId} rests: ${messageOf(error)}`);
    });
  }

  #heard({ channelId: _, credentialId, model, until, probeBy, ...pause }: CredentialsCooled): void {
    const now = this.clock.now();
    if (probeBy !== undefined) this.cooldowns.probing(credentialId, model, probeBy);
    else if (until > now) this.cooldowns.cool(credentialId, model, { since: now, until, ...pause });
    else this.cooldowns.end(credentialId, model, now);
  }

  /** An operator's "enabled" starts afresh. It is rare, so all is forgotten: a pause that is still due is soon learnt again. */
  #changed(change: ChannelsChanged | null): void {
    if (!change?.reset) return;
    this.cooldowns.clearAll();
    this.#refusals.clearAll();
    this.#breakers.clearAll();
  }
}

type Guess = 'cooldown.rateLimitedMs' | 'cooldown.overloadedMs';

const breaking: ReadonlySet<ChannelFailure['kind']> = new Set(['network', 'timeout', 'upstream_error']);

/** What other nodes hear of a pause: JSON, so nothing undefined. */
const shared = ({ until, binding = false, level = 1, halfOpen = false, reason = '' }: Pause) => ({
  ...{ until, binding, level, halfOpen, reason },
});
