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

type Consequence = (route: Route, failure: ChannelFailure, now: number) => void;

/** How long a credential rests while the database hears that it is disabled. */
const condemnedMs = 60_000;
const breakerWindowMs = 60_000;
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
  readonly #breakages = new FailureCounts();
  #unsubscribe: readonly (() => void)[] = [];
  #sweeper?: NodeJS.Timeout;

  constructor(
    private readonly disabler: AutoDisabler,
    private readonly times: ResponseTimeRecorder,
    private readonly settings: Settings,
    @Inject(ChangeBus) private readonly bus: ChangeBus,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

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
    const { channel, credential, upstreamModel, selectedAt } = route;
    this.times.note(channel.id, firstByteMs);
    this.#refusals.clear(credential.id);
    if (this.#breakages.size > 0) this.#breakages.clear(breakageKey(route));
    for (const subject of [credential.id, channel.id]) {
      if (this.cooldowns.end(subject, upstreamModel, selectedAt))
        this.#tell(route, subject, upstreamModel, { until: 0 });
    }
  }

  failed(route: Route, failure: ChannelFailure): void {
    this.#consequences[failure.kind]?.(route, failure, this.clock.now());
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
    network: (route, _, now) => this.#broke(route, now),
    timeout: (route, _, now) => this.#broke(route, now),
    upstream_error: (route, _, now) => this.#broke(route, now),
  };

  /** For as long as the upstream asks, or as a setting guesses. */
  #rest(route: Route, { retryAfterMs }: ChannelFailure, guess: keyof typeof channelSettings, now: number): void {
    const ms = retryAfterMs ?? this.settings.get(channelSettings[guess]);
    const until = now + Math.min(ms, this.settings.get(channelSettings['cooldown.longestMs']));
    this.#cool(route, route.credential.id, { since: now, until, binding: retryAfterMs !== undefined });
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

  #broke(route: Route, now: number): void {
    const enough = this.settings.get(channelSettings['breaker.failures']);
    if (enough === 0 || this.#breakages.note(breakageKey(route), now, breakerWindowMs) < enough) return;
    const until = now + this.settings.get(channelSettings['breaker.pauseMs']);
    this.#cool(route, route.channel.id, { since: now, until });
  }

  #cool(route: Route, subject: string, pause: Pause): void {
    const { upstreamModel: model } = route;
    if (pause.until > pause.since && this.cooldowns.cool(subject, model, pause))
      this.#tell(route, subject, model, pause);
  }

  #tell({ channel }: Route, subject: string, model: string, { until, binding = false }: Omit<Pause, 'since'>): void {
    const payload = { channelId: channel.id, credentialId: subject, model, until, binding } satisfies CredentialsCooled;
    this.bus.publish(CREDENTIALS_COOLED, payload).catch((error: unknown) => {
      this.#logger.warn(`other nodes do not hear that ${subject} rests: ${messageOf(error)}`);
    });
  }

  #heard({ credentialId, model, until, binding }: CredentialsCooled): void {
    const now = this.clock.now();
    if (until > now) this.cooldowns.cool(credentialId, model, { since: now, until, binding });
    else this.cooldowns.end(credentialId, model, now);
  }

  /** An operator's "enabled" starts afresh. It is rare, so all is forgotten: a pause that is still due is soon learnt again. */
  #changed(change: ChannelsChanged | null): void {
    if (!change?.reset) return;
    this.cooldowns.clearAll();
    this.#refusals.clearAll();
    this.#breakages.clearAll();
  }
}

const breakageKey = ({ channel, upstreamModel }: Route): string => `${channel.id} ${upstreamModel}`;
